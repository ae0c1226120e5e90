package io.firstresponse.job.domain;

/**
 * From a customer's first unanswered message to the first response: one row of the result.
 *
 * @param b customer id
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent whom the opening message was written to
 * @param responder the agent who answered, {@link #NOBODY} while the session is open
 * @param answeredAt when the answer was sent, in microseconds since the epoch; without meaning
 *     while the session is open
 */
public record Session(long b, long openedAt, long asked, long responder, long answeredAt) {

  /** Stands for an agent where there is none; no agent may have this id. */
  public static final long NOBODY = -1;

  /** A session that nobody has answered. */
  public static Session open(long b, long openedAt, long asked) {
    return new Session(b, openedAt, asked, NOBODY, 0);
  }

  /** The same session, answered. */
  public Session answeredBy(long agent, long at) {
    return new Session(b, openedAt, asked, agent, at);
  }

  /** Whether the customer still waits. */
  public boolean isOpen() {
    return responder == NOBODY;
  }
}
