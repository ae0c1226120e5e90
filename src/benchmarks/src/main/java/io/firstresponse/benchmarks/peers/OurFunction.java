package io.firstresponse.benchmarks.peers;

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

/** The job's own function, in any-agent mode. */
public final class OurFunction {

  /** The out-of-orderness of the measurements that do not set another. */
  public static final Duration DISORDER = Duration.ofSeconds(60);

  /** The maximum parallelism of the job. */
  static final int MAX_PARALLELISM = 720;

  private OurFunction() {}

  /** Computes sessions, open and answered ones. */
  public static DataStream<SessionChange> sessions(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return sessions(messages, DISORDER);
  }

  /** Computes sessions with another out-of-orderness. */
  public static DataStream<SessionChange> sessions(
      DataStream<Message> messages, Duration outOfOrderness) {
    return sessions(messages, outOfOrderness, Duration.ZERO);
  }

  /** Computes sessions that are published before they are final. */
  public static DataStream<SessionChange> sessions(
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
