package io.firstresponse.job.tables;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import java.io.Serializable;
import java.time.OffsetDateTime;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What a writer has to know when it takes over from one that crashed.
 *
 * @param mode what keys are
 * @param submitted when the job was, by the database's clock: an attempt that starts without a
 *     checkpoint finds what those before it wrote by that
 */
record Takeover(ResponseMode mode, OffsetDateTime submitted) implements Serializable {

  /** For the writers of one task. */
  OfTask of(WriterInitContext context) {
    TaskInfo task = context.getTaskInfo();
    boolean restored = context.getRestoredCheckpointId().isPresent();
    return new OfTask(mode, submitted, task, restored, restored || task.getAttemptNumber() > 0);
  }

  /**
   * The same for one task.
   *
   * @param restored whether it was from a checkpoint
   * @param recovers whether there may be something that was written before
   */
  record OfTask(
      ResponseMode mode,
      OffsetDateTime submitted,
      TaskInfo task,
      boolean restored,
      boolean recovers) {

    boolean isOwn(long b, long a) {
      return isOwn(mode.key(b, a));
    }

    /** Whether a key is written by this task: that of the keyed operator that it follows. */
    boolean isOwn(ConversationKey key) {
      return KeyGroupRangeAssignment.assignKeyToParallelOperator(
              key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
          == task.getIndexOfThisSubtask();
    }
  }
}
