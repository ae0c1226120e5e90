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

  private static final int HAS_NUL = -1;
  private static final int HAS_HALF = -2;

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

  /**
   * How many bytes a text has in UTF-8.
   *
   * @return a negative number if PostgreSQL does not store it: {@link #fault} has the reason
   */
  static int length(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return HAS_NUL;
      } else if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return HAS_HALF;
      }
    }
    return bytes;
  }

  /** Why a text has a negative {@link #length}, as words that can follow "holds". */
  static String fault(int length) {
    return length == HAS_NUL
        ? "a text with a NUL character"
        : "a text with half a character (a surrogate without its other half)";
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
