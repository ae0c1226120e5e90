package io.firstresponse.local.inspect;

import java.util.Arrays;

/**
 * Quantiles of numbers that are not negative: exact up to a limit of numbers, and beyond it within
 * 1 %, from counts of ranges.
 */
final class Quantiles {

  /** 8 MB. */
  static final int EXACT = 1 << 20;

  /** A range has 1/128 of a power of two. */
  private static final int BITS = 7;

  private final int limit;
  private long[] numbers = new long[64];
  private boolean sorted;

  /** Counts of ranges, used when the limit is reached. */
  private long[] ranges;

  private long count;
  private long max;

  Quantiles() {
    this(EXACT);
  }

  /**
   * @param limit how many numbers are kept
   */
  Quantiles(int limit) {
    this.limit = limit;
  }

  void add(long number) {
    max = Math.max(max, number);
    if (ranges == null && count == limit) {
      ranges = new long[Long.SIZE << BITS];
      for (int i = 0; i < limit; i++) {
        ranges[range(numbers[i])]++;
      }
      numbers = new long[0];
    }
    if (ranges != null) {
      ranges[range(number)]++;
      count++;
      return;
    }
    int at = (int) count++;
    if (at == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.min(limit, 2 * at));
    }
    numbers[at] = number;
    sorted = false;
  }

  long count() {
    return count;
  }

  /** The largest number; 0 if there is none. */
  long max() {
    return max;
  }

  boolean isExact() {
    return ranges == null;
  }

  /**
   * The smallest of the numbers that is not smaller than so many percent of all; 0 if there is
   * none.
   *
   * @param percent 1 to 100
   */
  long at(int percent) {
    if (count == 0) {
      return 0;
    }
    long rank = (percent * count + 99) / 100;
    if (ranges == null) {
      if (!sorted) {
        Arrays.sort(numbers, 0, (int) count);
        sorted = true;
      }
      return numbers[(int) rank - 1];
    }
    long seen = 0;
    for (int range = 0; range < ranges.length; range++) {
      seen += ranges[range];
      if (seen >= rank) {
        return Math.min(max, highest(range));
      }
    }
    return max;
  }

  private static int range(long number) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(number);
    if (bits <= BITS) {
      return (int) number;
    }
    int shift = bits - BITS - 1;
    return ((shift + 1) << BITS) + (int) (number >>> shift) - (1 << BITS);
  }

  /** The largest number of a range. */
  private static long highest(int range) {
    int shift = (range >>> BITS) - 1;
    if (shift < 0) {
      return range;
    }
    long first = (range & ((1 << BITS) - 1)) + (1L << BITS);
    return ((first + 1) << shift) - 1;
  }
}
