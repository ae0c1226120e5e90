package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of sessions as soon as messages arrive, corrects what was told when others come between
 * them, and tells once more when the watermark has passed what made them: then they are final.
 */
public final class LiveSessions implements Sessions {

  /** The watermark before the first one. */
  private static final long NOTHING_PASSED = Long.MIN_VALUE;

  private final ResponseMode mode;
  private final OpenSessions openSessions;
  private final Consumer<SessionChange> changed;
  private final Consumer<Correction> corrections;
  private final boolean recovers;
  private final Map<ConversationKey, Tail> tails = new HashMap<>();
  // Keys of tails with something to tell, and before them those whose turn it is.
  private Deque<ConversationKey> untold = new ArrayDeque<>();
  private Deque<ConversationKey> turn = new ArrayDeque<>();
  private long soon = NOTHING_PASSED;
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;

  /**
   * @param openSessions remembers who waits once the watermark has passed the opening
   * @param changed receives what there is to tell
   * @param corrections receives what was told and is not so
   * @param recovers whether sessions may have been told of that are not remembered: then the first
   *     word of a key is {@link SessionChange.Kind#WHOLE}
   */
  public LiveSessions(
      ResponseMode mode,
      OpenSessions openSessions,
      Consumer<SessionChange> changed,
      Consumer<Correction> corrections,
      boolean recovers) {
    this.mode = mode;
    this.openSessions = openSessions;
    this.changed = changed;
    this.corrections = corrections;
    this.recovers = recovers;
  }

  @Override
  public void arrived(long packed, long b, long a) {
    ConversationKey key = mode.key(b, a);
    Tail tail = tail(key);
    tail.add(packed, a);
    if (!tail.isTold()) {
      tellLater(key, tail);
    }
  }

  @Override
  public void restored(long packed, long b, long a) {
    Tail tail = tail(mode.key(b, a));
    tail.add(packed, a);
    tail.setTold();
  }

  @Override
  public void late(long b, long a) throws IOException {
    if (!recovers) {
      return;
    }
    // Before the recovery it may have been in time, and told of.
    ConversationKey key = mode.key(b, a);
    Tail tail = tails.get(key);
    if (tail == null) {
      tell(key, new Tail(true), NOTHING_PASSED);
    } else if (tail.startsWhole()) {
      tellLater(key, tail);
    }
  }

  /** They have been waiting in the tails as well. */
  @Override
  public void settle(DueMessages due) {
    for (int i = 0; i < due.size(); i++) {
      ConversationKey key = due.key(i);
      Tail tail = tails.get(key);
      // It may have been told of, and have let go of them, since the watermark came.
      if (tail != null) {
        tellLater(key, tail);
      }
    }
  }

  private void tellLater(ConversationKey key, Tail tail) {
    if (tail.enqueue()) {
      untold.add(key);
    }
  }

  @Override
  public void beginTurn(long soon) {
    this.soon = soon;
    if (turn.isEmpty()) {
      Deque<ConversationKey> empty = turn;
      turn = untold;
      untold = empty;
    } else {
      turn.addAll(untold);
      untold.clear();
    }
  }

  @Override
  public boolean tell(int keys, long watermark) throws IOException {
    for (int left = keys; left > 0 && !turn.isEmpty(); left--) {
      ConversationKey key = turn.remove();
      Tail tail = tails.get(key);
      if (tail.mayWait(watermark, soon)) {
        untold.add(key);
      } else {
        tell(key, tail, watermark);
      }
    }
    return !turn.isEmpty();
  }

  private void tell(ConversationKey key, Tail tail, long watermark) throws IOException {
    OpenSession before = openSessions.get(key);
    boolean whole = tail.startWhole();
    List<SessionChange> changes = tail.tell(key, before, watermark, whole, corrections);
    if (whole) {
      changed.accept(SessionChange.whole(key, changes.isEmpty()));
    }
    int last = changes.size() - 1;
    for (int i = 0; i < last; i++) {
      changed.accept(changes.get(i));
    }
    if (last >= 0) {
      changed.accept(changes.get(last).completing(true));
    }
    settle(key, before, tail, watermark);
  }

  /** Remembers what the messages have led to that the watermark has passed, instead of them. */
  private void settle(ConversationKey key, OpenSession before, Tail tail, long watermark)
      throws IOException {
    conversation.begin(key.b(), before);
    int passed = 0;
    for (; passed < tail.size() && tail.millis(passed) <= watermark; passed++) {
      switch (conversation.take(tail.packed(passed), tail.a(passed))) {
        case OPENS -> opened++;
        case ANSWERS -> answered++;
        case NONE -> {}
      }
    }
    if (passed == 0) {
      return;
    }
    OpenSession now = conversation.isOpen() ? conversation.openSession() : null;
    if (now == null && before != null) {
      openSessions.remove(key);
    } else if (now != null && !now.equals(before)) {
      openSessions.put(key, now);
    }
    tail.forget(passed);
    if (tail.size() == 0) {
      tails.remove(key);
    }
  }

  private Tail tail(ConversationKey key) {
    return tails.computeIfAbsent(key, missing -> new Tail(recovers));
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
