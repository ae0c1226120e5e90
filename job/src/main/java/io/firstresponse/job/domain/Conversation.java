package io.firstresponse.job.domain;

import java.util.function.Consumer;

/**
 * All that is remembered of one key: the open session, if there is one, and the messages that wait
 * for the watermark. Messages go in in any order; {@link #settle} takes them through {@link
 * SessionState} in the total order.
 */
public final class Conversation {

  /** What {@link #firstPendingMillis} gives when nothing waits. */
  public static final long NOTHING_PENDING = Long.MAX_VALUE;

  private final PendingMessages pending;
  private SessionState state;
  private long openedAt;
  private long asked;

  /** A conversation that nothing is remembered of. */
  public Conversation() {
    this(new PendingMessages());
  }

  private Conversation(PendingMessages pending) {
    this.pending = pending;
    this.state = SessionState.CLOSED;
  }

  /** A conversation whose customer does not wait. */
  public static Conversation closed(PendingMessages pending) {
    return new Conversation(pending);
  }

  /** A conversation whose customer has waited since {@code openedAt}, in microseconds. */
  public static Conversation open(long openedAt, long asked, PendingMessages pending) {
    Conversation conversation = new Conversation(pending);
    conversation.openAt(openedAt, asked);
    return conversation;
  }

  /** A copy that shares nothing with this. */
  public Conversation copy() {
    return isOpen() ? open(openedAt, asked, pending.copy()) : closed(pending.copy());
  }

  /** Takes in a message that is not late. */
  public void add(Message message) {
    pending.add(message);
  }

  /** The millisecond of the first message that waits, or {@link #NOTHING_PENDING}. */
  public long firstPendingMillis() {
    return pending.isEmpty() ? NOTHING_PENDING : Math.floorDiv(pending.firstTs(), 1000L);
  }

  /**
   * Takes the messages that the watermark has passed through the state machine.
   *
   * @param b the customer
   * @param watermark in milliseconds: no message sent in this millisecond or before is still to
   *     come
   * @param changed receives each session answered, and the session left open if it was opened here;
   *     a session opened and answered within this call comes once
   * @return how many messages were taken
   */
  public int settle(long b, long watermark, Consumer<Session> changed) {
    int taken = 0;
    boolean opened = false;
    while (firstPendingMillis() <= watermark && !pending.isEmpty()) {
      switch (state.on(pending.firstDirect())) {
        case OPENS -> {
          openAt(pending.firstTs(), pending.firstAgent());
          opened = true;
        }
        case ANSWERS -> {
          changed.accept(
              Session.open(b, openedAt, asked).answeredBy(pending.firstAgent(), pending.firstTs()));
          state = SessionState.CLOSED;
          opened = false;
        }
        case NONE -> {}
      }
      pending.removeFirst();
      taken++;
    }
    if (opened) {
      changed.accept(Session.open(b, openedAt, asked));
    }
    return taken;
  }

  /** Whether nothing need be remembered. */
  public boolean isForgettable() {
    return !isOpen() && pending.isEmpty();
  }

  public boolean isOpen() {
    return state == SessionState.OPEN;
  }

  /** When the open session was opened, in microseconds; without meaning when none is open. */
  public long openedAt() {
    return openedAt;
  }

  /** The agent whom the open session's first message was written to. */
  public long asked() {
    return asked;
  }

  /** The messages that wait, for the serializer. */
  public PendingMessages pending() {
    return pending;
  }

  private void openAt(long ts, long agent) {
    state = SessionState.OPEN;
    openedAt = ts;
    asked = agent;
  }
}
