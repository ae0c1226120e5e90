package io.firstresponse.job.domain;

/** One key's way through {@link SessionState}, message by message in the total order. */
final class Conversation {

  private long b;
  private SessionState state = SessionState.CLOSED;
  private long openedAt;
  private long asked;

  /**
   * Starts with another key.
   *
   * @param before the session that is open, or null
   */
  void begin(long b, OpenSession before) {
    this.b = b;
    state = before == null ? SessionState.CLOSED : SessionState.OPEN;
    openedAt = before == null ? 0 : before.openedAt();
    asked = before == null ? 0 : before.asked();
  }

  /** Takes the next message, and tells what it did. */
  SessionState.Effect take(long packed, long a) {
    SessionState.Effect effect = state.on(MessageOrder.direct(packed));
    switch (effect) {
      case OPENS -> {
        state = SessionState.OPEN;
        openedAt = MessageOrder.ts(packed);
        asked = a;
      }
      case ANSWERS -> state = SessionState.CLOSED;
      case NONE -> {}
    }
    return effect;
  }

  /** Whether the customer waits. */
  boolean isOpen() {
    return state == SessionState.OPEN;
  }

  /** The session that was opened last, without an answer. */
  Session session() {
    return Session.open(b, openedAt, asked);
  }

  /** What is to be remembered of a customer who waits. */
  OpenSession openSession() {
    return new OpenSession(openedAt, asked);
  }
}
