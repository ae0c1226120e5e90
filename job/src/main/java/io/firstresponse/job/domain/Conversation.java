package io.firstresponse.job.domain;

/** Takes the messages of one key through {@link SessionState}, in the total order. */
final class Conversation {

  private long b;
  private SessionState state = SessionState.CLOSED;
  private long openedAt;
  private long asked;
  private long labels;

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
    labels = before == null ? Message.NO_LABELS : before.labels();
  }

  /**
   * Takes the next message.
   *
   * @param packed its time and kind, see {@link MessageOrder}
   * @param a its agent
   * @param labelled the key of its label set, or {@link Message#NO_LABELS}
   */
  SessionState.Effect take(long packed, long a, long labelled) {
    SessionState.Effect effect = state.on(MessageOrder.kind(packed));
    switch (effect) {
      case OPENS -> {
        state = SessionState.OPEN;
        openedAt = MessageOrder.ts(packed);
        asked = a;
        labels = labelled;
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
    return Session.open(b, openedAt, asked, labels);
  }

  /** The open session as state keeps it. */
  OpenSession openSession() {
    return new OpenSession(openedAt, asked, labels);
  }
}
