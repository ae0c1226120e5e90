package io.firstresponse.job.domain;

import java.util.List;

/**
 * One chat message between an agent and a customer, or a close of their conversation.
 *
 * @param a agent id: of an agent's message who sent it, of a customer's whom it was written to, of
 *     a close whose conversation it ends; {@link Session#NOBODY} where that is nobody
 * @param b customer id
 * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
 * @param kind what it is
 * @param automated sent by a bot or an auto-reply
 * @param labels the key of its label set, or {@link #NO_LABELS}. Only a customer's message has one:
 *     a session has the labels of the message that opens it
 * @param texts the texts of its ids, names and labels, which only the intake reads
 */
public record Message(
    long a, long b, long ts, MessageKind kind, boolean automated, long labels, Texts texts)
    implements Received {

  /** In place of the key of a label set: there are no labels. No label set has it. */
  public static final long NO_LABELS = 0;

  /** The earliest usable timestamp, 0001-01-01T00:00:00Z, in microseconds. */
  public static final long MIN_TS = -62_135_596_800_000_000L;

  /** The latest usable timestamp, 9999-12-31T23:59:59.999999Z, in microseconds. */
  public static final long MAX_TS = 253_402_300_799_999_999L;

  /**
   * A message or close without labels.
   *
   * @param a agent id
   * @param b customer id
   * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
   * @param kind what it is
   * @param automated sent by a bot or an auto-reply
   * @param texts the texts of its ids and names
   */
  public Message(long a, long b, long ts, MessageKind kind, boolean automated, Texts texts) {
    this(a, b, ts, kind, automated, NO_LABELS, texts);
  }

  /**
   * A message without labels and texts.
   *
   * @param a agent id
   * @param b customer id
   * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
   * @param direct {@code true}: agent to customer; {@code false}: customer to agent
   * @param automated sent by a bot or an auto-reply
   */
  public Message(long a, long b, long ts, boolean direct, boolean automated) {
    this(a, b, ts, MessageKind.of(direct), automated, Texts.NONE);
  }

  /**
   * A message without labels and texts that is not automated.
   *
   * @param a agent id
   * @param b customer id
   * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
   * @param direct {@code true}: agent to customer; {@code false}: customer to agent
   */
  public Message(long a, long b, long ts, boolean direct) {
    this(a, b, ts, direct, false);
  }

  /**
   * A close without texts.
   *
   * @param a the agent whose conversation it ends, or {@link Session#NOBODY}
   * @param b customer id
   * @param ts when the conversation was closed, in microseconds since 1970-01-01T00:00:00Z
   * @return the close
   */
  public static Message close(long a, long b, long ts) {
    return new Message(a, b, ts, MessageKind.CLOSE, false, Texts.NONE);
  }

  /** {@return whether an agent sent it; a close is neither an agent's nor a customer's} */
  public boolean direct() {
    return kind == MessageKind.AGENT;
  }

  /** {@return whether it is a close} */
  public boolean closes() {
    return kind == MessageKind.CLOSE;
  }

  /** {@return the message itself} */
  @Override
  public List<Message> messages() {
    return List.of(this);
  }

  /** {@return when the message was sent, in milliseconds, the resolution of watermarks} */
  public long millis() {
    return Math.floorDiv(ts, 1000L);
  }
}
