package io.firstresponse.job.ownership;

/**
 * An attempt of a task, and the order of attempts: the one place that decides which of two attempts
 * writes.
 *
 * <p>Of two jobs it is the one that was submitted later. Of two attempts of one job it is the one
 * from the later checkpoint. Of two attempts from one checkpoint and in one execution it is the one
 * with the greater number. Attempts of two executions from one checkpoint have no order: the one
 * that claims later writes. The order matters because an attempt may stand still before it claims,
 * and claim long after its successor.
 *
 * @param submission of the job
 * @param checkpoint the id of the one that the attempt starts from; 0 without one
 * @param execution Flink's id of the execution that counts the attempts; a JobManager that takes
 *     over from another one begins a new execution
 * @param number how many attempts of the task there were before in this execution
 */
public record Attempt(Submission submission, long checkpoint, String execution, int number) {

  /** Whether the other attempt writes, and this one must not begin. */
  boolean isOutdatedBy(Attempt other) {
    return other.submission.isLaterThan(submission) || isFollowedBy(other);
  }

  /** Whether the other one is a later attempt of the same job. */
  boolean isFollowedBy(Attempt other) {
    if (!isOfSameJob(other) || other.checkpoint < checkpoint) {
      return false;
    }
    return other.checkpoint > checkpoint
        || (other.execution.equals(execution) && other.number > number);
  }

  /** Whether both are the same attempt, of two tasks perhaps. */
  boolean isSame(Attempt other) {
    return isOfSameJob(other)
        && other.checkpoint == checkpoint
        && other.execution.equals(execution)
        && other.number == number;
  }

  private boolean isOfSameJob(Attempt other) {
    return other.submission.at().isEqual(submission.at());
  }
}
