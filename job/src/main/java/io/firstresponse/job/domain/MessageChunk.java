package io.firstresponse.job.domain;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Waiting messages on their way to state, or from there. As bytes a message is three longs: time,
 * kind and marks; customer; agent.
 */
public final class MessageChunk {

  private static final int WORDS = 3;
  private static final int FIRST_CAPACITY = 8;

  private long[] words = new long[FIRST_CAPACITY * WORDS];
  private int used;
  private long first = Long.MAX_VALUE;

  /** The messages that {@link #writeTo} wrote, from the position of a buffer to its end. */
  public static MessageChunk of(ByteBuffer bytes) {
    MessageChunk chunk = new MessageChunk();
    while (bytes.hasRemaining()) {
      chunk.add(bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
    return chunk;
  }

  public int size() {
    return used / WORDS;
  }

  /** When the first message was sent, in milliseconds; the end of time if there is none. */
  public long first() {
    return first;
  }

  /** Adds a message that has just arrived. */
  public void add(Message message) {
    add(MessageOrder.pack(message.ts(), message.direct()), message.b(), message.a());
  }

  /** Adds a message as {@link WaitingMessages#forEach} gives it out. */
  public void add(long packed, long b, long a) {
    if (used == words.length) {
      words = Arrays.copyOf(words, used * 2);
    }
    put(used, packed, b, a);
    used += WORDS;
  }

  private void put(int at, long packed, long b, long a) {
    words[at] = packed;
    words[at + 1] = b;
    words[at + 2] = a;
    first = Math.min(first, MessageOrder.millis(packed));
  }

  /**
   * Takes out the messages of a time.
   *
   * @param from the first millisecond
   * @param before the millisecond after the last
   */
  public MessageChunk take(long from, long before) {
    MessageChunk taken = new MessageChunk();
    int end = used;
    used = 0;
    first = Long.MAX_VALUE;
    for (int at = 0; at < end; at += WORDS) {
      long millis = MessageOrder.millis(words[at]);
      if (from <= millis && millis < before) {
        taken.add(words[at], words[at + 1], words[at + 2]);
      } else {
        put(used, words[at], words[at + 1], words[at + 2]);
        used += WORDS;
      }
    }
    return taken;
  }

  /** Adds the messages of a time to others, see {@link #take}. */
  public void copyTo(WaitingMessages target, long from, long before) {
    forEach(
        (packed, b, a) -> {
          long millis = MessageOrder.millis(packed);
          if (from <= millis && millis < before) {
            target.add(packed, b, a);
          }
        });
  }

  /** Shows all messages. */
  public <E extends Exception> void forEach(WaitingMessages.Visitor<E> visitor) throws E {
    for (int at = 0; at < used; at += WORDS) {
      visitor.accept(words[at], words[at + 1], words[at + 2]);
    }
  }

  /** How many bytes {@link #writeTo} writes. */
  public int bytes() {
    return used * Long.BYTES;
  }

  /** Writes the messages as bytes. */
  public void writeTo(ByteBuffer target) {
    for (int i = 0; i < used; i++) {
      target.putLong(words[i]);
    }
  }
}
