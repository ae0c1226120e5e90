package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * Messages of a shard that the watermark has not passed, each kept once in {@link MessagePages}, by
 * time in a {@link TimeWheel}, and where live results need all messages of a key, by key in a
 * {@link KeyIndex} as well.
 *
 * <p>A message that has just come waits in an array until the shard is looked at, or the array is
 * full. The messages of a stream go from shard to shard: each would find another place in memory
 * cold, and those of one shard together find theirs warm.
 *
 * <p>Automated messages do not come here unless they count as anybody's, so the mark is not kept.
 */
public final class WaitingMessages {

  /** Receives messages one by one. */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    /**
     * Receives one.
     *
     * @param packed time, kind and marks, as {@link MessageOrder} has them
     */
    void accept(long packed, long b, long a) throws E;
  }

  /** Stands for no message. */
  static final int NONE = MessagePages.NONE;

  private static final int ARRIVED_WORDS = 3;
  private static final int MOST_ARRIVED = 128 * ARRIVED_WORDS;

  // Time, customer and agent of each message that has no place yet.
  private long[] arrived = new long[8 * ARRIVED_WORDS];
  private int arrivedEnd;
  private MessagePages messages = new MessagePages();
  private TimeWheel times = new TimeWheel(messages);
  // These two are null where results are not live.
  private KeyIndex keys;
  // Numbers of messages that may not have been published.
  private Numbers unpublished;
  // Whether somebody has been asked to publish them.
  private boolean publishes;

  /** A copy to go on with, while this one is read and not changed any more. */
  public WaitingMessages copy() {
    WaitingMessages copy = new WaitingMessages();
    copy.arrived = arrived.clone();
    copy.arrivedEnd = arrivedEnd;
    copy.messages = messages.copy();
    copy.times = times.copy(copy.messages);
    copy.keys = keys == null ? null : keys.copy(copy.messages);
    copy.unpublished = unpublished == null ? null : unpublished.copy();
    copy.publishes = publishes;
    return copy;
  }

  /** Finds messages by key from now on, and remembers which are not published. */
  public void indexKeys(ResponseMode mode) {
    place();
    messages.keepLinks();
    keys = new KeyIndex(messages, mode);
    unpublished = new Numbers();
    for (int number = 0; number < messages.top(); number++) {
      if (!messages.isFree(number)) {
        index(number);
      }
    }
  }

  boolean isIndexed() {
    return keys != null;
  }

  private void index(int number) {
    keys.add(number);
    if (!MessageOrder.isPublished(messages.packed(number))) {
      unpublished.add(number);
    }
  }

  public int size() {
    return messages.size() + arrivedEnd / ARRIVED_WORDS;
  }

  /** Takes a message in, which the watermark has not passed. */
  public void add(Message message) {
    add(MessageOrder.pack(message.ts(), message.direct()), message.b(), message.a());
  }

  /** Takes a message in as {@link #forEach} gave it out. */
  public void add(long packed, long b, long a) {
    if (arrivedEnd == arrived.length) {
      if (arrivedEnd == MOST_ARRIVED) {
        place();
      } else {
        arrived = Arrays.copyOf(arrived, Math.min(MOST_ARRIVED, 2 * arrivedEnd));
      }
    }
    arrived[arrivedEnd] = packed;
    arrived[arrivedEnd + 1] = b;
    arrived[arrivedEnd + 2] = a;
    arrivedEnd += ARRIVED_WORDS;
  }

  /** Gives the messages that have just come their places. */
  private void place() {
    for (int at = 0; at < arrivedEnd; at += ARRIVED_WORDS) {
      place(arrived[at], arrived[at + 1], arrived[at + 2]);
    }
    arrivedEnd = 0;
  }

  private void place(long packed, long b, long a) {
    int number = messages.add(packed, b, a);
    times.add(number, MessageOrder.millis(packed));
    if (keys != null) {
      index(number);
    }
  }

  long packed(int number) {
    return messages.packed(number);
  }

  long b(int number) {
    return messages.b(number);
  }

  long a(int number) {
    return messages.a(number);
  }

  /** Whether a number stands for no message any more. */
  boolean isFree(int number) {
    return messages.isFree(number);
  }

  void mark(int number, long marks) {
    messages.mark(number, marks);
  }

  /** The first message of a key, or none. */
  int firstOfKey(long b, long a) {
    place();
    return keys.first(b, a);
  }

  /** The next message of the same key, or none. */
  int nextOfKey(int number) {
    return messages.nextOfKey(number);
  }

  /**
   * Keeps only these messages of a key by key.
   *
   * @param kept numbers of messages of the key; none forgets the key
   */
  void keepOfKey(long b, long a, Numbers kept) {
    keys.replace(b, a, kept);
  }

  /** Numbers of messages that were not published when they came, and may be free by now. */
  Numbers unpublished() {
    place();
    return unpublished;
  }

  /** Whether messages may have to be published, and nobody has been asked to do it. */
  public boolean asksToPublish() {
    boolean asks = !publishes && (arrivedEnd > 0 || unpublished.size() > 0);
    publishes |= asks;
    return asks;
  }

  /** Takes notice that somebody publishes, who was asked to. */
  void startPublishing() {
    publishes = false;
  }

  /** Takes over the numbers that are left to be published. */
  void setUnpublished(Numbers left) {
    unpublished = left;
  }

  /**
   * Hands over all messages that the watermark has passed, and keeps them no longer.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   */
  public void takeThrough(long watermark, DueMessages due) {
    place();
    Numbers numbers = due.numbers();
    numbers.clear();
    times.takeThrough(watermark, numbers);
    for (int i = 0; i < numbers.size(); i++) {
      int number = numbers.get(i);
      due.add(messages.packed(number), messages.b(number), messages.a(number));
      messages.free(number);
    }
    giveBack();
  }

  /**
   * Gives out the numbers of messages that the watermark has passed. They are no longer by time.
   */
  void takeNumbersThrough(long watermark, Numbers due) {
    place();
    times.takeThrough(watermark, due);
  }

  void free(int number) {
    messages.free(number);
  }

  /** Gives back the space of what was taken, where it is most of all. Numbers change. */
  void giveBack() {
    if (!messages.isMostlyFree()) {
      return;
    }
    MessagePages before = messages;
    messages = new MessagePages();
    times = times.emptied(messages);
    if (keys != null) {
      messages.keepLinks();
      keys = new KeyIndex(messages, keys.mode());
      unpublished = new Numbers();
    }
    forEach(before, this::place);
  }

  /** Shows all messages, in no order. */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    for (int at = 0; at < arrivedEnd; at += ARRIVED_WORDS) {
      visitor.accept(arrived[at], arrived[at + 1], arrived[at + 2]);
    }
    forEach(messages, visitor);
  }

  private static <E extends Exception> void forEach(MessagePages messages, Visitor<E> visitor)
      throws E {
    for (int number = 0; number < messages.top(); number++) {
      long packed = messages.packed(number);
      if (packed != MessageOrder.NO_MESSAGE) {
        visitor.accept(packed, messages.b(number), messages.a(number));
      }
    }
  }
}
