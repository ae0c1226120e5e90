package io.firstresponse.job.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks for well-formed UTF-8 by the Unicode standard: no overlong forms, no surrogates, nothing
 * above U+10FFFF. The parsers check less, and only the parts that they read.
 */
final class Utf8 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  static final int WELL_FORMED = -1;

  private Utf8() {}

  /**
   * The index of the first byte that is not part of a text, or {@link #WELL_FORMED}. NUL is refused
   * too: no format has it, and in ASCII text it is a sign of UTF-16.
   */
  static int firstBad(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      // Eight ASCII characters other than NUL have no high bit, also after 1 is subtracted.
      if (to - i >= Long.BYTES) {
        long eight = (long) LONGS.get(bytes, i);
        if (((eight | (eight - LOW_BITS)) & HIGH_BITS) == 0) {
          i += Long.BYTES;
          continue;
        }
      }
      int length = sequence(bytes, i, to);
      if (length == 0) {
        return i;
      }
      i += length;
    }
    return WELL_FORMED;
  }

  /** The length in bytes of the character at {@code i}, or 0 if there is none. */
  private static int sequence(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xFF;
    if (first < 0x80) {
      return first == 0 ? 0 : 1;
    }
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (to - i < length) {
      return 0;
    }
    for (int k = 1; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[i + 1] & 0xFF;
    boolean bad =
        switch (first) {
          case 0xE0 -> second < 0xA0;
          case 0xED -> second > 0x9F;
          case 0xF0 -> second < 0x90;
          case 0xF4 -> second > 0x8F;
          default -> false;
        };
    return bad ? 0 : length;
  }
}
