package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The function as Flink runs it, in one task. */
public final class FunctionHarness
    extends KeyedOneInputStreamOperatorTestHarness<Integer, Message, SessionChange> {

  private static final Duration WAIT = Duration.ofSeconds(60);

  /** Few, so that some are written. */
  private static final int COLLECTED = 3;

  public FunctionHarness(
      ResponseMode mode, Duration liveInterval, int maxParallelism, int parallelism, int index)
      throws Exception {
    super(
        new KeyedProcessOperator<>(
            new FirstResponseFunction(
                mode, WAIT, liveInterval, JobStart.WITHOUT_TABLES, COLLECTED)),
        new ShardKey(mode, maxParallelism),
        Types.INT,
        maxParallelism,
        parallelism,
        index);
  }

  /** Prepares the task for its state. */
  public void setUpTypes() {
    setup(JobTypes.SESSION_CHANGE.createSerializer(getExecutionConfig().getSerializerConfig()));
  }

  /** The task of a message. */
  public static int taskOf(
      ResponseMode mode, Message message, int maxParallelism, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        new ShardKey(mode, maxParallelism).getKey(message), maxParallelism, parallelism);
  }
}
