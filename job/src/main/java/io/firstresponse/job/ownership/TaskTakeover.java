package io.firstresponse.job.ownership;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import java.util.OptionalLong;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What the writer of one task has to know when it takes over.
 *
 * @param job the same for all tasks
 * @param checkpointed the watermark of the checkpoint, in milliseconds
 * @param jobId Flink's id of the job
 * @param execution Flink's id of the execution that counts the task's attempts
 * @param checkpoint the id of the checkpoint that it was restored from, if it was
 */
public record TaskTakeover(
    Takeover job,
    long checkpointed,
    String jobId,
    TaskInfo task,
    String execution,
    OptionalLong checkpoint) {

  /** Whether the attempt recovers, and from where. */
  public Recovery recovery() {
    return Recovery.of(checkpoint.isPresent(), task.getAttemptNumber(), job.batch(), job.start());
  }

  /** The rows of a table that are compared with the replay, see {@link Recovery#rows}. */
  public Recovery.Selection rowsToCompare(String writtenAt, String... eventTimes) {
    return recovery().rows(checkpointed, start().submitted(), writtenAt, eventTimes);
  }

  /** Where the tables are. */
  public String schema() {
    return job.schema();
  }

  /** What a key is. */
  public ResponseMode mode() {
    return job.mode();
  }

  /** How the job starts. */
  public JobStart start() {
    return job.start();
  }

  /** The task's attempt. */
  public Attempt attempt() {
    return new Attempt(
        new Submission(start().submitted(), start().host(), jobId),
        checkpoint.orElse(0),
        execution,
        task.getAttemptNumber());
  }

  /** How many key groups all tasks have. */
  public int allGroups() {
    return task.getMaxNumberOfParallelSubtasks();
  }

  /** The key groups of the task, whose rows it writes. */
  public KeyGroupRange keyGroups() {
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        task.getMaxNumberOfParallelSubtasks(),
        task.getNumberOfParallelSubtasks(),
        task.getIndexOfThisSubtask());
  }

  /**
   * The fence of the task's writer to a table.
   *
   * @param recordsProgress whether {@code tbl_writer} has how far the rows are complete
   */
  Fence fence(String target, boolean recordsProgress) {
    InitialProgress recorded =
        recovery() == Recovery.AFTER_CHECKPOINT
            ? InitialProgress.CONTINUED
            : InitialProgress.UNKNOWN;
    return new Fence(
        schema(),
        new KeyGroups(
            target, keyGroups().getStartKeyGroup(), keyGroups().getEndKeyGroup(), allGroups()),
        attempt(),
        recordsProgress ? recorded : InitialProgress.NOT_RECORDED);
  }

  /** Whether the task writes the rows of a key, as the task of the keyed function before it. */
  public boolean isOwn(ConversationKey key) {
    return isOwn(key.b(), key.a());
  }

  /** The same for the key of a message. */
  public boolean isOwn(long b, long a) {
    return keyGroups().contains(Shards.of(job.mode(), b, a, allGroups()));
  }
}
