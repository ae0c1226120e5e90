package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import java.util.Arrays;

/** Makes dead letters that fit their table, whatever the input held. */
public final class DeadLetters {

  private static final int MAX_DETAIL_CHARS = 300;

  private DeadLetters() {}

  /**
   * A dead letter with its own copy of the record's first bytes.
   *
   * @param detail may quote the input: control characters, among them NUL, which PostgreSQL's text
   *     cannot hold, and halves of surrogate pairs are replaced, and what is too long is cut
   * @param available how many of the record's bytes are at hand
   * @param length how many bytes the whole record had
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
