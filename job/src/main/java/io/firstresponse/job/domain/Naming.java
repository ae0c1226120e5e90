package io.firstresponse.job.domain;

import java.util.Comparator;

/**
 * What a message says of its agent, of its customer, or of the key of its labels. Of several
 * namings of one key, the latest name counts, whatever the order of arrival.
 *
 * @param key the agent, customer or label set
 * @param id the text that the key stands for: an id, null if ids are integers; a label set in its
 *     canonical form
 * @param name the display name; null if the message has none
 * @param ts when the message was sent, in microseconds since 1970-01-01T00:00:00Z
 */
public record Naming(long key, String id, String name, long ts) {

  private static final Comparator<Naming> BY_NAME =
      Comparator.comparing((Naming naming) -> naming.name != null)
          .thenComparingLong(Naming::ts)
          .thenComparing(Naming::name, Naming::compareTexts);

  /**
   * The naming that counts, of two with the same key and id: the later one with a name. Of two
   * names at one time it is the greater one, as PostgreSQL compares texts byte by byte.
   *
   * @param one a naming
   * @param other another one with the same key and id
   * @return one of them
   */
  public static Naming latest(Naming one, Naming other) {
    return BY_NAME.compare(one, other) < 0 ? other : one;
  }

  /** By code points, which is the order of the bytes in UTF-8. */
  private static int compareTexts(String one, String other) {
    if (one == null || other == null) {
      return 0;
    }
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      if (one.charAt(i) != other.charAt(i)) {
        return Integer.compare(codePointAt(one, i), codePointAt(other, i));
      }
    }
    return Integer.compare(one.length(), other.length());
  }

  /** That of the pair which {@code i} may be in the middle of. */
  private static int codePointAt(String text, int i) {
    boolean second =
        i > 0
            && Character.isLowSurrogate(text.charAt(i))
            && Character.isHighSurrogate(text.charAt(i - 1));
    return text.codePointAt(second ? i - 1 : i);
  }
}
