package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Takes messages that are due through {@link SessionState}, key by key, each key's in the total
 * order, and says which sessions changed.
 */
public final class Settlement {

  private final OpenSessions openSessions;
  private final Consumer<SessionChange> changed;
  private long opened;
  private long answered;

  /**
   * @param openSessions remembers who waits, between one settlement and the next
   * @param changed receives each session that was answered, and each that was opened and is still
   *     open at the end; a session opened and answered within one settlement comes once
   */
  public Settlement(OpenSessions openSessions, Consumer<SessionChange> changed) {
    this.openSessions = openSessions;
    this.changed = changed;
  }

  /** Orders the messages and takes all of them. */
  public void settle(DueMessages due) throws IOException {
    due.sort();
    int size = due.size();
    for (int from = 0, to; from < size; from = to) {
      to = from + 1;
      while (to < size && due.sameKey(from, to)) {
        to++;
      }
      settle(due, from, to);
    }
  }

  /** Takes the messages of one key. */
  private void settle(DueMessages due, int from, int to) throws IOException {
    ConversationKey key = due.key(from);
    OpenSession before = openSessions.get(key);
    SessionState state = before == null ? SessionState.CLOSED : SessionState.OPEN;
    long openedAt = before == null ? 0 : before.openedAt();
    long asked = before == null ? 0 : before.asked();
    boolean openedHere = false;
    for (int i = from; i < to; i++) {
      long ts = PendingMessages.ts(due.packed(i));
      switch (state.on(PendingMessages.direct(due.packed(i)))) {
        case OPENS -> {
          state = SessionState.OPEN;
          openedAt = ts;
          asked = due.a(i);
          openedHere = true;
          opened++;
        }
        case ANSWERS -> {
          state = SessionState.CLOSED;
          Session answeredNow = Session.open(key.b(), openedAt, asked).answeredBy(due.a(i), ts);
          changed.accept(new SessionChange(answeredNow, openedHere));
          openedHere = false;
          answered++;
        }
        case NONE -> {}
      }
    }
    if (openedHere) {
      changed.accept(new SessionChange(Session.open(key.b(), openedAt, asked), true));
      openSessions.put(key, new OpenSession(openedAt, asked));
    } else if (before != null && state == SessionState.CLOSED) {
      openSessions.remove(key);
    }
  }

  /** Sessions opened so far. */
  public long opened() {
    return opened;
  }

  /** Sessions answered so far. */
  public long answered() {
    return answered;
  }
}
