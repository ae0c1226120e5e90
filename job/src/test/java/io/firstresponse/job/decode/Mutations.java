package io.firstresponse.job.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Spoils valid records, the same way for the same seed. */
final class Mutations {

  private static final byte[] SIGNIFICANT =
      "{}[]\",:\\\r\n\t 0123456789eE+-.tfnul\0".getBytes(StandardCharsets.ISO_8859_1);

  private Mutations() {}

  static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 1 -> {
        bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
      }
      case 2 -> {
        int from = random.nextInt(bytes.length);
        int length = random.nextInt(bytes.length - from);
        int to = random.nextInt(bytes.length - length);
        System.arraycopy(bytes, from, bytes, to, length);
      }
      default -> {
        for (int i = random.nextInt(1, 5); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] =
              random.nextBoolean()
                  ? SIGNIFICANT[random.nextInt(SIGNIFICANT.length)]
                  : (byte) random.nextInt(256);
        }
      }
    }
    return bytes;
  }
}
