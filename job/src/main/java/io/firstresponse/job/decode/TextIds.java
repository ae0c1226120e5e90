package io.firstresponse.job.decode;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.firstresponse.job.domain.Session;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import javax.annotation.Nullable;

/**
 * Ids that are texts. The job computes with their keys: the 64-bit XXH3 hash of the text in UTF-8,
 * without a seed. A key is the same on every machine and in every release; state and tables depend
 * on it. Not thread-safe.
 */
final class TextIds implements Serializable {

  private static final long serialVersionUID = 1;

  /** The longest id, in UTF-8. */
  static final int MAX_BYTES = 512;

  /** What an id has to be, for error messages. */
  static final String WANTED = "an id: a text of 1 to " + MAX_BYTES + " bytes, or an integer";

  private static final Hasher64 HASH = Hashing.xxh3_64();

  private final byte[] ascii = new byte[MAX_BYTES];

  /**
   * Why a text is no id, as words that can follow "holds".
   *
   * @return null if it is one
   */
  @Nullable static String fault(String text) {
    int bytes = Utf8.length(text);
    if (bytes < 0) {
      return Utf8.fault(bytes);
    } else if (bytes == 0) {
      return "an empty text";
    }
    return bytes > MAX_BYTES ? "a text of %,d bytes".formatted(bytes) : null;
  }

  /** The key of a text that has no {@link #fault}. */
  long key(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ofHash(HASH.hashBytesToLong(utf8, 0, utf8.length));
      }
      ascii[i] = (byte) c;
    }
    return ofHash(HASH.hashBytesToLong(ascii, 0, length));
  }

  /**
   * The key of a text with this hash. In the results -1 stands for nobody, so the text whose hash
   * is -1 has the key -2. Should the feed have a text with the hash -2 too, that is a collision
   * like any other.
   */
  static long ofHash(long hash) {
    return hash == Session.NOBODY ? Session.NOBODY - 1 : hash;
  }
}
