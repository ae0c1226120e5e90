package io.firstresponse.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  @Test
  void agreesWithTheStrictDecoderOnEveryShortSequence() {
    byte[] bytes = new byte[4];
    int[] interesting = {
      0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };
    for (int a : interesting) {
      for (int b : interesting) {
        for (int c : interesting) {
          for (int d : interesting) {
            bytes[0] = (byte) a;
            bytes[1] = (byte) b;
            bytes[2] = (byte) c;
            bytes[3] = (byte) d;
            assertThat(Utf8.firstBad(bytes, 0, 4) < 0)
                .as("%02x %02x %02x %02x", a, b, c, d)
                .isEqualTo(decodes(bytes));
          }
        }
      }
    }
  }

  @Test
  void findsOneBadByteAnywhere() {
    Random random = new Random(1);
    byte[] text =
        "a,é,€,😀,plain text that is long enough".repeat(3).getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.firstBad(text, 0, text.length)).isEqualTo(Utf8.WELL_FORMED);
    for (int i = 0; i < text.length; i++) {
      byte[] bad = text.clone();
      bad[i] = (byte) 0xFF;
      assertThat(Utf8.firstBad(bad, 0, bad.length)).isBetween(Math.max(0, i - 3), i);
      bad[i] = 0;
      assertThat(Utf8.firstBad(bad, 0, bad.length)).isBetween(Math.max(0, i - 3), i);
      int from = random.nextInt(i + 1);
      assertThat(Utf8.firstBad(bad, i + 1, bad.length)).isLessThan(bad.length);
      assertThat(Utf8.firstBad(bad, from, bad.length)).isNotEqualTo(Utf8.WELL_FORMED);
    }
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
