package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages that the watermark has passed, brought into order: those of a key together, and each
 * key's in the total order {@code (ts, kind, a)}.
 *
 * <p>Few are merge sorted, in one array of primitives: it never degrades, and what comes in nearly
 * ordered costs little. Many are first divided by key, with a hash table, and then each key's are
 * sorted.
 */
public final class DueMessages {

  private static final int WORDS = 3;
  private static final int RUN = 6 * WORDS;

  /** So many messages, and more, are divided by key. */
  private static final int MANY = 2048;

  /** What a rare flood needed is given back. */
  private static final int KEPT = (1 << 18) * WORDS;

  private final ResponseMode mode;
  private final boolean keyedByAgent;
  private long[] words = new long[256 * WORDS];
  private long[] spare = new long[0];
  private int used;
  private final Numbers numbers = new Numbers();

  public DueMessages(ResponseMode mode) {
    this.mode = mode;
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
    int size = size();
    if (size < MANY) {
      sort(0, used);
      return;
    }
    divide(size);
    for (int from = 0, to; from < size; from = to) {
      to = endOfKey(from);
      sort(from * WORDS, to * WORDS);
    }
  }

  /** Brings messages of the same key together, in the order in which they came. */
  private void divide(int size) {
    int mask = Integer.highestOneBit(size) * 4 - 1;
    // Of each key: one more than the place of its first message.
    int[] table = new int[mask + 1];
    // Of each message: the place of the first of its key.
    int[] first = new int[size];
    // Of each first message: how many its key has, and later where the next one of them goes.
    int[] next = new int[size];
    for (int i = 0; i < size; i++) {
      int at = (int) Shards.mix(mode, b(i), a(i)) & mask;
      while (table[at] != 0 && !sameKey(table[at] - 1, i)) {
        at = (at + 1) & mask;
      }
      if (table[at] == 0) {
        table[at] = i + 1;
      }
      first[i] = table[at] - 1;
      next[first[i]]++;
    }
    int place = 0;
    for (int i = 0; i < size; i++) {
      if (first[i] == i) {
        int count = next[i];
        next[i] = place;
        place += count;
      }
      move(words, i * WORDS, spare, next[first[i]]++ * WORDS);
    }
    long[] divided = spare;
    spare = words;
    words = divided;
  }

  /** Sorts a part. */
  private void sort(int start, int end) {
    for (int from = start; from < end; from += RUN) {
      insertionSort(from, Math.min(from + RUN, end));
    }
    for (long width = RUN; width < end - start; width *= 2) {
      for (long from = start; from + width < end; from += 2 * width) {
        merge((int) from, (int) (from + width), (int) Math.min(from + 2 * width, end));
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
    if (keyedByAgent && a != others[other + 2]) {
      return Long.compare(a, others[other + 2]);
    }
    return MessageOrder.compare(packed, a, others[other], others[other + 2]);
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
