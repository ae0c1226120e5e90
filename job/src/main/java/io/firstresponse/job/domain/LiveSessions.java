package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Tells of sessions as soon as messages arrive, corrects what was told when others come between
 * them, and tells once more when the watermark has passed what made them: then they are final.
 */
public final class LiveSessions implements Sessions {

  /** Whatever waits has not been passed by the watermark. */
  private static final long NOTHING_PASSED = Long.MIN_VALUE;

  private final ResponseMode mode;
  private final OpenSessions openSessions;
  private final Consumer<SessionChange> changed;
  private final Consumer<Correction> corrections;
  private final OptionalLong recoveredFrom;
  private final Map<ConversationKey, Tail> tails = new HashMap<>();
  // Keys of tails with something to tell.
  private final Deque<ConversationKey> untold = new ArrayDeque<>();
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;

  /**
   * @param openSessions remembers who waits once the watermark has passed the opening
   * @param changed receives what there is to tell
   * @param corrections receives what was told and is not so
   * @param recoveredFrom from when on sessions may have been told of that are not remembered, in
   *     microseconds since the epoch: then the first word of a key is {@link
   *     SessionChange.Kind#WHOLE}; empty if there are none
   */
  public LiveSessions(
      ResponseMode mode,
      OpenSessions openSessions,
      Consumer<SessionChange> changed,
      Consumer<Correction> corrections,
      OptionalLong recoveredFrom) {
    this.mode = mode;
    this.openSessions = openSessions;
    this.changed = changed;
    this.corrections = corrections;
    this.recoveredFrom = recoveredFrom;
  }

  @Override
  public void arrived(long packed, long b, long a) {
    ConversationKey key = mode.key(b, a);
    Tail tail = tail(key);
    boolean told = tail.isTold();
    tail.add(packed, a);
    if (told && !tail.isTold()) {
      untold.add(key);
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
    ConversationKey key = mode.key(b, a);
    if (recoveredFrom.isPresent() && !tails.containsKey(key)) {
      // Before the recovery it may have been in time, and told of.
      tell(key, openSessions.get(key), new Tail(true), NOTHING_PASSED);
    }
  }

  @Override
  public boolean tell(int keys) throws IOException {
    for (int left = keys; left > 0 && !untold.isEmpty(); left--) {
      ConversationKey key = untold.remove();
      Tail tail = tails.get(key);
      // It may have been settled, and told of, in the meantime.
      if (tail != null && !tail.isTold()) {
        tell(key, openSessions.get(key), tail, NOTHING_PASSED);
      }
    }
    return !untold.isEmpty();
  }

  @Override
  public void settle(DueMessages due, long through) throws IOException {
    due.sort();
    int size = due.size();
    for (int from = 0, to; from < size; from = to) {
      to = due.endOfKey(from);
      ConversationKey key = due.key(from);
      Tail tail = tails.get(key);
      OpenSession before = openSessions.get(key);
      tell(key, before, tail, through);
      remember(key, before, due, from, to);
      tail.forgetThrough(through);
      if (tail.isEmpty()) {
        tails.remove(key);
      }
    }
  }

  /** Takes the messages of one key that the watermark has passed. */
  private void remember(ConversationKey key, OpenSession before, DueMessages due, int from, int to)
      throws IOException {
    conversation.begin(key.b(), before);
    for (int i = from; i < to; i++) {
      switch (conversation.take(due.packed(i), due.a(i))) {
        case OPENS -> opened++;
        case ANSWERS -> answered++;
        case NONE -> {}
      }
    }
    OpenSession now = conversation.isOpen() ? conversation.openSession() : null;
    if (now == null && before != null) {
      openSessions.remove(key);
    } else if (now != null && !now.equals(before)) {
      openSessions.put(key, now);
    }
  }

  private void tell(ConversationKey key, OpenSession before, Tail tail, long through) {
    boolean whole = tail.startWhole();
    List<SessionChange> changes = tail.tell(key, before, through, whole, corrections);
    if (whole) {
      changed.accept(SessionChange.whole(key, recoveredFrom.orElseThrow(), changes.isEmpty()));
    }
    int last = changes.size() - 1;
    for (int i = 0; i < last; i++) {
      changed.accept(changes.get(i));
    }
    if (last >= 0) {
      changed.accept(changes.get(last).completing(true));
    }
  }

  private Tail tail(ConversationKey key) {
    return tails.computeIfAbsent(key, missing -> new Tail(recoveredFrom.isPresent()));
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
