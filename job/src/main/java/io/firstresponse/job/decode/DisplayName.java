package io.firstresponse.job.decode;

import javax.annotation.Nullable;

/**
 * Display names of agents and customers. A name is for people only, so one that is unsuitable is
 * made suitable: it does not make a dead letter of its message.
 */
final class DisplayName {

  /** In UTF-16 units. A longer name is cut. */
  static final int MAX_LENGTH = 200;

  private DisplayName() {}

  /**
   * A text as a name: without white space at its ends, and on one line.
   *
   * @return null if nothing is left
   */
  @Nullable static String of(String text) {
    String name = text.strip();
    if (name.length() > MAX_LENGTH) {
      boolean splits = Character.isHighSurrogate(name.charAt(MAX_LENGTH - 1));
      name = name.substring(0, splits ? MAX_LENGTH - 1 : MAX_LENGTH);
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        return printable(name);
      }
    }
    return name.isEmpty() ? null : name;
  }

  /** Control characters become spaces, halves of characters question marks. */
  private static String printable(String name) {
    StringBuilder printable = new StringBuilder(name.length());
    name.codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c)
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }
}
