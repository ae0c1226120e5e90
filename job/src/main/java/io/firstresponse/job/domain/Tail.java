package io.firstresponse.job.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The messages of one key that the watermark has not passed, in the total order, and what was told
 * of the sessions that they make.
 */
final class Tail {

  /** Longs a message: {@link PendingMessages#packed}, agent. */
  private static final int WORDS = 2;

  private static final int FIRST_CAPACITY = 4 * WORDS;

  private long[] words = new long[FIRST_CAPACITY];
  private int used;
  // The messages as they were when last told of, where they have changed since.
  private long[] toldWords;
  private int toldUsed;
  private boolean startsWhole;
  private boolean enqueued;
  private boolean waited;

  /**
   * @param startsWhole whether the first word of it has to tell everything
   */
  Tail(boolean startsWhole) {
    this.startsWhole = startsWhole;
  }

  /** Whether everything has to be told the next time. */
  boolean startsWhole() {
    return startsWhole;
  }

  /** Whether everything has to be told; asked once, for it will have been. */
  boolean startWhole() {
    boolean whole = startsWhole;
    startsWhole = false;
    return whole;
  }

  /** A session and whether the watermark has passed what made it. */
  private record Row(Session session, boolean isFinal) {}

  /** Whether nothing has come since it was last told of. */
  boolean isTold() {
    return toldWords == null;
  }

  /** How many messages there are. */
  int size() {
    return used / WORDS;
  }

  long packed(int i) {
    return words[i * WORDS];
  }

  long millis(int i) {
    return PendingMessages.millis(packed(i));
  }

  long a(int i) {
    return words[i * WORDS + 1];
  }

  /** Notes that it will be told of; returns whether that is new. */
  boolean enqueue() {
    boolean before = enqueued;
    enqueued = true;
    return !before;
  }

  /**
   * Whether it can be told of later: nothing of it is final yet, all of it will soon be, and it has
   * not waited before.
   *
   * @param watermark in milliseconds
   * @param soon the watermark that is expected
   */
  boolean mayWait(long watermark, long soon) {
    if (waited || used == 0 || millis(0) <= watermark || millis(size() - 1) > soon) {
      return false;
    }
    waited = true;
    return true;
  }

  /** Takes a message in, at its place. One that is there already changes nothing. */
  void add(long packed, long a) {
    int at = place(packed, a);
    if (at < used && words[at] == packed && words[at + 1] == a) {
      return;
    }
    if (isTold()) {
      toldWords = Arrays.copyOf(words, used);
      toldUsed = used;
    }
    if (used == words.length) {
      words = Arrays.copyOf(words, used * 2);
    }
    System.arraycopy(words, at, words, at + WORDS, used - at);
    words[at] = packed;
    words[at + 1] = a;
    used += WORDS;
  }

  /** Makes what has come so far pass for told. */
  void setTold() {
    toldWords = null;
  }

  /**
   * What there is to tell since the last time, in the order of time.
   *
   * @param before the session that was open before all these messages, or null
   * @param through the watermark, in milliseconds
   * @param whole whether also to tell what has not changed; what was told is not known then
   * @param corrections receives what was told and is not so
   */
  List<SessionChange> tell(
      ConversationKey key,
      OpenSession before,
      long through,
      boolean whole,
      Consumer<Correction> corrections) {
    List<Row> told =
        isTold()
            ? rows(key, before, words, used, Long.MIN_VALUE)
            : rows(key, before, toldWords, toldUsed, Long.MIN_VALUE);
    List<Row> now = rows(key, before, words, used, through);
    List<SessionChange> changes = compare(told, now, whole);
    if (!isTold() && !whole) {
      correct(told, now, corrections);
    }
    toldWords = null;
    enqueued = false;
    waited = false;
    return changes;
  }

