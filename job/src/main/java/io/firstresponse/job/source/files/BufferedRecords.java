package io.firstresponse.job.source.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Records that are found in a buffer over a stream of bytes. The buffer grows until the longest
 * record allowed fits into it. Damage to a compressed stream ends it.
 */
abstract class BufferedRecords implements Records {

  private static final int INITIAL_BUFFER = 256 * 1024;

  final InputStream in;
  private final int mostBuffered;

  byte[] buffer = new byte[INITIAL_BUFFER];

  /** The offset in the file of the first byte of the buffer. */
  long bufferOffset;

  /** The bytes of the buffer that are not yet passed: from here to {@link #filled}. */
  int at;

  int filled;
  private boolean ended;

  String damage;
  private boolean damagedCompression;

  byte[] bytes = buffer;
  int from;
  int available;
  long length;
  long position;

  /**
   * @param offset the offset in the file of the first byte of {@code in}
   * @param mostBuffered the most bytes that the buffer has to hold, of one record
   */
  BufferedRecords(InputStream in, long offset, int mostBuffered) {
    this.in = in;
    this.bufferOffset = offset;
    this.mostBuffered = mostBuffered;
  }

  /** Reads more bytes behind those not yet passed; false at the end of the stream. */
  final boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (at > 0) {
      System.arraycopy(buffer, at, buffer, 0, filled - at);
      bufferOffset += at;
      filled -= at;
      at = 0;
    } else if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, mostBuffered));
    }
    try {
      int count = in.read(buffer, filled, buffer.length - filled);
      ended = count < 0;
      filled += Math.max(0, count);
    } catch (DamagedGzipException e) {
      if (damage == null) {
        damage = e.getMessage();
        damagedCompression = true;
      }
      ended = true;
    }
    return !ended;
  }

  /** The offset of the first byte that is not yet passed. */
  final long offset() {
    return bufferOffset + at;
  }

  /** Skips a byte order mark. */
  final void skipByteOrderMark() throws IOException {
    while (filled - at < 3 && fill()) {
      // A stream may return fewer bytes than were asked for.
    }
    if (filled - at >= 3
        && buffer[at] == (byte) 0xEF
        && buffer[at + 1] == (byte) 0xBB
        && buffer[at + 2] == (byte) 0xBF) {
      at += 3;
    }
  }

  /** Whether the damage is that of the compressed stream. */
  final boolean damagedCompression() {
    return damagedCompression;
  }

  @Override
  public final byte[] bytes() {
    return bytes;
  }

  @Override
  public final int from() {
    return from;
  }

  @Override
  public final int available() {
    return available;
  }

  @Override
  public final long length() {
    return length;
  }

  @Override
  public final long position() {
    return position;
  }

  @Override
  public final String damage() {
    return damage;
  }

  @Override
  public final void close() throws IOException {
    in.close();
  }
}
