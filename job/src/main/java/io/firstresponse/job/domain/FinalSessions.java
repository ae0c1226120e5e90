package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Final results: a session is emitted when the watermark has passed its opening message, and again
 * when the watermark has passed its answer or its close.
 */
public final class FinalSessions {

  private final Consumer<SessionChange> changed;
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;
  private long closed;

  /**
   * @param changed receives the sessions that are opened or ended by a call of {@link #settle}; a
   *     session opened and ended in the same call is emitted once
   */
  public FinalSessions(Consumer<SessionChange> changed) {
    this.changed = changed;
  }

  /**
   * Emits the sessions that messages have made final.
   *
   * @param due all messages between the previous watermark and the present one
   * @param openSessions the sessions that are open between two calls
   * @throws IOException if the state cannot be accessed
   */
  public void settle(DueMessages due, OpenSessions openSessions) throws IOException {
    due.sort();
    int size = due.size();
    for (int from = 0, to; from < size; from = to) {
      to = due.endOfKey(from);
      settle(due, from, to, openSessions);
    }
  }

  /** Emits the sessions of one key. */
  private void settle(DueMessages due, int from, int to, OpenSessions openSessions)
      throws IOException {
    ConversationKey key = due.key(from);
    OpenSession before = openSessions.get(key);
    conversation.begin(key.b(), before);
    boolean openedHere = false;
    for (int i = from; i < to; i++) {
      long ts = MessageOrder.ts(due.packed(i));
      switch (conversation.take(due.packed(i), due.a(i), due.labels(i))) {
        case OPENS -> {
          openedHere = true;
          opened++;
        }
        case ANSWERS -> {
          Session session = conversation.session().answeredBy(due.a(i), ts);
          changed.accept(SessionChange.settled(session, openedHere));
          openedHere = false;
          answered++;
        }
        case CLOSES -> {
          changed.accept(SessionChange.settled(conversation.session().closed(ts), openedHere));
          openedHere = false;
          closed++;
        }
        case NONE -> {}
      }
    }
    if (openedHere) {
      changed.accept(SessionChange.settled(conversation.session(), true));
      openSessions.put(key, conversation.openSession());
    } else if (before != null && !conversation.isOpen()) {
      openSessions.remove(key);
    }
  }

  /** {@return the number of sessions opened so far} */
  public long opened() {
    return opened;
  }

  /** {@return the number of sessions answered so far} */
  public long answered() {
    return answered;
  }

  /** {@return the number of sessions closed without an answer so far} */
  public long closed() {
    return closed;
  }
}
