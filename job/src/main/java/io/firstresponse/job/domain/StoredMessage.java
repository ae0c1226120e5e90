package io.firstresponse.job.domain;

/**
 * A waiting message as a key of state, whose bytes sort by time.
 *
 * @param sortable time and kind in one word, with its sign inverted
 * @param b customer
 * @param a agent
 */
public record StoredMessage(long sortable, long b, long a) {

  /**
   * A message, without its marks.
   *
   * @param packed time, kind and marks
   */
  public static StoredMessage of(long packed, long b, long a) {
    return new StoredMessage(MessageOrder.withoutMarks(packed) ^ Long.MIN_VALUE, b, a);
  }

  /** When it was sent, in milliseconds. */
  public long millis() {
    return MessageOrder.millis(sortable ^ Long.MIN_VALUE);
  }
}
