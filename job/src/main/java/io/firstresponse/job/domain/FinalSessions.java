package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Final results: a session is emitted when the watermark has passed what made it, and so once when
 * it opens and once when it is answered.
 */
public final class FinalSessions {

  private final Consumer<SessionChange> changed;
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;

  /**
   * @param changed receives each session that was answered, and each that was opened and is still
   *     open at the end; a session opened and answered within one settlement comes once
   */
  public FinalSessions(Consumer<SessionChange> changed) {
    this.changed = changed;
  }

  /**
   * Takes messages that the watermark has passed.
   *
   * @param due all that wait of each of their keys and were sent up to the watermark
   * @param openSessions remembers who waits, between one settlement and the next
   */
  public void settle(DueMessages due, OpenSessions openSessions) throws IOException {
    due.sort();
    int size = due.size();
    for (int from = 0, to; from < size; from = to) {
      to = due.endOfKey(from);
      settle(due, from, to, openSessions);
    }
  }

  /** Takes the messages of one key. */
  private void settle(DueMessages due, int from, int to, OpenSessions openSessions)
      throws IOException {
    ConversationKey key = due.key(from);
    OpenSession before = openSessions.get(key);
    conversation.begin(key.b(), before);
    boolean openedHere = false;
    for (int i = from; i < to; i++) {
      switch (conversation.take(due.packed(i), due.a(i))) {
        case OPENS -> {
          openedHere = true;
          opened++;
        }
        case ANSWERS -> {
          Session session =
              conversation.session().answeredBy(due.a(i), MessageOrder.ts(due.packed(i)));
          changed.accept(SessionChange.settled(session, openedHere));
          openedHere = false;
          answered++;
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

  /** Sessions opened so far. */
  public long opened() {
    return opened;
  }

  /** Sessions answered so far. */
  public long answered() {
    return answered;
  }
}
