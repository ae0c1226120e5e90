package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages of many keys that the watermark has not passed, until it does.
 *
 * <p>Each lies in the bucket of its time, three longs of primitive array a message, in no order:
 * taking a message in is an append. A bucket that the watermark enters is looked through, at each
 * of its steps; if it is large, it is spread over finer ones first. Messages are put in order when
 * they are due, by {@link DueMessages}. Arrays are only ever appended to, so a view shares them and
 * costs next to nothing however many messages wait.
 *
 * <p>Automated messages do not come here unless they count as anybody's, so the mark is not kept.
 */
public final class PendingMessages {

  /** Longs a message: {@link #packed}, customer, agent. */
  static final int WORDS = 3;

  private static final int FIRST_CAPACITY = 8 * WORDS;

  /** A bucket that holds more is not looked through, but spread over finer ones. */
  private static final int LARGE = 512 * WORDS;

  private static final int FINER = 8;

  private static final long[] NO_WORDS = {};

  private final long bucketMillis;
  // Ordered by time, and apart from one another. Buckets before the head are gone.
  private long[] starts = new long[4];
  private Bucket[] buckets = new Bucket[4];
  private int head;
  private int tail;
  private int size;

  /**
   * @param bucketMillis how much time a bucket holds, in milliseconds: an eighth of the time that
   *     messages wait, or less. The fewer buckets there are, the nearer to one another in memory is
   *     what comes at the same time
   */
  public PendingMessages(long bucketMillis) {
    if (bucketMillis < 1) {
      throw new IllegalArgumentException("a bucket of %d ms".formatted(bucketMillis));
    }
    this.bucketMillis = bucketMillis;
  }

  private static final class Bucket {
    private final long end;
    private long[] words;
    private int used;
    private long first = Long.MAX_VALUE;

    /**
     * @param end the millisecond that comes after it
     */
    Bucket(long end, long[] words) {
      this.end = end;
      this.words = words;
    }

    void append(long packed, long b, long a) {
      int at = used;
      if (at == words.length) {
        words = Arrays.copyOf(words, Math.max(FIRST_CAPACITY, at * 2));
      }
      words[at] = packed;
      words[at + 1] = b;
      words[at + 2] = a;
      used = at + WORDS;
      first = Math.min(first, packed);
    }

    Bucket view() {
      Bucket view = new Bucket(end, words);
      view.used = used;
      view.first = first;
      return view;
    }
  }

  /** Receives messages one by one. */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    /**
     * Receives one.
     *
     * @param packed time and direction, as {@link PendingMessages#packed} makes it
     */
    void accept(long packed, long b, long a) throws E;
  }

  /** Time and direction as one number, which sorts as the two do: customers first in a tie. */
  public static long packed(long ts, boolean direct) {
    return ts << 1 | (direct ? 1 : 0);
  }

  static long ts(long packed) {
    return packed >> 1;
  }

  static boolean direct(long packed) {
    return (packed & 1) == 1;
  }

  static long millis(long packed) {
    return Math.floorDiv(ts(packed), 1000L);
  }

  public int size() {
    return size;
  }

  /** Takes a message in, which the watermark has not passed. */
  public void add(long packed, long b, long a) {
    bucket(millis(packed)).append(packed, b, a);
    size++;
  }

  /**
   * Hands over all messages that the watermark has passed, and keeps them no longer.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  public void takeThrough(long watermark, DueMessages due) {
    boolean more = true;
    while (more && head < tail) {
      Bucket bucket = buckets[head];
      if (bucket.end - 1 <= watermark) {
        due.add(bucket.words, bucket.used);
        size -= bucket.used / WORDS;
        buckets[head++] = null;
      } else if (bucket.used == 0 || millis(bucket.first) > watermark) {
        more = false;
      } else if (bucket.used <= LARGE || !spread()) {
        takePart(bucket, watermark, due);
        more = false;
      }
    }
    if (head == tail) {
      head = 0;
      tail = 0;
    }
  }

  /**
   * What waits now, for being read while this goes on changing. It shares the arrays of this, and
   * must not itself be changed.
   */
  public PendingMessages view() {
    PendingMessages view = new PendingMessages(bucketMillis);
    view.tail = tail - head;
    view.starts = Arrays.copyOfRange(starts, head, tail);
    view.buckets = new Bucket[view.tail];
    for (int i = 0; i < view.tail; i++) {
      view.buckets[i] = buckets[head + i].view();
    }
    view.size = size;
    return view;
  }

  /** Shows all messages, in no order. */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    for (int i = head; i < tail; i++) {
      long[] words = buckets[i].words;
      int used = buckets[i].used;
      for (int at = 0; at < used; at += WORDS) {
        visitor.accept(words[at], words[at + 1], words[at + 2]);
      }
    }
  }

  /** Only what is due leaves; the rest moves to an array of its own, for a view may share this. */
  private void takePart(Bucket bucket, long watermark, DueMessages due) {
    Bucket rest = new Bucket(bucket.end, new long[bucket.words.length]);
    long[] words = bucket.words;
    for (int at = 0; at < bucket.used; at += WORDS) {
      if (millis(words[at]) <= watermark) {
        due.add(words[at], words[at + 1], words[at + 2]);
        size--;
      } else {
        rest.append(words[at], words[at + 1], words[at + 2]);
      }
    }
    buckets[head] = rest;
  }

  /** Puts finer buckets in the place of the first one, unless it is as fine as can be. */
  private boolean spread() {
    Bucket large = buckets[head];
    long start = starts[head];
    long width = (large.end - start) / FINER;
    if (width == 0) {
      return false;
    }
    makeRoom(FINER - 1);
    System.arraycopy(starts, head + 1, starts, head + FINER, tail - head - 1);
    System.arraycopy(buckets, head + 1, buckets, head + FINER, tail - head - 1);
    tail += FINER - 1;
    for (int i = 0; i < FINER; i++) {
      starts[head + i] = start + i * width;
      long end = i == FINER - 1 ? large.end : start + (i + 1) * width;
      buckets[head + i] = new Bucket(end, NO_WORDS);
    }
    long[] words = large.words;
    for (int at = 0; at < large.used; at += WORDS) {
      bucket(millis(words[at])).append(words[at], words[at + 1], words[at + 2]);
    }
    return true;
  }

  /** The bucket of a time: the last one that starts there or before, if it goes so far. */
  private Bucket bucket(long millis) {
    int found = Arrays.binarySearch(starts, head, tail, millis);
    int at = found >= 0 ? found : -found - 2;
    if (at >= head && millis < buckets[at].end) {
      return buckets[at];
    }
    int behind = at + 1 - head;
    makeRoom(1);
    int place = head + behind;
    System.arraycopy(starts, place, starts, place + 1, tail - place);
    System.arraycopy(buckets, place, buckets, place + 1, tail - place);
    tail++;
    long start = Math.floorDiv(millis, bucketMillis) * bucketMillis;
    starts[place] = start;
    buckets[place] = new Bucket(start + bucketMillis, NO_WORDS);
    return buckets[place];
  }

  private void makeRoom(int more) {
    int count = tail - head;
    if (tail + more > starts.length) {
      // What is freed at the head is used again first.
      int capacity = Math.max(starts.length, 2 * (count + more));
      long[] moreStarts = new long[capacity];
      Bucket[] moreBuckets = new Bucket[capacity];
      System.arraycopy(starts, head, moreStarts, 0, count);
      System.arraycopy(buckets, head, moreBuckets, 0, count);
      starts = moreStarts;
      buckets = moreBuckets;
      head = 0;
      tail = count;
    }
  }
}
