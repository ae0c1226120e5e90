package io.firstresponse.job.domain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Live results: a session is published as provisional shortly after its messages have arrived. It
 * is corrected when a message arrives out of order and changes it. It is published as final when
 * the watermark has passed its messages.
 *
 * <p>A message is marked when it becomes part of the published sessions, see {@link MessageOrder}.
 * The published sessions of a key are therefore those that the state machine makes of the marked
 * messages, and are not stored.
 */
public final class LiveSessions {

  /** A watermark that has passed no message. */
  private static final long NOTHING_PASSED = Long.MIN_VALUE;

  private final ResponseMode mode;
  private final Consumer<SessionChange> changed;
  private final Consumer<Correction> corrections;
  private final boolean recovers;
  // The messages of the present key, in order.
  private final DueMessages messages;
  private final Numbers due = new Numbers();
  private Numbers left = new Numbers();
  private final Numbers numbers = new Numbers();
  private final Numbers kept = new Numbers();
  private final Conversation conversation = new Conversation();
  private long opened;
  private long answered;
  private long closed;
  private long published;

  /**
   * Creates an instance for one task.
   *
   * @param mode who may answer
   * @param changed receives the changes to publish
   * @param corrections receives provisional sessions that proved wrong
   * @param recovers whether an earlier attempt may have published sessions after the checkpoint:
   *     then the first change of a key is {@link SessionChange.Kind#REPLAY_START}
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

  /** A session, and whether the watermark has passed its messages. */
  private record Row(Session session, boolean isFinal) {}

