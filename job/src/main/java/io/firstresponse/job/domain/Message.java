package io.firstresponse.job.domain;

import java.util.List;

/**
 * One chat message between an agent and a customer.
 *
 * @param a agent id: of an agent's message who sent it, of a customer's whom it was written to;
 *     {@link Session#NOBODY} where that is nobody
 * @param b customer id
 * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
 * @param direct {@code true}: agent to customer; {@code false}: customer to agent
 * @param automated sent by a bot or an auto-reply
 * @param texts the texts of its ids and names, which only the intake reads
 */
public record Message(long a, long b, long ts, boolean direct, boolean automated, Texts texts)
    implements Received {

  /** The earliest usable timestamp, 0001-01-01T00:00:00Z, in microseconds. */
  public static final long MIN_TS = -62_135_596_800_000_000L;

  /** The latest usable timestamp, 9999-12-31T23:59:59.999999Z, in microseconds. */
  public static final long MAX_TS = 253_402_300_799_999_999L;

  /**
   * A message without texts.
   *
   * @param a agent id
   * @param b customer id
   * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
   * @param direct {@code true}: agent to customer; {@code false}: customer to agent
   * @param automated sent by a bot or an auto-reply
   */
  public Message(long a, long b, long ts, boolean direct, boolean automated) {
    this(a, b, ts, direct, automated, Texts.NONE);
  }

  /**
   * A message without texts that is not automated.
   *
   * @param a agent id
   * @param b customer id
   * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
   * @param direct {@code true}: agent to customer; {@code false}: customer to agent
   */
  public Message(long a, long b, long ts, boolean direct) {
    this(a, b, ts, direct, false);
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
