package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * The memory of waiting messages: pages of primitive arrays, in which a message has three longs. A
 * message has a number that does not change while it waits.
 *
 * <pre>
 *   0   time, kind and marks, see {@link MessageOrder}
 *   1   customer
 *   2   agent
 * </pre>
 *
 * <p>For live results the messages of a key are linked, in an array beside the pages. Another array
 * has the labels, from the first message with labels on.
 *
 * <p>A copy shares the pages with the original. A shared page is copied before it is written, so a
 * snapshot is cheap while few messages change.
 */
final class MessagePages {

  /** The number that stands for no message. */
  static final int NONE = -1;

  private static final int LONGS = 3;
  private static final int PAGE_BITS = 7;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE - 1;

  /** The first page starts with this size, since many shards have few messages. */
  private static final int FIRST_CAPACITY = 8;

  private static final long[][] NO_PAGES = {};
  private static final long[] NO_LABELS = {};

  private long[][] pages = NO_PAGES;
  // Which pages a copy reads too; null if there is no copy.
  private boolean[] shared;
  // For each number: the next message of the same key; null without live results.
  private int[] links;
  // For each number: the labels of the message, if its packed form says that it has some. Shorter
  // than the highest number while higher ones have none.
  private long[] labels = NO_LABELS;
  // All numbers in use are less than this.
  private int top;
  private Numbers free = new Numbers();
  private int size;

  /** A copy that may be changed, while a snapshot reads this one, which must not be changed. */
  MessagePages copy() {
    MessagePages copy = new MessagePages();
    copy.pages = pages.clone();
    copy.shared = new boolean[pages.length];
    Arrays.fill(copy.shared, true);
    copy.links = links == null ? null : links.clone();
    copy.labels = labels.length == 0 ? labels : labels.clone();
    copy.top = top;
    copy.free = free.copy();
    copy.size = size;
    return copy;
  }

  /** Starts to keep the links between the messages of a key. */
  void keepLinks() {
    links = new int[Math.max(FIRST_CAPACITY, top)];
  }

  int size() {
    return size;
  }

  /** All numbers in use are less than this. */
  int top() {
    return top;
  }

  /**
   * Adds a message and returns its number. It is not linked to others.
   *
   * @param labelled the key of its label set; read only if the packed form says that it has one
   */
  int add(long packed, long b, long a, long labelled) {
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
    if (MessageOrder.hasLabels(packed)) {
      keepLabels(number, labelled);
    }
    size++;
    return number;
  }

  private void keepLabels(int number, long key) {
    if (number >= labels.length) {
      labels = Arrays.copyOf(labels, Math.max(FIRST_CAPACITY, number + 1 + (number >> 3)));
    }
    labels[number] = key;
  }

  private long[] pageOfNew(int number) {
    int index = number >>> PAGE_BITS;
    int end = at(number) + LONGS;
    if (index == pages.length) {
      int count = index + 1 + (index >> 2);
      pages = Arrays.copyOf(pages, count);
      shared = shared == null ? null : Arrays.copyOf(shared, count);
    }
    if (pages[index] == null) {
      pages[index] = new long[(index == 0 ? FIRST_CAPACITY : PAGE) * LONGS];
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
    return (number & PAGE_MASK) * LONGS;
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

  /** The key of a message's label set, or {@link Message#NO_LABELS}. */
  long labels(int number) {
    return MessageOrder.hasLabels(packed(number)) ? labels[number] : Message.NO_LABELS;
  }

  /** The number of the next message of the same key, or {@link #NONE}. */
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

  /** Removes a message. Its number is used again. */
  void free(int number) {
    writable(number)[at(number)] = MessageOrder.NO_MESSAGE;
    free.add(number);
    size--;
  }

  boolean isFree(int number) {
    return packed(number) == MessageOrder.NO_MESSAGE;
  }

  /** Whether most of the memory would be freed if the messages were numbered anew. */
  boolean isMostlyFree() {
    return size == 0 ? top > 0 : top > 2 * PAGE && size < top / 4;
  }
}
