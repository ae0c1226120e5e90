package io.firstresponse.job.domain;

/**
 * An open session as state keeps it.
 *
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent to whom it was written
 * @param labels the key of its label set, or {@link Message#NO_LABELS}
 */
public record OpenSession(long openedAt, long asked, long labels) {

  /**
   * An open session without labels.
   *
   * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
   * @param asked the agent to whom it was written
   */
  public OpenSession(long openedAt, long asked) {
    this(openedAt, asked, Message.NO_LABELS);
  }
}
