package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.Fence.Telling;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import java.io.Serializable;
import java.time.OffsetDateTime;
import java.util.OptionalLong;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What a writer has to know when it takes over from the one before it, which may have crashed, or
 * still run.
 *
 * @param schema where the tables are
 * @param mode what keys are
 * @param submitted when the job was, by the database's clock: an attempt that starts without a
 *     checkpoint finds what those before it wrote by that
 */
record Takeover(String schema, ResponseMode mode, OffsetDateTime submitted)
    implements Serializable {

  private static final String ATTEMPT_ID = "<task_attempt_id>";

  /** For the writers of one task. */
  OfTask of(WriterInitContext context) {
    TaskInfo task = context.getTaskInfo();
    return new OfTask(
        schema, mode, submitted, task, execution(context), context.getRestoredCheckpointId());
  }

  /** An attempt's id begins with that of its execution. Metrics are the one place to learn it. */
  private static String execution(WriterInitContext context) {
    String attempt = context.metricGroup().getAllVariables().getOrDefault(ATTEMPT_ID, "");
    return attempt.substring(0, Math.max(0, attempt.indexOf('_')));
  }

  /**
   * The same for one task.
   *
   * @param execution within which its attempts are counted
   * @param checkpoint the one that it was restored from, if it was
   */
  record OfTask(
      String schema,
      ResponseMode mode,
      OffsetDateTime submitted,
      TaskInfo task,
      String execution,
      OptionalLong checkpoint) {

    boolean restored() {
      return checkpoint.isPresent();
    }

    /** Whether there may be something that was written before. */
    boolean recovers() {
      return restored() || task.getAttemptNumber() > 0;
    }

    /**
     * Keeps the writers before from writing to a table.
     *
     * @param tells whether it is told how far the rows are complete
     */
    Fence fence(String target, boolean tells) {
      Telling told = restored() ? Telling.ON : Telling.ANEW;
      int allGroups = task.getMaxNumberOfParallelSubtasks();
      return new Fence(
          schema,
          target,
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
              allGroups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask()),
          allGroups,
          new Fence.Attempt(submitted, checkpoint.orElse(0), execution, task.getAttemptNumber()),
          tells ? told : Telling.NOTHING);
    }

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
