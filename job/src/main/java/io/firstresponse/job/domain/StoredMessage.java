package io.firstresponse.job.domain;

/**
 * A waiting message as a key in a state backend. The bytes of the keys sort by time.
 *
 * @param sortable time, kind and whether it has labels, see {@link MessageOrder}, with the sign bit
 *     inverted
 * @param b customer
 * @param a agent
 * @param labels the key of its label set, or {@link Message#NO_LABELS}
 */
public record StoredMessage(long sortable, long b, long a, long labels) {

  /**
   * The key of a message.
   *
   * @param packed time, kind and marks; marks are ignored
   * @param b customer
   * @param a agent
   * @param labels the key of its label set, or {@link Message#NO_LABELS}
   * @return the key
   */
  public static StoredMessage of(long packed, long b, long a, long labels) {
    return new StoredMessage(MessageOrder.withoutMarks(packed) ^ Long.MIN_VALUE, b, a, labels);
  }

  /**
   * Whether a message has labels.
   *
   * @param sortable as in the key of the message
   * @return whether the key has them
   */
  public static boolean hasLabels(long sortable) {
    return MessageOrder.hasLabels(sortable);
  }

  /** {@return when the message was sent, in milliseconds} */
  public long millis() {
    return MessageOrder.millis(sortable ^ Long.MIN_VALUE);
  }
}
