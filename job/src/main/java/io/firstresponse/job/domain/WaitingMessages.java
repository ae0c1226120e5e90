package io.firstresponse.job.domain;

import java.util.Arrays;

/**
 * The messages of a shard that the watermark has not passed. {@link MessagePages} hold them, a
 * {@link TimeWheel} finds them by time, and for live results a {@link KeyIndex} finds them by key.
 *
 * <p>New messages are first collected in an array, and inserted when the shard is read or the array
 * is full. Successive messages of a stream belong to different shards, so inserting each one at
 * once would miss the processor's cache every time.
 *
 * <p>Automated messages that are ignored do not come here, so {@link Message#automated} is not
 * kept.
 */
public final class WaitingMessages {

  /**
   * Receives messages one by one.
   *
   * @param <E> what it throws
   */
  @FunctionalInterface
  public interface Visitor<E extends Exception> {
    /**
     * Receives a message.
     *
     * @param packed time, kind and marks, see {@link MessageOrder}
     * @param b customer
     * @param a agent
     * @param labels the key of its label set, or {@link Message#NO_LABELS}
     * @throws E if it fails
     */
    void accept(long packed, long b, long a, long labels) throws E;
  }

  /** The number that stands for no message. */
  static final int NONE = MessagePages.NONE;

  private static final int MOST_ARRIVED = 128 * MessageLongs.LEAST;

  // New messages that are not inserted yet, see MessageLongs.
  private long[] arrived = new long[8 * MessageLongs.LEAST];
  private int arrivedEnd;
  private int arrivedCount;
  private MessagePages messages = new MessagePages();
  private TimeWheel times = new TimeWheel(messages);
  // The next two are null without live results.
  private KeyIndex keys;
  // Numbers of new messages, some of which may have been published or removed meanwhile.
  private Numbers unpublished;
  // Whether a timer for their publication has been requested.
  private boolean publishes;

  /** {@return a copy to work with, while a snapshot reads this one, which must not be changed} */
  public WaitingMessages copy() {
    WaitingMessages copy = new WaitingMessages();
    copy.arrived = arrived.clone();
    copy.arrivedEnd = arrivedEnd;
    copy.arrivedCount = arrivedCount;
    copy.messages = messages.copy();
    copy.times = times.copy(copy.messages);
    copy.keys = keys == null ? null : keys.copy(copy.messages);
    copy.unpublished = unpublished == null ? null : unpublished.copy();
    copy.publishes = publishes;
    return copy;
  }

  /**
   * Prepares for live results: starts to index messages by key and to list unpublished ones.
   *
   * @param mode who may answer
   */
  public void indexKeys(ResponseMode mode) {
    insertArrived();
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

  /** {@return the number of messages} */
  public int size() {
    return messages.size() + arrivedCount;
  }

  /**
   * Adds a message that the watermark has not passed.
   *
   * @param message the message
   */
  public void add(Message message) {
    add(MessageOrder.pack(message), message.b(), message.a(), message.labels());
  }

  /**
   * Adds a message.
   *
   * @param packed time, kind and marks, see {@link MessageOrder}
   * @param b customer
   * @param a agent
   * @param labels the key of its label set; read only if the packed form says that it has one
   */
  public void add(long packed, long b, long a, long labels) {
    if (arrivedEnd + MessageLongs.length(packed) > arrived.length) {
      if (arrived.length == MOST_ARRIVED) {
        insertArrived();
      } else {
        arrived = Arrays.copyOf(arrived, Math.min(MOST_ARRIVED, 2 * arrived.length));
      }
    }
    arrivedEnd = MessageLongs.put(arrived, arrivedEnd, packed, b, a, labels);
    arrivedCount++;
  }

  /** Inserts the collected messages. */
  private void insertArrived() {
    for (int at = 0; at < arrivedEnd; at += MessageLongs.length(arrived[at])) {
      insert(arrived[at], arrived[at + 1], arrived[at + 2], MessageLongs.labels(arrived, at));
    }
    arrivedEnd = 0;
    arrivedCount = 0;
  }

  private void insert(long packed, long b, long a, long labels) {
    int number = messages.add(packed, b, a, labels);
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

  long labels(int number) {
    return messages.labels(number);
  }

  /** Whether the message of this number has been removed. */
  boolean isFree(int number) {
    return messages.isFree(number);
  }

  void mark(int number, long marks) {
    messages.mark(number, marks);
  }

  /** The number of the first message of a key, or {@link #NONE}. */
  int firstOfKey(long b, long a) {
    insertArrived();
    return keys.first(b, a);
  }

  /** The number of the next message of the same key, or {@link #NONE}. */
  int nextOfKey(int number) {
    return messages.nextOfKey(number);
  }

  /**
   * Removes messages of a key from the index by key.
   *
   * @param kept the numbers of those that stay in it
   */
  void keepOfKey(long b, long a, Numbers kept) {
    keys.replace(b, a, kept);
  }

  /** Numbers of new messages, some of which may have been published or removed meanwhile. */
  Numbers unpublished() {
    insertArrived();
    return unpublished;
  }

  /** {@return whether a timer has to be registered to publish messages; true once per timer} */
  public boolean needsPublication() {
    boolean needs = !publishes && (arrivedEnd > 0 || unpublished.size() > 0);
    publishes |= needs;
    return needs;
  }

  /** Is called when that timer has fired. */
  void startPublishing() {
    publishes = false;
  }

  /** Replaces the list of {@link #unpublished}. */
  void setUnpublished(Numbers left) {
    unpublished = left;
  }

  /**
   * Moves all messages that the watermark has passed to {@code due}.
   *
   * @param watermark in milliseconds: messages sent in this millisecond or before are due
   * @param due receives the messages
   */
  public void takeThrough(long watermark, DueMessages due) {
    insertArrived();
    Numbers numbers = due.numbers();
    numbers.clear();
    times.takeThrough(watermark, numbers);
    for (int i = 0; i < numbers.size(); i++) {
      int number = numbers.get(i);
      due.add(
          messages.packed(number), messages.b(number), messages.a(number), messages.labels(number));
      messages.free(number);
    }
    compact();
  }

  /**
   * Moves the numbers of the messages that the watermark has passed from the time wheel to {@code
   * due}. The messages themselves stay until {@link #free}.
   */
  void takeNumbersThrough(long watermark, Numbers due) {
    insertArrived();
    times.takeThrough(watermark, due);
  }

  void free(int number) {
    messages.free(number);
  }

  /** Releases memory if most of it is free. The numbers of the messages change then. */
  void compact() {
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
    forEach(before, this::insert);
  }

  /**
   * Visits all messages, in no particular order.
   *
   * @param <E> what the visitor throws
   * @param visitor receives the messages
   * @throws E if the visitor does
   */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    for (int at = 0; at < arrivedEnd; at += MessageLongs.length(arrived[at])) {
      visitor.accept(
          arrived[at], arrived[at + 1], arrived[at + 2], MessageLongs.labels(arrived, at));
    }
    forEach(messages, visitor);
  }

  private static <E extends Exception> void forEach(MessagePages messages, Visitor<E> visitor)
      throws E {
    for (int number = 0; number < messages.top(); number++) {
      long packed = messages.packed(number);
      if (packed != MessageOrder.NO_MESSAGE) {
        visitor.accept(packed, messages.b(number), messages.a(number), messages.labels(number));
      }
    }
  }
}
