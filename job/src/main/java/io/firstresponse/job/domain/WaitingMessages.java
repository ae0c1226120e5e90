package io.firstresponse.job.domain;

/**
 * Messages of a shard that the watermark has not passed, each kept once in {@link MessagePages}, by
 * time in a {@link TimeWheel}, and where live results need all messages of a key, by key in a
 * {@link KeyIndex} as well.
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
     * @param packed time, kind and marks, as {@link PackedTime} has them
     */
    void accept(long packed, long b, long a) throws E;
  }

  /** Stands for no message. */
  static final int NONE = MessagePages.NONE;

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
    copy.messages = messages.copy();
    copy.times = times.copy(copy.messages);
    copy.keys = keys == null ? null : keys.copy(copy.messages);
    copy.unpublished = unpublished == null ? null : unpublished.copy();
    copy.publishes = publishes;
    return copy;
  }

  /** Finds messages by key from now on, and remembers which are not published. */
  public void indexKeys(ResponseMode mode) {
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
    if ((messages.packed(number) & PackedTime.PUBLISHED) == 0) {
      unpublished.add(number);
    }
  }

  public int size() {
    return messages.size();
  }

  /** Takes a message in, which the watermark has not passed. */
  public void add(Message message) {
    add(PackedTime.of(message.ts(), message.direct()), message.b(), message.a());
  }

  /** Takes a message in as {@link #forEach} gave it out. */
  public void add(long packed, long b, long a) {
    int number = messages.add(packed, b, a);
    times.add(number, PackedTime.millis(packed));
    if (keys != null) {
      index(number);
    }
  }

  /** Time, kind and marks of a message as they are stored: what the present attempt did is not. */
  public static long stored(long packed) {
    return packed & ~PackedTime.ANNOUNCED;
  }

  /** The same, of a message that has been published. */
  public static long published(long packed) {
    return packed | PackedTime.PUBLISHED;
  }

  /** Whether a message has been published. */
  public static boolean isPublished(long packed) {
    return (packed & PackedTime.PUBLISHED) != 0;
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
    return unpublished;
  }

  /** Whether messages may have to be published, and nobody has been asked to do it. */
  public boolean asksToPublish() {
    boolean asks = !publishes && unpublished.size() > 0;
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
    keys = keys == null ? null : new KeyIndex(messages, keys.mode());
    unpublished = unpublished == null ? null : new Numbers();
    forEach(before, this::add);
  }

  /** Shows all messages, in no order. */
  public <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    forEach(messages, visitor);
  }

  private static <E extends Exception> void forEach(MessagePages messages, Visitor<E> visitor)
      throws E {
    for (int number = 0; number < messages.top(); number++) {
      long packed = messages.packed(number);
      if (packed != PackedTime.NO_MESSAGE) {
        visitor.accept(packed, messages.b(number), messages.a(number));
      }
    }
  }
}
