package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages that the watermark has passed, sorted by key, and within a key in the total order of
 * {@link MessageOrder}.
 *
 * <p>A small number of messages is merge sorted in one array of primitives, which is fast for
 * nearly sorted input and never slow. A large number is first grouped by key with a hash table, and
 * then the messages of each key are sorted.
 */
public final class DueMessages {

  private static final int LONGS = 3;
  private static final int RUN = 6 * LONGS;

  /** From this number on, messages are grouped by key before they are sorted. */
  private static final int MANY = 2048;

  /** A larger array, after a peak, is not kept. */
  private static final int KEPT = (1 << 18) * LONGS;

  private final ResponseMode mode;
  private final boolean keyedByAgent;
  private long[] longs = new long[256 * LONGS];
  private long[] spare = new long[0];
  private int used;
  private final Numbers numbers = new Numbers();

  /**
   * An empty collection.
   *
   * @param mode who may answer
   */
  public DueMessages(ResponseMode mode) {
    this.mode = mode;
    this.keyedByAgent = mode == ResponseMode.ADDRESSED_AGENT;
  }

  /** {@return the number of messages} */
  public int size() {
    return used / LONGS;
  }

  /** Removes all messages. */
  public void clear() {
    used = 0;
    if (longs.length > KEPT) {
      longs = new long[KEPT];
      spare = new long[0];
    }
  }

  /** A list for the numbers of messages that are about to be added. */
  Numbers numbers() {
    return numbers;
  }

  /**
   * Adds a message.
   *
   * @param packed time, kind and marks, see {@link MessageOrder}
   * @param b customer
   * @param a agent
   */
  public void add(long packed, long b, long a) {
    reserve(LONGS);
    longs[used] = packed;
    longs[used + 1] = b;
    longs[used + 2] = a;
    used += LONGS;
  }

  long packed(int i) {
    return longs[i * LONGS];
  }

  long b(int i) {
    return longs[i * LONGS + 1];
  }

  long a(int i) {
    return longs[i * LONGS + 2];
  }

  /** Whether two messages belong to one key. */
  boolean sameKey(int i, int j) {
    return b(i) == b(j) && (!keyedByAgent || a(i) == a(j));
  }

  /** The index after the last message of the key of message {@code from}. */
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

  /** Merges equal messages into one that has the marks of all. Messages must be sorted. */
  void mergeEqual() {
    int kept = 0;
    for (int at = LONGS; at < used; at += LONGS) {
      if (compare(longs[at], longs[at + 1], longs[at + 2], longs, kept) == 0) {
        longs[kept] |= longs[at];
      } else {
        kept += LONGS;
        move(longs, at, longs, kept);
      }
    }
    used = Math.min(used, kept + LONGS);
  }

  /** Sorts the messages. */
  void sort() {
    if (spare.length < used) {
      spare = new long[longs.length];
    }
    int size = size();
    if (size < MANY) {
      sort(0, used);
      return;
    }
    groupByKey(size);
    for (int from = 0, to; from < size; from = to) {
      to = endOfKey(from);
      sort(from * LONGS, to * LONGS);
    }
  }

  /** Groups messages by key; within a key they keep the order in which they were added. */
  private void groupByKey(int size) {
    int mask = Integer.highestOneBit(size) * 4 - 1;
    // For each key: 1 plus the index of its first message; 0 for a free slot.
    int[] table = new int[mask + 1];
    // For each message: the index of the first message of its key.
    int[] first = new int[size];
    // For the first message of a key: first the number of messages of the key, then the index to
    // which its next message goes.
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
      move(longs, i * LONGS, spare, next[first[i]]++ * LONGS);
    }
    long[] grouped = spare;
    spare = longs;
    longs = grouped;
  }

  /** Sorts a part of the array. */
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
    for (int next = from + LONGS; next < to; next += LONGS) {
      long packed = longs[next];
      long b = longs[next + 1];
      long a = longs[next + 2];
      int at = next;
      while (at > from && compare(packed, b, a, longs, at - LONGS) < 0) {
        move(longs, at - LONGS, longs, at);
        at -= LONGS;
      }
      longs[at] = packed;
      longs[at + 1] = b;
      longs[at + 2] = a;
    }
  }

  private void merge(int from, int middle, int to) {
    if (compare(longs[middle], longs[middle + 1], longs[middle + 2], longs, middle - LONGS) >= 0) {
      return;
    }
    int length = middle - from;
    System.arraycopy(longs, from, spare, 0, length);
    int left = 0;
    int right = middle;
    int at = from;
    while (left < length && right < to) {
      if (compare(longs[right], longs[right + 1], longs[right + 2], spare, left) < 0) {
        move(longs, right, longs, at);
        right += LONGS;
      } else {
        move(spare, left, longs, at);
        left += LONGS;
      }
      at += LONGS;
    }
    System.arraycopy(spare, left, longs, at, length - left);
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
    if (used + length > longs.length) {
      longs = Arrays.copyOf(longs, Math.max(longs.length * 2, used + length));
    }
  }
}