  /** What was told is right as long as messages come in order, and nothing else corrects it. */
  private void correct(List<Row> told, List<Row> now, Consumer<Correction> corrections) {
    if (toldUsed == 0) {
      return;
    }
    for (Row row : told) {
      Session was = row.session;
      Session became = at(now, was.openedAt());
      if (!was.equals(became) && !isProgress(was, became)) {
        int cause = cause(was, became == null);
        corrections.accept(
            new Correction(
                was,
                became,
                PendingMessages.ts(words[cause]),
                words[cause + 1],
                PendingMessages.direct(words[cause])));
      }
    }
  }

  private static Session at(List<Row> rows, long openedAt) {
    for (Row row : rows) {
      if (row.session.openedAt() == openedAt) {
        return row.session;
      }
    }
    return null;
  }

  /** An answer that was sent after all that was told of. */
  private boolean isProgress(Session was, Session became) {
    return was.isOpen()
        && became != null
        && was.asked() == became.asked()
        && PendingMessages.packed(became.answeredAt(), true) > toldWords[toldUsed - WORDS];
  }

  /**
   * Where among the messages that one is that has come since and made the difference: the last one
   * before the opening, if that opens nothing any more, otherwise the first one from there on.
   */
  private int cause(Session was, boolean isGone) {
    long opening = PendingMessages.packed(was.openedAt(), false);
    int found = -1;
    int told = 0;
    for (int at = 0; at < used; at += WORDS) {
      if (told < toldUsed && toldWords[told] == words[at] && toldWords[told + 1] == words[at + 1]) {
        told += WORDS;
      } else if (isGone ? words[at] <= opening || found < 0 : found < 0 || words[found] < opening) {
        found = at;
      }
    }
    return found;
  }

  /** Forgets so many messages, the first ones. They have been told of. */
  void forget(int messages) {
    int from = messages * WORDS;
    System.arraycopy(words, from, words, 0, used - from);
    used -= from;
  }

  /** The place of a message, by halving: what comes in order goes to the end at once. */
  private int place(long packed, long a) {
    int low = 0;
    int high = used / WORDS;
    if (high > 0 && compare(packed, a, used - WORDS) > 0) {
      return used;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(packed, a, middle * WORDS) > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low * WORDS;
  }

  private int compare(long packed, long a, int at) {
    int byTime = Long.compare(packed, words[at]);
    return byTime != 0 ? byTime : Long.compare(a, words[at + 1]);
  }

  /** The sessions that messages make, in the order of time, on top of one that is open. */
  private static List<Row> rows(
      ConversationKey key, OpenSession before, long[] words, int used, long through) {
    List<Row> rows = new ArrayList<>();
    Conversation conversation = new Conversation();
    conversation.begin(key.b(), before);
    // An open session is as final as its opening.
    boolean openingPassed = before != null;
    for (int at = 0; at < used; at += WORDS) {
      boolean passed = PendingMessages.millis(words[at]) <= through;
      switch (conversation.take(words[at], words[at + 1])) {
        case OPENS -> openingPassed = passed;
        case ANSWERS ->
            rows.add(
                new Row(
                    conversation.session().answeredBy(words[at + 1], PendingMessages.ts(words[at])),
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
  private static List<SessionChange> compare(List<Row> told, List<Row> now, boolean whole) {
    List<SessionChange> changes = new ArrayList<>();
    int t = 0;
    for (Row row : now) {
      long openedAt = row.session.openedAt();
      while (t < told.size() && told.get(t).session.openedAt() < openedAt) {
        changes.add(change(told.get(t++), SessionChange.Kind.GONE));
      }
      if (t < told.size() && told.get(t).session.openedAt() == openedAt) {
        if (!told.get(t++).equals(row)) {
          changes.add(change(row, SessionChange.Kind.CHANGED));
        } else if (whole) {
          changes.add(change(row, SessionChange.Kind.SAME));
        }
      } else {
        changes.add(change(row, SessionChange.Kind.NEW));
      }
    }
    while (t < told.size()) {
      changes.add(change(told.get(t++), SessionChange.Kind.GONE));
    }
    return changes;
  }

  private static SessionChange change(Row row, SessionChange.Kind kind) {
    return new SessionChange(row.session, kind, row.isFinal, false);
  }
}
