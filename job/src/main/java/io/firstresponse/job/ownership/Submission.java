package io.firstresponse.job.ownership;

import java.time.OffsetDateTime;

/**
 * The submission of a job. Of two jobs the one that was submitted later writes.
 *
 * @param at when the job was submitted, by the database's clock; the same for all its writers
 * @param host where it was submitted; empty if that is not known
 * @param jobId Flink's id of the job; empty if that is not known
 */
record Submission(OffsetDateTime at, String host, String jobId) {

  boolean isLaterThan(Submission other) {
    return at.isAfter(other.at);
  }

  /** Host and job, for a person to find the job by. */
  @Override
  public String toString() {
    return "submitted at %s on host %s, job %s"
        .formatted(at, host.isEmpty() ? "unknown" : host, jobId.isEmpty() ? "unknown" : jobId);
  }
}
