package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Tells of sessions when the watermark has passed what made them, and so once when they open and
 * once when they are answered.
 */
public final class FinalSessions implements Sessions {

  private final OpenSessions openSessions;
  private final Consumer<SessionChange> changed;
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;

  /**
   * @param openSessions remembers who waits, between one settlement and the next
   * @param changed receives each session that was answered, and each that was opened and is still
   *     open at the end; a session opened and answered within one settlement comes once
   */
  public FinalSessions(OpenSessions openSessions, Consumer<SessionChange> changed) {
    this.openSessions = openSessions;
    this.changed = changed;
  }

  @Override
  public void arrived(long packed, long b, long a) {}

  @Override
  public void restored(long packed, long b, long a) {}

  @Override
  public void late(long b, long a) {}

  @Override
  public void beginTurn(long soon) {}

  @Override
  public boolean tell(int keys, long watermark) {
    return false;
  }

  @Override
  public void settle(DueMessages due) throws IOException {
    due.sort();
    int size = due.size();
    for (int from = 0, to; from < size; from = to) {
      to = due.endOfKey(from);
      settle(due, from, to);
    }
  }

  /** Takes the messages of one key. */
  private void settle(DueMessages due, int from, int to) throws IOException {
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
              conversation.session().answeredBy(due.a(i), PendingMessages.ts(due.packed(i)));
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

  @Override
  public long opened() {
    return opened;
  }

  @Override
  public long answered() {
    return answered;
  }
}
