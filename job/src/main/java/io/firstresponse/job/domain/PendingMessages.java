package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages of many keys that the watermark has not passed, until it does.
 *
 * <p>Each lies in the bucket of its time, three longs of primitive array a message, in no order:
 * taking a message in is an append, and what the watermark passes is whole buckets as a rule. They
 * are put in order when they are due, by {@link DueMessages}. Arrays are only ever appended to, so
 * a view shares them and costs next to nothing however many messages wait.
 *
 * <p>Automated messages do not come here unless they count as anybody's, so the mark is not kept.
 */
public final class PendingMessages {

  /** Longs a message: {@link #packed}, customer, agent. */
  static final int WORDS = 3;

  private static final int FIRST_CAPACITY = 8 * WORDS;

  private final long bucketMillis;
  // Ordered by number. Buckets before the head are gone.
  private long[] numbers = new long[4];
  private Bucket[] buckets = new Bucket[4];
  private int head;
  private int tail;
  private int size;

  /**
   * @param bucketMillis how much time a bucket holds, in milliseconds: a small part of the time
   *     that messages wait, since a bucket that the watermark has passed in part is looked through
   *     at each step
   */
  public PendingMessages(long bucketMillis) {
    if (bucketMillis < 1) {
      throw new IllegalArgumentException("a bucket of %d ms".formatted(bucketMillis));
    }
    this.bucketMillis = bucketMillis;
  }

  private static final class Bucket {
    private long[] words;
    private int used;
    private long first;

    Bucket(long[] words, int used, long first) {
      this.words = words;
      this.used = used;
      this.first = first;
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

  private static long millis(long packed) {
    return Math.floorDiv(ts(packed), 1000L);
  }

  public int size() {
    return size;
  }

  /** Takes a message in. */
  public void add(long packed, long b, long a) {
    Bucket bucket = bucket(Math.floorDiv(millis(packed), bucketMillis));
    if (bucket.used == bucket.words.length) {
      bucket.words = Arrays.copyOf(bucket.words, bucket.used * 2);
    }
    append(bucket, packed, b, a);
    size++;
  }

  /**
   * Hands over all messages that the watermark has passed, and keeps them no longer.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  public void takeThrough(long watermark, DueMessages due) {
    while (head < tail && millis(buckets[head].first) <= watermark) {
      Bucket bucket = buckets[head];
      if (numbers[head] < Math.floorDiv(watermark, bucketMillis)) {
        due.add(bucket.words, bucket.used);
        size -= bucket.used / WORDS;
        buckets[head++] = null;
      } else {
        takePart(bucket, watermark, due);
        break;
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
    view.numbers = Arrays.copyOfRange(numbers, head, tail);
    view.buckets = new Bucket[view.tail];
    for (int i = 0; i < view.tail; i++) {
      Bucket bucket = buckets[head + i];
      view.buckets[i] = new Bucket(bucket.words, bucket.used, bucket.first);
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
    Bucket rest = new Bucket(new long[bucket.words.length], 0, Long.MAX_VALUE);
    for (int at = 0; at < bucket.used; at += WORDS) {
      if (millis(bucket.words[at]) <= watermark) {
        due.add(bucket.words[at], bucket.words[at + 1], bucket.words[at + 2]);
        size--;
      } else {
        append(rest, bucket.words[at], bucket.words[at + 1], bucket.words[at + 2]);
      }
    }
    if (rest.used == 0) {
      buckets[head++] = null;
    } else {
      buckets[head] = rest;
    }
  }

  private static void append(Bucket bucket, long packed, long b, long a) {
    long[] words = bucket.words;
    int at = bucket.used;
    words[at] = packed;
    words[at + 1] = b;
    words[at + 2] = a;
    bucket.used = at + WORDS;
    bucket.first = Math.min(bucket.first, packed);
  }

  private Bucket bucket(long number) {
    int at = Arrays.binarySearch(numbers, head, tail, number);
    return at >= 0 ? buckets[at] : insert(-at - 1, number);
  }

  private Bucket insert(int at, long number) {
    int place = at;
    if (tail == numbers.length) {
      int count = tail - head;
      // Room at the end: what is freed at the head is used again first.
      int capacity = head > count ? numbers.length : numbers.length * 2;
      long[] moreNumbers = new long[capacity];
      Bucket[] moreBuckets = new Bucket[capacity];
      System.arraycopy(numbers, head, moreNumbers, 0, count);
      System.arraycopy(buckets, head, moreBuckets, 0, count);
      numbers = moreNumbers;
      buckets = moreBuckets;
      place -= head;
      head = 0;
      tail = count;
    }
    System.arraycopy(numbers, place, numbers, place + 1, tail - place);
    System.arraycopy(buckets, place, buckets, place + 1, tail - place);
    tail++;
    numbers[place] = number;
    buckets[place] = new Bucket(new long[FIRST_CAPACITY], 0, Long.MAX_VALUE);
    return buckets[place];
  }
}
