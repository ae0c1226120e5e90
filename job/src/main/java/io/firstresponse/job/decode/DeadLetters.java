package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import java.util.Arrays;

/** Makes dead letters that fit into their table, for any input. */
public final class DeadLetters {

  private static final int MAX_DETAIL_CHARS = 300;

  private DeadLetters() {}

  /**
   * Makes a dead letter with a copy of the record's first bytes.
   *
   * @param detail what was wrong; it may quote the input. Control characters and surrogates are
   *     replaced, since PostgreSQL cannot store all of them, and a long text is cut
   * @param available how many of the record's bytes are in the array
   * @param length how many bytes the complete record had
   */
  public static DeadLetter of(
      String origin,
      long position,
      Reason reason,
      String detail,
      byte[] bytes,
      int from,
      int available,
      long length) {
    int kept = Math.min(available, DeadLetter.MAX_RAW_BYTES);
    return new DeadLetter(
        origin,
        position,
        reason,
        printable(detail),
        Arrays.copyOfRange(bytes, from, from + kept),
        length);
  }

  private static String printable(String text) {
    StringBuilder printable =
        new StringBuilder(text.substring(0, Math.min(text.length(), MAX_DETAIL_CHARS)));
    for (int i = 0; i < printable.length(); i++) {
      char c = printable.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        printable.setCharAt(i, '?');
      }
    }
    return printable.toString();
  }
}
