package io.firstresponse.job.domain;

/** Takes the messages of one key through {@link SessionState}, in the total order. */
final class Conversation {

  private long b;
  private SessionState state = SessionState.CLOSED;
  private long openedAt;
  private long asked;

  /**
   * Starts another key.
   *
   * @param b the customer
   * @param before the session that is open before the first message, or null
   */
  void begin(long b, OpenSession before) {
    this.b = b;
    state = before == null ? SessionState.CLOSED : SessionState.OPEN;
    openedAt = before == null ? 0 : before.openedAt();
    asked = before == null ? 0 : before.asked();
  }

  /**
   * Takes the next message.
   *
   * @param packed its time and kind, see {@link MessageOrder}
   * @param a its agent
   */
  SessionState.Effect take(long packed, long a) {
    SessionState.Effect effect = state.on(MessageOrder.kind(packed));
    switch (effect) {
      case OPENS -> {
        state = SessionState.OPEN;
        openedAt = MessageOrder.ts(packed);
        asked = a;
      }
      case ANSWERS, CLOSES -> state = SessionState.CLOSED;
      case NONE -> {}
    }
    return effect;
  }

  /** Whether a session is open. */
  boolean isOpen() {
    return state == SessionState.OPEN;
  }

  /** The session that was opened last, as it was before its end. */
  Session session() {
    return Session.open(b, openedAt, asked);
  }

  /** The open session as state keeps it. */
  OpenSession openSession() {
    return new OpenSession(openedAt, asked);
  }
}
