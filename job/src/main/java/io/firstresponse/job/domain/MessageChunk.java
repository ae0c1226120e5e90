package io.firstresponse.job.domain;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Waiting messages in the form in which a state backend stores them. As bytes, a message is three
 * longs: time, kind and marks (see {@link MessageOrder}); customer; agent.
 */
public final class MessageChunk {

  private static final int LONGS = 3;
  private static final int FIRST_CAPACITY = 8;

  private long[] longs = new long[FIRST_CAPACITY * LONGS];
  private int used;
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
      chunk.add(bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
    return chunk;
  }

  /** {@return the number of messages} */
  public int size() {
    return used / LONGS;
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
    add(MessageOrder.pack(message.ts(), message.kind()), message.b(), message.a());
  }

  /**
   * Adds a message.
   *
   * @param packed time, kind and marks, see {@link MessageOrder}
   * @param b customer
   * @param a agent
   */
  public void add(long packed, long b, long a) {
    if (used == longs.length) {
      longs = Arrays.copyOf(longs, used * 2);
    }
    put(used, packed, b, a);
    used += LONGS;
  }

  private void put(int at, long packed, long b, long a) {
    longs[at] = packed;
    longs[at + 1] = b;
    longs[at + 2] = a;
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
    first = Long.MAX_VALUE;
    for (int at = 0; at < end; at += LONGS) {
      long millis = MessageOrder.millis(longs[at]);
      if (from <= millis && millis < before) {
        taken.add(longs[at], longs[at + 1], longs[at + 2]);
      } else {
        put(used, longs[at], longs[at + 1], longs[at + 2]);
        used += LONGS;
      }
    }
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
        (packed, b, a) -> {
          long millis = MessageOrder.millis(packed);
          if (from <= millis && millis < before) {
            target.add(packed, b, a);
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
    for (int at = 0; at < used; at += LONGS) {
      visitor.accept(longs[at], longs[at + 1], longs[at + 2]);
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