  /**
   * Publishes the sessions of the messages that have arrived since the last call.
   *
   * @param shard the shard of the messages
   * @param watermark the present watermark, in milliseconds
   * @param expectedWatermark the watermark expected at the next call. Messages up to it are not
   *     published here, since {@link #settle} publishes them as final before that call
   * @throws IOException if the state cannot be accessed
   */
  public void publish(Shard shard, long watermark, long expectedWatermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    waiting.startPublishing();
    Numbers arrived = waiting.unpublished();
    left.clear();
    for (int i = 0; i < arrived.size(); i++) {
      int number = arrived.get(i);
      if (!waiting.isFree(number) && !MessageOrder.isPublished(waiting.packed(number))) {
        if (isPassed(waiting.packed(number), expectedWatermark)) {
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
   * Publishes the sessions that the watermark has made final, and removes the messages that it has
   * passed.
   *
   * @param shard the shard of the messages
   * @param watermark the present watermark, in milliseconds
   * @return the number of messages removed
   * @throws IOException if the state cannot be accessed
   */
  public int settle(Shard shard, long watermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    due.clear();
    waiting.takeNumbersThrough(watermark, due);
    for (int i = 0; i < due.size(); i++) {
      // It may have been removed together with an earlier message of its key.
      if (!waiting.isFree(due.get(i))) {
        publish(shard, due.get(i), watermark);
      }
    }
    waiting.compact();
    return due.size();
  }

  /**
   * Takes notice of a late message. An earlier attempt may have received it in time and published
   * its session, so after a recovery the rows of its key are published anew.
   *
   * @param shard the shard of the message
   * @param message the late message
   * @param watermark the present watermark, in milliseconds
   * @throws IOException if the state cannot be accessed
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

  /** Publishes the sessions of a message's key. */
  private void publish(Shard shard, int number, long watermark) throws IOException {
    WaitingMessages waiting = shard.dueThrough(watermark);
    ConversationKey key = mode.key(waiting.b(number), waiting.a(number));
    int first = waiting.firstOfKey(waiting.b(number), waiting.a(number));
    messages.clear();
    numbers.clear();
    for (int n = first; n != WaitingMessages.NONE; n = waiting.nextOfKey(n)) {
      messages.add(waiting.packed(n), waiting.b(n), waiting.a(n), waiting.labels(n));
      numbers.add(n);
    }
    messages.sort();
    messages.mergeEqual();
    OpenSession before = shard.openSessions().get(key);
    emit(key, before, watermark, recovers && !isAnnounced(waiting, first));
    settlePassed(key, before, shard.openSessions(), watermark);
    keepRest(shard, key, watermark);
  }

  private static boolean isAnnounced(WaitingMessages waiting, int first) {
    for (int n = first; n != WaitingMessages.NONE; n = waiting.nextOfKey(n)) {
      if (MessageOrder.isAnnounced(waiting.packed(n))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Emits the changes of a key.
   *
   * @param replays whether all its rows are emitted, and not only those that changed
   */
  private void emit(ConversationKey key, OpenSession before, long through, boolean replays) {
    List<Row> published = rows(key, before, MessageOrder.PUBLISHED, NOTHING_PASSED);
    List<Row> now = rows(key, before, 0, through);
    List<SessionChange> changes = compare(published, now, replays);
    if (!replays) {
      correct(published, now);
    } else {
      changed.accept(SessionChange.replayStart(key, changes.isEmpty()));
    }
    int last = changes.size() - 1;
    for (int i = 0; i <= last; i++) {
      changed.accept(changes.get(i).endingGroup(i == last));
    }
  }

  /** Takes the messages that the watermark has passed into the open session of the key. */
  private void settlePassed(
      ConversationKey key, OpenSession before, OpenSessions openSessions, long watermark)
      throws IOException {
    conversation.begin(key.b(), before);
    for (int i = 0; i < messages.size() && isPassed(messages.packed(i), watermark); i++) {
      switch (conversation.take(messages.packed(i), messages.a(i), messages.labels(i))) {
        case OPENS -> opened++;
        case ANSWERS -> answered++;
        case CLOSES -> closed++;
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

  /** Removes the messages that the watermark has passed, and marks the others as published. */
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
          published += MessageOrder.isPublished(waiting.packed(numbers.get(i))) ? 0 : 1;
          waiting.free(numbers.get(i));
        }
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      int number = kept.get(i);
      long before = waiting.packed(number);
      waiting.mark(number, MessageOrder.MARKS);
      if (!MessageOrder.isPublished(before)) {
        published++;
        shard.published(waiting.packed(number), key.b(), waiting.a(number), waiting.labels(number));
      }
    }
  }

  private static boolean isPassed(long packed, long watermark) {
    return MessageOrder.millis(packed) <= watermark;
  }

  /**
   * Reports the published sessions that are different now. An answer or a close that was sent after
   * all published messages is no correction, since no message came out of order.
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
                MessageOrder.ts(messages.packed(cause)),
                messages.a(cause),
                MessageOrder.kind(messages.packed(cause))));
      }
    }
  }

  private long lastPublished() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (MessageOrder.isPublished(messages.packed(i))) {
        return MessageOrder.place(messages.packed(i));
      }
    }
    return NOTHING_PASSED;
  }

  private static Session at(List<Row> rows, long openedAt) {
    for (Row row : rows) {
      if (row.session.openedAt() == openedAt) {
        return row.session;
      }
    }
    return null;
  }

  /** Whether the difference is an end that was sent after all published messages. */
  private static boolean isProgress(Session was, Session became, long lastPublished) {
    return was.isOpen()
        && became != null
        && was.asked() == became.asked()
        && was.labels() == became.labels()
        && MessageOrder.place(became.endedAt(), became.endKind()) > lastPublished;
  }

  /**
   * The new message that changed a published session: if the session was retracted, the last one
   * before its opening, otherwise the first one from the opening on.
   */
  private int cause(Session was, boolean isRetracted) {
    long opening = MessageOrder.place(was.openedAt(), MessageKind.CUSTOMER);
    int found = -1;
    for (int i = 0; i < messages.size(); i++) {
      long at = MessageOrder.place(messages.packed(i));
      boolean isBefore = found >= 0 && MessageOrder.place(messages.packed(found)) < opening;
      if (!MessageOrder.isPublished(messages.packed(i))
          && (found < 0 || (isRetracted ? at <= opening : isBefore))) {
        found = i;
      }
    }
    return found;
  }

  /**
   * The sessions of the present key, by time of opening.
   *
   * @param before the session that is open before the messages, or null
   * @param mark only messages with this mark are taken; 0 for all
   * @param through sessions whose messages this watermark has passed are final
   */
  private List<Row> rows(ConversationKey key, OpenSession before, long mark, long through) {
    List<Row> rows = new ArrayList<>();
    conversation.begin(key.b(), before);
    // An open session is final if its opening message is.
    boolean openingPassed = before != null;
    for (int i = 0; i < messages.size(); i++) {
      long packed = messages.packed(i);
      if ((packed & mark) != mark) {
        continue;
      }
      boolean passed = isPassed(packed, through);
      switch (conversation.take(packed, messages.a(i), messages.labels(i))) {
        case OPENS -> openingPassed = passed;
        case ANSWERS ->
            rows.add(
                new Row(
                    conversation.session().answeredBy(messages.a(i), MessageOrder.ts(packed)),
                    passed));
        case CLOSES ->
            rows.add(new Row(conversation.session().closed(MessageOrder.ts(packed)), passed));
        case NONE -> {}
      }
    }
    if (conversation.isOpen()) {
      rows.add(new Row(conversation.session(), openingPassed));
    }
    return rows;
  }

  /** The changes from the published rows to the present ones. Both are sorted by opening. */
  private static List<SessionChange> compare(List<Row> published, List<Row> now, boolean replays) {
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
        } else if (replays) {
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

  /** {@return the number of messages published so far, each counted once} */
  public long published() {
    return published;
  }

  /** {@return the number of sessions opened so far by messages behind the watermark} */
  public long opened() {
    return opened;
  }

  /** {@return the number of sessions answered so far by messages behind the watermark} */
  public long answered() {
    return answered;
  }

  /**
   * {@return the number of sessions closed without an answer so far by closes behind the watermark}
   */
  public long closed() {
    return closed;
  }
}
