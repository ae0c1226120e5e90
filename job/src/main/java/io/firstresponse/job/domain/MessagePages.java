package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Waiting messages as records of three words in pages of primitive arrays, each under a number that
 * it keeps while it waits.
 *
 * <pre>
 *   word 0   time, kind and marks, see {@link MessageOrder}
 *   word 1   customer
 *   word 2   agent
 * </pre>
 *
 * <p>Live results link the messages of a key by ints beside the pages.
 *
 * <p>A copy shares the pages, and whichever page is written afterwards is first copied. So a
 * snapshot costs little while few messages change.
 */
final class MessagePages {

  /** Stands for no message in a link. */
  static final int NONE = -1;

  private static final int WORDS = 3;
  private static final int PAGE_BITS = 7;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE - 1;

  /** A shard with few messages has a smaller page. */
  private static final int FIRST_CAPACITY = 8;

  private static final long[][] NO_PAGES = {};

  private long[][] pages = NO_PAGES;
  // Pages that another one reads; null for none.
  private boolean[] shared;
  // The number after each number of its key, by number; null where nobody asks.
  private int[] links;
  // Numbers below have been given to messages.
  private int top;
  private Numbers free = new Numbers();
  private int size;

  /** A copy to go on with, while this one is read and not changed any more. */
  MessagePages copy() {
    MessagePages copy = new MessagePages();
    copy.pages = pages.clone();
    copy.shared = new boolean[pages.length];
    Arrays.fill(copy.shared, true);
    copy.links = links == null ? null : links.clone();
    copy.top = top;
    copy.free = free.copy();
    copy.size = size;
    return copy;
  }

  /** Keeps links of keys from now on. */
  void keepLinks() {
    links = new int[Math.max(FIRST_CAPACITY, top)];
  }

  int size() {
    return size;
  }

  /** All numbers are below it. */
  int top() {
    return top;
  }

  /** Takes a message in. It is linked to none. */
  int add(long packed, long b, long a) {
    int number;
    long[] page;
    if (free.size() == 0) {
      number = top++;
      page = pageOfNew(number);
    } else {
      number = free.removeLast();
      page = writable(number);
    }
    int at = at(number);
    page[at] = packed;
    page[at + 1] = b;
    page[at + 2] = a;
    size++;
    return number;
  }

  private long[] pageOfNew(int number) {
    int index = number >>> PAGE_BITS;
    int end = at(number) + WORDS;
    if (index == pages.length) {
      int count = index + 1 + (index >> 2);
      pages = Arrays.copyOf(pages, count);
      shared = shared == null ? null : Arrays.copyOf(shared, count);
    }
    if (pages[index] == null) {
      pages[index] = new long[(index == 0 ? FIRST_CAPACITY : PAGE) * WORDS];
    } else if (end > pages[index].length) {
      pages[index] = Arrays.copyOf(pages[index], 2 * pages[index].length);
      if (shared != null) {
        shared[index] = false;
      }
    }
    return writable(number);
  }

  private long[] writable(int number) {
    int index = number >>> PAGE_BITS;
    if (shared != null && shared[index]) {
      pages[index] = pages[index].clone();
      shared[index] = false;
    }
    return pages[index];
  }

  private static int at(int number) {
    return (number & PAGE_MASK) * WORDS;
  }

  long packed(int number) {
    return pages[number >>> PAGE_BITS][at(number)];
  }

  long b(int number) {
    return pages[number >>> PAGE_BITS][at(number) + 1];
  }

  long a(int number) {
    return pages[number >>> PAGE_BITS][at(number) + 2];
  }

  /** The number after it of its key. */
  int nextOfKey(int number) {
    return links[number];
  }

  void linkOfKey(int number, int next) {
    if (number >= links.length) {
      links = Arrays.copyOf(links, number + 1 + (number >> 2));
    }
    links[number] = next;
  }

  void mark(int number, long marks) {
    if ((packed(number) & marks) != marks) {
      writable(number)[at(number)] |= marks;
    }
  }

  /** Forgets a message. Its number is given to another. */
  void free(int number) {
    writable(number)[at(number)] = MessageOrder.NO_MESSAGE;
    free.add(number);
    size--;
  }

  boolean isFree(int number) {
    return packed(number) == MessageOrder.NO_MESSAGE;
  }

  /** Whether giving each message another number would free most of the pages. */
  boolean isMostlyFree() {
    return size == 0 ? top > 0 : top > 2 * PAGE && size < top / 4;
  }
}
