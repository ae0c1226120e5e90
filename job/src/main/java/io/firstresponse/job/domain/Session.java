package io.firstresponse.job.domain;

/**
 * A session, from a customer's first unanswered message to the first response: one row of the
 * result.
 *
 * @param b customer id
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent to whom the opening message was written
 * @param responder the agent who answered, {@link #NOBODY} while the session is open
 * @param answeredAt when the answer was sent, in microseconds since the epoch; without meaning
 *     while the session is open
 */
public record Session(long b, long openedAt, long asked, long responder, long answeredAt) {

  /** The agent id that means that there is no agent. No agent may have it. */
  public static final long NOBODY = -1;

  /**
   * An open session.
   *
   * @param b customer id
   * @param openedAt when it was opened, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   * @return the session
   */
  public static Session open(long b, long openedAt, long asked) {
    return new Session(b, openedAt, asked, NOBODY, 0);
  }

  /**
   * The same session, answered.
   *
   * @param agent who answered
   * @param at when, in microseconds since the epoch
   * @return the answered session
   */
  public Session answeredBy(long agent, long at) {
    return new Session(b, openedAt, asked, agent, at);
  }

  /** {@return whether nobody has answered yet} */
  public boolean isOpen() {
    return responder == NOBODY;
  }
}
