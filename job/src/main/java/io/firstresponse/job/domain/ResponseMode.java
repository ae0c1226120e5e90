package io.firstresponse.job.domain;

/** Who may answer a customer. This decides the key of sessions. */
public enum ResponseMode {
  /** Any agent may answer: sessions belong to a customer. */
  ANY_AGENT("any-agent"),
  /** Only the agent written to may answer: sessions belong to a customer and an agent. */
  ADDRESSED_AGENT("addressed-agent");

  private final String code;

  ResponseMode(String code) {
    this.code = code;
  }

  /**
   * The mode with a name.
   *
   * @param code the name
   * @return the mode
   * @throws IllegalArgumentException if there is none
   */
  public static ResponseMode of(String code) {
    for (ResponseMode mode : values()) {
      if (mode.code.equals(code)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no response mode: " + code);
  }

  /**
   * The key of a message. The messages of one key make sessions together.
   *
   * @param message the message
   * @return its key
   */
  public ConversationKey keyOf(Message message) {
    return key(message.b(), message.a());
  }

  /**
   * The key of a customer and an agent.
   *
   * @param b customer
   * @param a agent; ignored in any-agent mode
   * @return their key
   */
  public ConversationKey key(long b, long a) {
    return switch (this) {
      case ANY_AGENT -> new ConversationKey(b, Session.NOBODY);
      case ADDRESSED_AGENT -> new ConversationKey(b, a);
    };
  }

  /** {@return the name used in options and tables} */
  public String code() {
    return code;
  }

  @Override
  public String toString() {
    return code;
  }
}
