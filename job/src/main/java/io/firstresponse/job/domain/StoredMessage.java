package io.firstresponse.job.domain;

/**
 * A waiting message as a key in a state backend. The bytes of the keys sort by time.
 *
 * @param sortable time and kind, see {@link MessageOrder}, with the sign bit inverted
 * @param b customer
 * @param a agent
 */
public record StoredMessage(long sortable, long b, long a) {

  /**
   * The key of a message.
   *
   * @param packed time and kind; marks are ignored
   * @param b customer
   * @param a agent
   * @return the key
   */
  public static StoredMessage of(long packed, long b, long a) {
    return new StoredMessage(MessageOrder.withoutMarks(packed) ^ Long.MIN_VALUE, b, a);
  }

  /** {@return when the message was sent, in milliseconds} */
  public long millis() {
    return MessageOrder.millis(sortable ^ Long.MIN_VALUE);
  }
}
