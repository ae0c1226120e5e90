package io.firstresponse.job.domain;

/**
 * What a message is. The order of the constants is their order within one time, see {@link
 * MessageOrder}.
 */
public enum MessageKind {
  /** From a customer to an agent. */
  CUSTOMER(0),
  /** From an agent to a customer. */
  AGENT(1),
  /**
   * Not a message but an event: the conversation was closed. It goes the way of messages, since it
   * ends a session in the same order.
   */
  CLOSE(2);

  private static final MessageKind[] BY_CODE = {CUSTOMER, AGENT, CLOSE};

  private final int code;

  MessageKind(int code) {
    this.code = code;
  }

  /**
   * The kind of a message that somebody wrote.
   *
   * @param direct {@code true}: agent to customer; {@code false}: customer to agent
   * @return the kind
   */
  public static MessageKind of(boolean direct) {
    return direct ? AGENT : CUSTOMER;
  }

  /**
   * The kind that a number stands for.
   *
   * @param code the number, see {@link #code}
   * @return the kind
   */
  public static MessageKind ofCode(int code) {
    return BY_CODE[code];
  }

  /** {@return the number that stands for the kind wherever it is written; it never changes} */
  public int code() {
    return code;
  }
}
