package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.Fence.Telling;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import java.io.Serializable;
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
 * @param start how the job starts: an attempt without a checkpoint finds by that what those before
 *     it wrote
 */
record Takeover(String schema, ResponseMode mode, JobStart start) implements Serializable {

  private static final String ATTEMPT_ID = "<task_attempt_id>";

  /** For the writers of one task. */
  OfTask of(WriterInitContext context) {
    TaskInfo task = context.getTaskInfo();
    return new OfTask(
        schema,
        mode,
        start,
        context.getJobInfo().getJobId().toHexString(),
        task,
        execution(context),
        context.getRestoredCheckpointId());
  }

  /** An attempt's id begins with that of its execution. Metrics are the one place to learn it. */
  private static String execution(WriterInitContext context) {
    String attempt = context.metricGroup().getAllVariables().getOrDefault(ATTEMPT_ID, "");
    return attempt.substring(0, Math.max(0, attempt.indexOf('_')));
  }

  /**
   * The same for one task.
   *
   * @param jobId Flink's id of the job
   * @param execution within which its attempts are counted
   * @param checkpoint the one that it was restored from, if it was
   */
  record OfTask(
      String schema,
      ResponseMode mode,
      JobStart start,
      String jobId,
      TaskInfo task,
      String execution,
      OptionalLong checkpoint) {

    boolean restored() {
      return checkpoint.isPresent();
    }

    /** Whether the tables may have rows that this attempt computes again. */
    boolean recovers() {
      return CheckpointWatermark.mayBeSent(start, restored(), task.getAttemptNumber());
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
          new Fence.Attempt(
              new Fence.Submission(start.submitted(), start.host(), jobId),
              checkpoint.orElse(0),
              execution,
              task.getAttemptNumber()),
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
