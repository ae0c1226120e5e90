package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.sessions.FirstResponseFunction;
import io.firstresponse.job.sessions.ShardKey;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job's own function, any-agent: whatever replaces it is put in here. */
final class OurFunction {

  /** How long messages wait in what is measured, as a rule. */
  static final Duration DISORDER = Duration.ofSeconds(60);

  /** As the job has it. */
  static final int MAX_PARALLELISM = 720;

  private OurFunction() {}

  /** Sessions as they open and are answered. */
  static DataStream<SessionChange> sessions(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return sessions(messages, DISORDER);
  }

  /** The same, where messages wait for another time. */
  static DataStream<SessionChange> sessions(DataStream<Message> messages, Duration outOfOrderness) {
    return sessions(messages, outOfOrderness, Duration.ZERO);
  }

  /** The same, and published before they are final. */
  static DataStream<SessionChange> sessions(
      DataStream<Message> messages, Duration outOfOrderness, Duration liveInterval) {
    messages.getExecutionEnvironment().setMaxParallelism(MAX_PARALLELISM);
    return messages
        .keyBy(new ShardKey(ResponseMode.ANY_AGENT, MAX_PARALLELISM), Types.INT)
        .process(
            new FirstResponseFunction(
                ResponseMode.ANY_AGENT, outOfOrderness, liveInterval, JobStart.WITHOUT_TABLES),
            JobTypes.SESSION_CHANGE)
        .name("First responses")
        .uid("sessions");
  }
}
