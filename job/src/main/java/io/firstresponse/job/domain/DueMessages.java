package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages that the watermark has passed, brought into order: those of a key together, and each
 * key's in the total order {@code (ts, kind, a)}.
 *
 * <p>Merge sort over one array of primitives: it never degrades, and what comes in nearly ordered
 * costs little.
 */
public final class DueMessages {

  private static final int WORDS = 3;
  private static final int RUN = 6 * WORDS;

  /** What a rare flood needed is given back. */
  private static final int KEPT = (1 << 18) * WORDS;

  private final boolean keyedByAgent;
  private long[] words = new long[256 * WORDS];
  private long[] spare = new long[0];
  private int used;
  private final Numbers numbers = new Numbers();

  public DueMessages(ResponseMode mode) {
    this.keyedByAgent = mode == ResponseMode.ADDRESSED_AGENT;
  }

  public int size() {
    return used / WORDS;
  }

  /** Forgets all messages. */
  public void clear() {
    used = 0;
    if (words.length > KEPT) {
      words = new long[KEPT];
      spare = new long[0];
    }
  }

  /** Space for the numbers of messages on their way here. */
  Numbers numbers() {
    return numbers;
  }

  /** Adds a message as {@link WaitingMessages#forEach} gives it out. */
  public void add(long packed, long b, long a) {
    reserve(WORDS);
    words[used] = packed;
    words[used + 1] = b;
    words[used + 2] = a;
    used += WORDS;
  }

  long packed(int i) {
    return words[i * WORDS];
  }

  long b(int i) {
    return words[i * WORDS + 1];
  }

  long a(int i) {
    return words[i * WORDS + 2];
  }

  /** Whether two messages belong to one key. */
  boolean sameKey(int i, int j) {
    return b(i) == b(j) && (!keyedByAgent || a(i) == a(j));
  }

  /** The first message after another one that belongs to another key, or the end. */
  int endOfKey(int from) {
    int size = size();
    int to = from + 1;
    while (to < size && sameKey(from, to)) {
      to++;
    }
    return to;
  }

  /** The key that a message belongs to. */
  ConversationKey key(int i) {
    return new ConversationKey(b(i), keyedByAgent ? a(i) : Session.NOBODY);
  }

  /** Makes one of messages that are alike, with the marks of all of them. They must be sorted. */
  void mergeEqual() {
    int kept = 0;
    for (int at = WORDS; at < used; at += WORDS) {
      if (compare(words[at], words[at + 1], words[at + 2], words, kept) == 0) {
        words[kept] |= words[at];
      } else {
        kept += WORDS;
        move(words, at, words, kept);
      }
    }
    used = Math.min(used, kept + WORDS);
  }

  /** Brings the messages into order. */
  void sort() {
    if (spare.length < used) {
      spare = new long[words.length];
    }
    for (int from = 0; from < used; from += RUN) {
      insertionSort(from, Math.min(from + RUN, used));
    }
    for (long width = RUN; width < used; width *= 2) {
      for (long from = 0; from + width < used; from += 2 * width) {
        merge((int) from, (int) (from + width), (int) Math.min(from + 2 * width, used));
      }
    }
  }

  private void insertionSort(int from, int to) {
    for (int next = from + WORDS; next < to; next += WORDS) {
      long packed = words[next];
      long b = words[next + 1];
      long a = words[next + 2];
      int at = next;
      while (at > from && compare(packed, b, a, words, at - WORDS) < 0) {
        move(words, at - WORDS, words, at);
        at -= WORDS;
      }
      words[at] = packed;
      words[at + 1] = b;
      words[at + 2] = a;
    }
  }

  private void merge(int from, int middle, int to) {
    if (compare(words[middle], words[middle + 1], words[middle + 2], words, middle - WORDS) >= 0) {
      return;
    }
    int length = middle - from;
    System.arraycopy(words, from, spare, 0, length);
    int left = 0;
    int right = middle;
    int at = from;
    while (left < length && right < to) {
      if (compare(words[right], words[right + 1], words[right + 2], spare, left) < 0) {
        move(words, right, words, at);
        right += WORDS;
      } else {
        move(spare, left, words, at);
        left += WORDS;
      }
      at += WORDS;
    }
    System.arraycopy(spare, left, words, at, length - left);
  }

  private int compare(long packed, long b, long a, long[] others, int other) {
    int order = Long.compare(b, others[other + 1]);
    if (order != 0) {
      return order;
    }
    int byAgent = Long.compare(a, others[other + 2]);
    if (keyedByAgent && byAgent != 0) {
      return byAgent;
    }
    int byTime = Long.compare(PackedTime.plain(packed), PackedTime.plain(others[other]));
    return byTime != 0 ? byTime : byAgent;
  }

  private static void move(long[] source, int from, long[] target, int to) {
    target[to] = source[from];
    target[to + 1] = source[from + 1];
    target[to + 2] = source[from + 2];
  }

  private void reserve(int length) {
    if (used + length > words.length) {
      words = Arrays.copyOf(words, Math.max(words.length * 2, used + length));
    }
  }
}
