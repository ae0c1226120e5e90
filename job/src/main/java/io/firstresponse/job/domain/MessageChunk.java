package io.firstresponse.job.domain;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Waiting messages in the form in which a state backend stores them. As bytes, a message is three
 * longs: time, kind and marks (see {@link MessageOrder}); customer; agent; and if it has labels,
 * their key as a fourth one.
 */
public final class MessageChunk {

  private static final int FIRST_CAPACITY = 8;

  // See MessageLongs.
  private long[] longs = new long[FIRST_CAPACITY * MessageLongs.LEAST];
  private int used;
  private int size;
  private long first = Long.MAX_VALUE;

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @param bytes the messages are between its position and its limit
   * @return the messages
   */
  public static MessageChunk of(ByteBuffer bytes) {
    MessageChunk chunk = new MessageChunk();
    while (bytes.hasRemaining()) {
      long packed = bytes.getLong();
      long b = bytes.getLong();
      long a = bytes.getLong();
      chunk.add(packed, b, a, MessageOrder.hasLabels(packed) ? bytes.getLong() : Message.NO_LABELS);
    }
    return chunk;
  }

  /** {@return the number of messages} */
  public int size() {
    return size;
  }

  /** {@return the time of the earliest message in ms; {@code Long.MAX_VALUE} if there is none} */
  public long first() {
    return first;
  }

  /**
   * Adds a message that has just arrived.
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
    if (used + MessageLongs.length(packed) > longs.length) {
      longs = Arrays.copyOf(longs, longs.length * 2);
    }
    put(packed, b, a, labels);
  }

  private void put(long packed, long b, long a, long labels) {
    used = MessageLongs.put(longs, used, packed, b, a, labels);
    size++;
    first = Math.min(first, MessageOrder.millis(packed));
  }

  /**
   * Removes the messages of a period.
   *
   * @param from the first millisecond of the period
   * @param before the millisecond after it
   * @return the removed messages
   */
  public MessageChunk take(long from, long before) {
    MessageChunk taken = new MessageChunk();
    int end = used;
    used = 0;
    size = 0;
    first = Long.MAX_VALUE;
    // What stays moves forward, and so never over what has not been visited.
    forEach(
        end,
        (packed, b, a, labels) -> {
          long millis = MessageOrder.millis(packed);
          if (from <= millis && millis < before) {
            taken.add(packed, b, a, labels);
          } else {
            put(packed, b, a, labels);
          }
        });
    return taken;
  }

  /**
   * Adds the messages of a period to others.
   *
   * @param target receives the messages
   * @param from the first millisecond of the period
   * @param before the millisecond after it
   */
  public void copyTo(WaitingMessages target, long from, long before) {
    forEach(
        (packed, b, a, labels) -> {
          long millis = MessageOrder.millis(packed);
          if (from <= millis && millis < before) {
            target.add(packed, b, a, labels);
          }
        });
  }

  /**
   * Visits all messages.
   *
   * @param <E> what the visitor throws
   * @param visitor receives the messages
   * @throws E if the visitor does
   */
  public <E extends Exception> void forEach(WaitingMessages.Visitor<E> visitor) throws E {
    forEach(used, visitor);
  }

  private <E extends Exception> void forEach(int end, WaitingMessages.Visitor<E> visitor) throws E {
    for (int at = 0, next; at < end; at = next) {
      next = at + MessageLongs.length(longs[at]);
      visitor.accept(longs[at], longs[at + 1], longs[at + 2], MessageLongs.labels(longs, at));
    }
  }

  /** {@return the number of bytes that {@link #writeTo} writes} */
  public int bytes() {
    return used * Long.BYTES;
  }

  /**
   * Writes the messages as bytes.
   *
   * @param target has room for {@link #bytes} bytes
   */
  public void writeTo(ByteBuffer target) {
    for (int i = 0; i < used; i++) {
      target.putLong(longs[i]);
    }
  }
}
