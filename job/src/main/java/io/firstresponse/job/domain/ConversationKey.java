package io.firstresponse.job.domain;

/**
 * What sessions belong to.
 *
 * @param b customer id
 * @param a the agent written to, in addressed-agent mode; {@link Session#NOBODY} in any-agent mode
 */
public record ConversationKey(long b, long a) {

  /** The hash code of a key with these ids, without the key. */
  public static int hash(long b, long a) {
    return 31 * Long.hashCode(b) + Long.hashCode(a);
  }

  /**
   * Decides which task a key belongs to, and so where its state is found in a savepoint. It never
   * changes, and is not left to the record, whose hash code may.
   */
  @Override
  public int hashCode() {
    return hash(b, a);
  }

  /** Asked for each message; what a record has by itself is several times slower. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ConversationKey key && b == key.b && a == key.a;
  }
}
