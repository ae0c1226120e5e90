package io.firstresponse.local.inspect;

import java.util.Arrays;

/** Numbers ids 0, 1, 2 and so on, in the order in which they come, up to a limit. */
final class IdIndex {

  /** Stands for an id that came when the limit was reached. */
  static final int NONE = -1;

  private static final int FIRST_TABLE = 64;

  private final int limit;

  /** The ids by their numbers. */
  private long[] ids = new long[FIRST_TABLE / 2];

  /** A hash table of numbers, each one higher than the number itself; 0 is a free place. */
  private int[] table = new int[FIRST_TABLE];

  private int size;
  private boolean full;

  /**
   * @param limit how many ids are numbered
   */
  IdIndex(int limit) {
    this.limit = limit;
  }

  /** The number of an id, a new one if it has none yet; {@link #NONE} if the limit is reached. */
  int add(long id) {
    int place = place(table, id);
    if (table[place] != 0) {
      return table[place] - 1;
    }
    if (size == limit) {
      full = true;
      return NONE;
    }
    if (size == ids.length) {
      grow();
      place = place(table, id);
    }
    ids[size] = id;
    table[place] = ++size;
    return size - 1;
  }

  /** How many ids have a number. */
  int size() {
    return size;
  }

  /** Whether an id came that got no number. */
  boolean isFull() {
    return full;
  }

  long id(int number) {
    return ids[number];
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * size);
    int[] larger = new int[4 * size];
    for (int number = 0; number < size; number++) {
      larger[place(larger, ids[number])] = number + 1;
    }
    table = larger;
  }

  /** The place of an id in a table: where it is, or where it would be put. */
  private int place(int[] in, long id) {
    int mask = in.length - 1;
    int place = (int) mix(id) & mask;
    while (in[place] != 0 && ids[in[place] - 1] != id) {
      place = (place + 1) & mask;
    }
    return place;
  }

  /** One step of the generator SplitMix64, so that consecutive ids do not lie together. */
  static long mix(long id) {
    long z = id + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
