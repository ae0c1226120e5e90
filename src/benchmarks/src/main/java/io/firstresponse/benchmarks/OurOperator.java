package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.sessions.FirstResponseOperator;
import io.firstresponse.job.tables.JobStart;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job's own operator, any-agent: whatever replaces it is put in here. */
final class OurOperator {

  /** How long messages wait in what is measured, as a rule. */
  private static final Duration DISORDER = Duration.ofSeconds(60);

  private OurOperator() {}

  /** Sessions as they open and are answered. */
  static DataStream<SessionChange> sessions(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return sessions(messages, DISORDER);
  }

  /** The same, where messages wait for another time. */
  static DataStream<SessionChange> sessions(DataStream<Message> messages, Duration outOfOrderness) {
    return sessions(messages, outOfOrderness, Duration.ZERO);
  }

  /** The same, and told of before they are final. */
  static DataStream<SessionChange> sessions(
      DataStream<Message> messages, Duration outOfOrderness, Duration liveInterval) {
    return messages
        .keyBy(ResponseMode.ANY_AGENT::keyOf, JobTypes.CONVERSATION_KEY)
        .transform(
            "First responses",
            JobTypes.SESSION_CHANGE,
            new FirstResponseOperator(
                ResponseMode.ANY_AGENT, outOfOrderness, liveInterval, JobStart.WITHOUT_TABLES))
        .uid("sessions");
  }
}
