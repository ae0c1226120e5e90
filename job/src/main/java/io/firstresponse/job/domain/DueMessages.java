package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages that the watermark has passed, sorted by key, and within a key in the total order of
 * {@link MessageOrder}.
 *
 * <p>A message has three longs: time, kind and marks; customer; agent. From the first message with
 * labels on, each has a fourth one.
 *
 * <p>A small number of messages is merge sorted in one array of primitives, which is fast for
 * nearly sorted input and never slow. A large number is first grouped by key with a hash table, and
 * then the messages of each key are sorted.
 */
public final class DueMessages {

  private static final int WITHOUT_LABELS = 3;
  private static final int WITH_LABELS = 4;

  /** The messages of a run that is sorted by insertion. */
  private static final int RUN = 6;

  /** From this number on, messages are grouped by key before they are sorted. */
  private static final int MANY = 2048;

  /** An array for more messages, after a peak, is not kept. */
  private static final int KEPT = 1 << 18;

  private final ResponseMode mode;
  private final boolean keyedByAgent;
  // The longs of a message.
  private int each = WITHOUT_LABELS;
  private long[] longs = new long[256 * WITHOUT_LABELS];
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
    return used / each;
  }

  /** Removes all messages. */
  public void clear() {
    used = 0;
    if (longs.length > KEPT * each) {
      longs = new long[KEPT * each];
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
   * @param labels the key of its label set, or {@link Message#NO_LABELS}
   */
  public void add(long packed, long b, long a, long labels) {
    if (labels != Message.NO_LABELS && each == WITHOUT_LABELS) {
      widen();
    }
    reserve(each);
    longs[used] = packed;
    longs[used + 1] = b;
    longs[used + 2] = a;
    if (each == WITH_LABELS) {
      longs[used + WITHOUT_LABELS] = labels;
    }
    used += each;
  }

  /** Gives each message a place for labels. */
  private void widen() {
    int size = size();
    long[] wide = new long[Math.max(longs.length, (size + 1) * WITH_LABELS)];
    for (int i = 0; i < size; i++) {
      System.arraycopy(longs, i * WITHOUT_LABELS, wide, i * WITH_LABELS, WITHOUT_LABELS);
    }
    longs = wide;
    each = WITH_LABELS;
    used = size * WITH_LABELS;
  }

  long packed(int i) {
    return longs[i * each];
  }

  long b(int i) {
    return longs[i * each + 1];
  }

  long a(int i) {
    return longs[i * each + 2];
  }

  /** The key of a message's label set, or {@link Message#NO_LABELS}. */
  long labels(int i) {
    return labelsAt(longs, i * each);
  }

  private long labelsAt(long[] array, int at) {
    return each == WITH_LABELS ? array[at + WITHOUT_LABELS] : Message.NO_LABELS;
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
    for (int at = each; at < used; at += each) {
      if (compare(longs, at, longs, kept) == 0) {
        longs[kept] |= longs[at];
      } else {
        kept += each;
        move(longs, at, longs, kept);
      }
    }
    used = Math.min(used, kept + each);
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
      sort(from * each, to * each);
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
      move(longs, i * each, spare, next[first[i]]++ * each);
    }
    long[] grouped = spare;
    spare = longs;
    longs = grouped;
  }

  /** Sorts a part of the array. */
  private void sort(int start, int end) {
    int run = RUN * each;
    for (int from = start; from < end; from += run) {
      insertionSort(from, Math.min(from + run, end));
    }
    for (long width = run; width < end - start; width *= 2) {
      for (long from = start; from + width < end; from += 2 * width) {
        merge((int) from, (int) (from + width), (int) Math.min(from + 2 * width, end));
      }
    }
  }

  private void insertionSort(int from, int to) {
    for (int next = from + each; next < to; next += each) {
      long packed = longs[next];
      long b = longs[next + 1];
      long a = longs[next + 2];
      long labels = labelsAt(longs, next);
      int at = next;
      while (at > from && compare(packed, b, a, labels, longs, at - each) < 0) {
        move(longs, at - each, longs, at);
        at -= each;
      }
      longs[at] = packed;
      longs[at + 1] = b;
      longs[at + 2] = a;
      if (each == WITH_LABELS) {
        longs[at + WITHOUT_LABELS] = labels;
      }
    }
  }

  private void merge(int from, int middle, int to) {
    if (compare(longs, middle, longs, middle - each) >= 0) {
      return;
    }
    int length = middle - from;
    System.arraycopy(longs, from, spare, 0, length);
    int left = 0;
    int right = middle;
    int at = from;
    while (left < length && right < to) {
      if (compare(longs, right, spare, left) < 0) {
        move(longs, right, longs, at);
        right += each;
      } else {
        move(spare, left, longs, at);
        left += each;
      }
      at += each;
    }
    System.arraycopy(spare, left, longs, at, length - left);
  }

  private int compare(long[] array, int at, long[] others, int other) {
    return compare(array[at], array[at + 1], array[at + 2], labelsAt(array, at), others, other);
  }

  private int compare(long packed, long b, long a, long labels, long[] others, int other) {
    int order = Long.compare(b, others[other + 1]);
    if (order != 0) {
      return order;
    }
    if (keyedByAgent && a != others[other + 2]) {
      return Long.compare(a, others[other + 2]);
    }
    order = MessageOrder.compare(packed, a, others[other], others[other + 2]);
    return order != 0 || each == WITHOUT_LABELS
        ? order
        : MessageOrder.compareLabels(labels, labelsAt(others, other));
  }

  private void move(long[] source, int from, long[] target, int to) {
    target[to] = source[from];
    target[to + 1] = source[from + 1];
    target[to + 2] = source[from + 2];
    if (each == WITH_LABELS) {
      target[to + WITHOUT_LABELS] = source[from + WITHOUT_LABELS];
    }
  }

  private void reserve(int length) {
    if (used + length > longs.length) {
      longs = Arrays.copyOf(longs, Math.max(longs.length * 2, used + length));
    }
  }
}
