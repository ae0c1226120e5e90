package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Live results: sessions are published soon after their messages have arrived, corrected when
 * others come between these, and published once more when the watermark has passed what made them;
 * then they are final.
 *
 * <p>Messages are only ever added, and each carries a mark once it is part of what was published.
 * So what was published of a key is what the state machine makes of the marked messages, and need
 * not be remembered.
 */
public final class LiveSessions {

  private static final long NOTHING_PASSED = Long.MIN_VALUE;

  private final ResponseMode mode;
  private final Consumer<SessionChange> changed;
  private final Consumer<Correction> corrections;
  private final boolean recovers;
  // The messages of the key that it is about, in order.
  private final DueMessages messages;
  private final Numbers due = new Numbers();
  private Numbers left = new Numbers();
  private final Numbers numbers = new Numbers();
  private final Numbers kept = new Numbers();
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;
  private long published;

  /**
   * @param changed receives what there is to publish
   * @param corrections receives sessions that were published and are not so
   * @param recovers whether sessions may have been published that are not remembered: then the
   *     first change of a key is {@link SessionChange.Kind#REPLAY_START}
   */
  public LiveSessions(
      ResponseMode mode,
      Consumer<SessionChange> changed,
      Consumer<Correction> corrections,
      boolean recovers) {
    this.mode = mode;
    this.changed = changed;
    this.corrections = corrections;
    this.recovers = recovers;
    this.messages = new DueMessages(mode);
  }

  /** A session and whether the watermark has passed what made it. */
  private record Row(Session session, boolean isFinal) {}

