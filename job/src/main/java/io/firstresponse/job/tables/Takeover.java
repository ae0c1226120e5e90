package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.Fence.Telling;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What a writer has to know when it takes over from the one before it, which may have crashed, or
 * still run.
 *
 * @param schema where the tables are
 * @param mode what keys are
 * @param start how the job starts: an attempt without a checkpoint finds by that what those before
 *     it wrote
 * @param batch whether the job runs as a batch
 */
record Takeover(String schema, ResponseMode mode, JobStart start, boolean batch)
    implements Serializable {

  private static final String ATTEMPT_ID = "<task_attempt_id>";

  /** For a writer that does not recover. */
  OfTask of(WriterInitContext context) {
    return of(context, List.of());
  }

  /**
   * For a writer of one task.
   *
   * @param watermarks of its checkpoint, by some of the writers before
   */
  OfTask of(WriterInitContext context, Collection<Long> watermarks) {
    TaskInfo task = context.getTaskInfo();
    return new OfTask(
        this,
        // The end of time is that of a job that was drained, and not of the one that goes on.
        watermarks.stream()
            .mapToLong(of -> of == Long.MAX_VALUE ? Long.MIN_VALUE : of)
            .min()
            .orElse(Long.MIN_VALUE),
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
   * @param job the same for all tasks
   * @param checkpointed how far the watermark had come at the checkpoint, in milliseconds
   * @param jobId Flink's id of the job
   * @param execution within which its attempts are counted
   * @param checkpoint the one that it was restored from, if it was
   */
  record OfTask(
      Takeover job,
      long checkpointed,
      String jobId,
      TaskInfo task,
      String execution,
      OptionalLong checkpoint) {

    boolean restored() {
      return checkpoint.isPresent();
    }

    /** Whether the tables may have rows that this attempt computes again. */
    boolean recovers() {
      // A batch that is tried again writes the same rows over those of the attempt before.
      boolean triedAgain = task.getAttemptNumber() > 0 && !job.batch;
      return restored() || triedAgain || start().adopts();
    }

    String schema() {
      return job.schema;
    }

    ResponseMode mode() {
      return job.mode;
    }

    JobStart start() {
      return job.start;
    }

    /** The attempt that fills an empty table, the same for all tasks. */
    BulkLoad.Attempt loading() {
      return new BulkLoad.Attempt(start().submitted(), execution, task.getAttemptNumber());
    }

    /** How many key groups all tasks have. */
    int allGroups() {
      return task.getMaxNumberOfParallelSubtasks();
    }

    /** The key groups of the task, whose rows it writes. */
    KeyGroupRange keyGroups() {
      return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
          task.getMaxNumberOfParallelSubtasks(),
          task.getNumberOfParallelSubtasks(),
          task.getIndexOfThisSubtask());
    }

    /**
     * Keeps the writers before from writing to a table.
     *
     * @param tells whether it is told how far the rows are complete
     */
    Fence fence(String target, boolean tells) {
      Telling told = restored() ? Telling.ON : Telling.ANEW;
      return new Fence(
          job.schema,
          target,
          keyGroups(),
          allGroups(),
          new Fence.Attempt(
              new Fence.Submission(start().submitted(), start().host(), jobId),
              checkpoint.orElse(0),
              execution,
              task.getAttemptNumber()),
          tells ? told : Telling.NOTHING);
    }

    boolean isOwn(ConversationKey key) {
      return isOwn(key.b(), key.a());
    }

    /** Whether a key is written by this task: that of the keyed function that it follows. */
    boolean isOwn(long b, long a) {
      return keyGroups().contains(Shards.of(job.mode, b, a, allGroups()));
    }
  }
}
