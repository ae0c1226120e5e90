package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Waiting messages by the time at which they were sent. The messages that a watermark has passed
 * are found without a look at the others.
 *
 * <p>It is a hierarchical timing wheel. Each level has 16 slots, and a slot of the next level is as
 * long as all 16 together. A message is in the level of the highest digit in which its time differs
 * from the present time of the wheel. When that time enters a slot, the messages of the slot move
 * to lower levels. So each message moves a few times, for any number of messages and any wait.
 */
final class TimeWheel {

  /** A slot of the lowest level has 128 ms. While the time is in it, its messages are scanned. */
  private static final int FINEST_BITS = 7;

  private static final int DIGIT_BITS = 4;
  private static final int SLOTS = 1 << DIGIT_BITS;

  /** An empty slot keeps its array unless it is longer than this. */
  private static final int KEPT = 64;

  private static final int FIRST_CAPACITY = 4;

  private final MessagePages messages;
  // The message numbers in each slot, level by level, and how many they are. Arrays are used
  // instead
  // of links, since the processor can then load several messages at the same time.
  private int[][] slots = new int[SLOTS][];
  private int[] counts = new int[SLOTS];
  // The time of the wheel, in milliseconds as an unsigned number: earlier messages were taken.
  private long now = unsigned(Long.MIN_VALUE);

  TimeWheel(MessagePages messages) {
    this.messages = messages;
  }

  /** A copy that shares nothing, for a copy of the messages. */
  TimeWheel copy(MessagePages others) {
    TimeWheel copy = new TimeWheel(others);
    copy.slots = slots.clone();
    for (int slot = 0; slot < slots.length; slot++) {
      copy.slots[slot] = slots[slot] == null ? null : slots[slot].clone();
    }
    copy.counts = counts.clone();
    copy.now = now;
    return copy;
  }

  /** An empty wheel with the same time, for other messages. */
  TimeWheel emptied(MessagePages others) {
    TimeWheel empty = new TimeWheel(others);
    empty.now = now;
    return empty;
  }

  private static long unsigned(long millis) {
    return millis ^ Long.MIN_VALUE;
  }

  /** Adds a message. If it is due already, the next watermark takes it. */
  void add(int number, long millis) {
    long time = unsigned(millis);
    insert(number, Long.compareUnsigned(time, now) < 0 ? now : time);
  }

  private void insert(int number, long time) {
    int level = level(time ^ now);
    int slot = level * SLOTS + digit(time, level);
    if (slot >= slots.length) {
      slots = Arrays.copyOf(slots, (level + 1) * SLOTS);
      counts = Arrays.copyOf(counts, slots.length);
    }
    int[] numbers = slots[slot];
    int count = counts[slot]++;
    if (numbers == null) {
      numbers = new int[FIRST_CAPACITY];
      slots[slot] = numbers;
    } else if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, count + (count >> 1));
      slots[slot] = numbers;
    }
    numbers[count] = number;
  }

  private static int level(long difference) {
    int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(difference);
    return Math.max(0, highest - FINEST_BITS) / DIGIT_BITS;
  }

  private static int digit(long time, int level) {
    return (int) (time >>> (FINEST_BITS + level * DIGIT_BITS)) & (SLOTS - 1);
  }

  /**
   * Moves the numbers of all messages that the watermark has passed to {@code due}.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  void takeThrough(long watermark, Numbers due) {
    if (watermark == Long.MAX_VALUE) {
      take(0, slots.length, due);
      return;
    }
    long next = unsigned(watermark + 1);
    if (Long.compareUnsigned(next, now) <= 0) {
      return;
    }
    int level = level(next ^ now);
    int from = level * SLOTS + digit(now, level);
    int entered = level * SLOTS + digit(next, level);
    now = next;
    take(0, Math.min(level * SLOTS, slots.length), due);
    if (entered < slots.length) {
      take(from, entered, due);
      enter(entered, due);
    } else {
      take(Math.min(from, slots.length), slots.length, due);
    }
  }

  private void take(int from, int to, Numbers due) {
    for (int slot = from; slot < to; slot++) {
      if (counts[slot] > 0) {
        due.addAll(slots[slot], counts[slot]);
        empty(slot);
      }
    }
  }

  private void enter(int slot, Numbers due) {
    int[] numbers = slots[slot];
    int count = counts[slot];
    if (count == 0) {
      return;
    }
    // Some numbers go back into the same slot if it is of the lowest level.
    slots[slot] = null;
    counts[slot] = 0;
    for (int i = 0; i < count; i++) {
      int number = numbers[i];
      long time = unsigned(MessageOrder.millis(messages.packed(number)));
      if (Long.compareUnsigned(time, now) < 0) {
        due.add(number);
      } else {
        insert(number, time);
      }
    }
  }

  private void empty(int slot) {
    counts[slot] = 0;
    if (slots[slot].length > KEPT) {
      slots[slot] = null;
    }
  }
}
