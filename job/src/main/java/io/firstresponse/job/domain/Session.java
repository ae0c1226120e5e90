package io.firstresponse.job.domain;

/**
 * A session, from a customer's first unanswered message to the first response, or to a close that
 * came before it: one row of the result.
 *
 * @param b customer id
 * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
 * @param asked the agent to whom the opening message was written
 * @param responder the agent who answered, {@link #NOBODY} if nobody has
 * @param endedAt when the answer was sent, or the session was closed without one, in microseconds
 *     since the epoch; {@link #NOT_ENDED} while the session is open
 * @param labels the key of the label set of the opening message, or {@link Message#NO_LABELS}
 */
public record Session(
    long b, long openedAt, long asked, long responder, long endedAt, long labels) {

  /** The agent id that means that there is no agent. No agent may have it. */
  public static final long NOBODY = -1;

  /** The end of an open session. No message has this time. */
  public static final long NOT_ENDED = Long.MIN_VALUE;

  /**
   * A session without labels.
   *
   * @param b customer id
   * @param openedAt when the first unanswered message was sent, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   * @param responder the agent who answered, {@link #NOBODY} if nobody has
   * @param endedAt when it ended, {@link #NOT_ENDED} while it is open
   */
  public Session(long b, long openedAt, long asked, long responder, long endedAt) {
    this(b, openedAt, asked, responder, endedAt, Message.NO_LABELS);
  }

  /**
   * An open session without labels.
   *
   * @param b customer id
   * @param openedAt when it was opened, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   * @return the session
   */
  public static Session open(long b, long openedAt, long asked) {
    return open(b, openedAt, asked, Message.NO_LABELS);
  }

  /**
   * An open session.
   *
   * @param b customer id
   * @param openedAt when it was opened, in microseconds since the epoch
   * @param asked the agent to whom the opening message was written
   * @param labels the key of the label set of that message, or {@link Message#NO_LABELS}
   * @return the session
   */
  public static Session open(long b, long openedAt, long asked, long labels) {
    return new Session(b, openedAt, asked, NOBODY, NOT_ENDED, labels);
  }

  /**
   * The same session, answered.
   *
   * @param agent who answered
   * @param at when, in microseconds since the epoch
   * @return the answered session
   */
  public Session answeredBy(long agent, long at) {
    return new Session(b, openedAt, asked, agent, at, labels);
  }

  /**
   * The same session, closed without an answer.
   *
   * @param at when, in microseconds since the epoch
   * @return the closed session
   */
  public Session closed(long at) {
    return new Session(b, openedAt, asked, NOBODY, at, labels);
  }

  /** {@return whether the customer waits: neither an answer nor a close has come} */
  public boolean isOpen() {
    return endedAt == NOT_ENDED;
  }

  /** {@return whether an agent has answered} */
  public boolean isAnswered() {
    return responder != NOBODY;
  }

  /** {@return whether it was closed without an answer} */
  public boolean isClosed() {
    return !isOpen() && !isAnswered();
  }

  /** The kind of the message that ended a session that is not open. */
  MessageKind endKind() {
    return isAnswered() ? MessageKind.AGENT : MessageKind.CLOSE;
  }
}