  /**
   * Publishes what has arrived.
   *
   * @param watermark how far it has come, in milliseconds
   * @param soon the watermark that is expected before this is asked the next time: what was sent
   *     until then will be final by then, and is left to {@link #settle}
   */
  public void publish(Shard shard, long watermark, long soon) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    waiting.startPublishing();
    Numbers arrived = waiting.unpublished();
    left.clear();
    for (int i = 0; i < arrived.size(); i++) {
      int number = arrived.get(i);
      if (!waiting.isFree(number) && (waiting.packed(number) & PackedTime.PUBLISHED) == 0) {
        if (isPassed(waiting.packed(number), soon)) {
          left.add(number);
        } else {
          publish(shard, number, watermark);
        }
      }
    }
    arrived.clear();
    waiting.setUnpublished(left);
    left = arrived;
  }

  /**
   * Publishes what the watermark has made final, and forgets the messages that it has passed.
   *
   * @param watermark how far it has come, in milliseconds
   * @return how many messages it has passed
   */
  public int settle(Shard shard, long watermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    due.clear();
    waiting.takeNumbersThrough(watermark, due);
    for (int i = 0; i < due.size(); i++) {
      // Others of its key have taken it with them.
      if (!waiting.isFree(due.get(i))) {
        publish(shard, due.get(i), watermark);
      }
    }
    waiting.giveBack();
    return due.size();
  }

  /**
   * A message has arrived too late to count. Before a recovery it may have been in time, and
   * published.
   */
  public void late(Shard shard, Message message, long watermark) throws IOException {
    if (!recovers) {
      return;
    }
    ConversationKey key = mode.keyOf(message);
    int first = shard.dueThrough(watermark).firstOfKey(message.b(), message.a());
    if (first == WaitingMessages.NONE) {
      messages.clear();
      emit(key, shard.openSessions().get(key), NOTHING_PASSED, true);
    } else if (!isAnnounced(shard.dueThrough(watermark), first)) {
      publish(shard, first, watermark);
    }
  }

  /** Publishes all there is to publish of the key of a message. */
  private void publish(Shard shard, int number, long watermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    ConversationKey key = mode.key(waiting.b(number), waiting.a(number));
    int first = waiting.firstOfKey(waiting.b(number), waiting.a(number));
    messages.clear();
    numbers.clear();
    for (int n = first; n != WaitingMessages.NONE; n = waiting.nextOfKey(n)) {
      messages.add(waiting.packed(n), waiting.b(n), waiting.a(n));
      numbers.add(n);
    }
    messages.sort();
    messages.mergeEqual();
    OpenSession before = shard.openSessions().get(key);
    emit(key, before, watermark, recovers && !isAnnounced(waiting, first));
    forgetPassed(key, before, shard.openSessions(), watermark);
    keepRest(shard, key, watermark);
  }

  private static boolean isAnnounced(WaitingMessages waiting, int first) {
    for (int n = first; n != WaitingMessages.NONE; n = waiting.nextOfKey(n)) {
      if ((waiting.packed(n) & PackedTime.ANNOUNCED) != 0) {
        return true;
      }
    }
    return false;
  }

  private void emit(ConversationKey key, OpenSession before, long through, boolean whole) {
    List<Row> published = rows(key, before, PackedTime.PUBLISHED, NOTHING_PASSED);
    List<Row> now = rows(key, before, 0, through);
    List<SessionChange> changes = compare(published, now, whole);
    if (!whole) {
      correct(published, now);
    } else {
      changed.accept(SessionChange.replayStart(key, changes.isEmpty()));
    }
    int last = changes.size() - 1;
    for (int i = 0; i <= last; i++) {
      changed.accept(changes.get(i).endingGroup(i == last));
    }
  }

  /** Remembers what the messages have led to that the watermark has passed, instead of them. */
  private void forgetPassed(
      ConversationKey key, OpenSession before, OpenSessions openSessions, long watermark)
      throws IOException {
    conversation.begin(key.b(), before);
    for (int i = 0; i < messages.size() && isPassed(messages.packed(i), watermark); i++) {
      switch (conversation.take(messages.packed(i), messages.a(i))) {
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

  /** What the watermark has not passed goes on waiting, as published. */
  private void keepRest(Shard shard, ConversationKey key, long watermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    kept.clear();
    for (int i = 0; i < numbers.size(); i++) {
      if (!isPassed(waiting.packed(numbers.get(i)), watermark)) {
        kept.add(numbers.get(i));
      }
    }
    if (kept.size() < numbers.size()) {
      waiting.keepOfKey(waiting.b(numbers.get(0)), waiting.a(numbers.get(0)), kept);
      for (int i = 0; i < numbers.size(); i++) {
        if (isPassed(waiting.packed(numbers.get(i)), watermark)) {
          published += isPublished(waiting.packed(numbers.get(i))) ? 0 : 1;
          waiting.free(numbers.get(i));
        }
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      int number = kept.get(i);
      long before = waiting.packed(number);
      waiting.mark(number, PackedTime.MARKS);
      if (!isPublished(before)) {
        published++;
        shard.published(waiting.packed(number), key.b(), waiting.a(number));
      }
    }
  }

  private static boolean isPassed(long packed, long watermark) {
    return PackedTime.millis(packed) <= watermark;
  }

  /**
   * What was published is right as long as messages come in order, and nothing else corrects it.
   */
  private void correct(List<Row> published, List<Row> now) {
    long last = lastPublished();
    for (Row row : published) {
      Session was = row.session;
      Session became = at(now, was.openedAt());
      if (last != NOTHING_PASSED && !was.equals(became) && !isProgress(was, became, last)) {
        int cause = cause(was, became == null);
        corrections.accept(
            new Correction(
                was,
                became,
                PackedTime.ts(messages.packed(cause)),
                messages.a(cause),
                PackedTime.direct(messages.packed(cause))));
      }
    }
  }

  private long lastPublished() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (isPublished(messages.packed(i))) {
        return PackedTime.plain(messages.packed(i));
      }
    }
    return NOTHING_PASSED;
  }

  private static boolean isPublished(long packed) {
    return (packed & PackedTime.PUBLISHED) != 0;
  }

  private static Session at(List<Row> rows, long openedAt) {
    for (Row row : rows) {
      if (row.session.openedAt() == openedAt) {
        return row.session;
      }
    }
    return null;
  }

  /** An answer that was sent after all that was published. */
  private static boolean isProgress(Session was, Session became, long lastPublished) {
    return was.isOpen()
        && became != null
        && was.asked() == became.asked()
        && PackedTime.of(became.answeredAt(), true) > lastPublished;
  }

  /**
   * Which of the messages that have come since made the difference: the last one before the
   * opening, if that opens nothing any more, otherwise the first one from there on.
   */
  private int cause(Session was, boolean isGone) {
    long opening = PackedTime.of(was.openedAt(), false);
    int found = -1;
    for (int i = 0; i < messages.size(); i++) {
      long at = PackedTime.plain(messages.packed(i));
      boolean isBefore = found >= 0 && PackedTime.plain(messages.packed(found)) < opening;
      if (!isPublished(messages.packed(i)) && (found < 0 || (isGone ? at <= opening : isBefore))) {
        found = i;
      }
    }
    return found;
  }

  /**
   * The sessions that messages make, in the order of time, on top of one that is open.
   *
   * @param mark only messages that have it count
   */
  private List<Row> rows(ConversationKey key, OpenSession before, long mark, long through) {
    List<Row> rows = new ArrayList<>();
    conversation.begin(key.b(), before);
    // An open session is as final as its opening.
    boolean openingPassed = before != null;
    for (int i = 0; i < messages.size(); i++) {
      long packed = messages.packed(i);
      if ((packed & mark) != mark) {
        continue;
      }
      boolean passed = isPassed(packed, through);
      switch (conversation.take(packed, messages.a(i))) {
        case OPENS -> openingPassed = passed;
        case ANSWERS ->
            rows.add(
                new Row(
                    conversation.session().answeredBy(messages.a(i), PackedTime.ts(packed)),
                    passed));
        case NONE -> {}
      }
    }
    if (conversation.isOpen()) {
      rows.add(new Row(conversation.session(), openingPassed));
    }
    return rows;
  }

  /** Both lists are in the order of opening, and a key's sessions open at different times. */
  private static List<SessionChange> compare(List<Row> published, List<Row> now, boolean whole) {
    List<SessionChange> changes = new ArrayList<>();
    int p = 0;
    for (Row row : now) {
      long openedAt = row.session.openedAt();
      while (p < published.size() && published.get(p).session.openedAt() < openedAt) {
        changes.add(change(published.get(p++), SessionChange.Kind.RETRACTED));
      }
      if (p < published.size() && published.get(p).session.openedAt() == openedAt) {
        if (!published.get(p++).equals(row)) {
          changes.add(change(row, SessionChange.Kind.CHANGED));
        } else if (whole) {
          changes.add(change(row, SessionChange.Kind.SAME));
        }
      } else {
        changes.add(change(row, SessionChange.Kind.NEW));
      }
    }
    while (p < published.size()) {
      changes.add(change(published.get(p++), SessionChange.Kind.RETRACTED));
    }
    return changes;
  }

  private static SessionChange change(Row row, SessionChange.Kind kind) {
    return new SessionChange(row.session, kind, row.isFinal, false);
  }

  /** Messages published so far, each when it became part of what was published. */
  public long published() {
    return published;
  }

  /** Sessions opened so far by messages that the watermark has passed. */
  public long opened() {
    return opened;
  }

  /** Sessions answered so far by messages that the watermark has passed. */
  public long answered() {
    return answered;
  }
}
