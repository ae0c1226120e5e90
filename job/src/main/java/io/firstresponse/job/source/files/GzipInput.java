package io.firstresponse.job.source.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip (RFC 1952) with any number of members. {@link java.util.zip.GZIPInputStream}
 * silently drops a damaged member, and a further member if the stream has no bytes available just
 * then. This class reports damage, after it has returned all bytes before it.
 *
 * <p>{@link #read} throws {@link DamagedGzipException} for damaged data, and any other {@link
 * IOException} only if the bytes cannot be read.
 */
final class GzipInput extends InputStream {

  private static final int HEADER_CHECKSUM = 1 << 1;
  private static final int EXTRA = 1 << 2;
  private static final int NAME = 1 << 3;
  private static final int COMMENT = 1 << 4;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private int at;
  private int filled;
  private boolean insideMember;
  private boolean pastFirstMember;

  /** The damage, reported after all bytes before it have been returned; null if there is none. */
  private String damage;

  GzipInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (damage != null) {
        throw new DamagedGzipException(damage);
      }
      if (!insideMember && !startMember()) {
        return -1;
      }
      int count = inflate(target, offset, length);
      if (count > 0) {
        return count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    // The inflater may have output left from the input before, so that is taken first.
    long before = inflater.getBytesWritten();
    try {
      inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      damage = "the gzip stream is damaged: " + e.getMessage();
    }
    int count = (int) (inflater.getBytesWritten() - before);
    checksum.update(target, offset, count);
    at = filled - inflater.getRemaining();
    if (damage != null) {
      return count;
    }
    if (inflater.finished()) {
      endMember();
    } else if (count == 0) {
      if (fill()) {
        inflater.setInput(buffer, at, filled - at);
      } else {
        damage = "the gzip stream ends early";
      }
    }
    return count;
  }

  /** Reads the header of the next member. Returns false at the end of the stream. */
  private boolean startMember() throws IOException {
    int first = next();
    if (pastFirstMember) {
      // A file may be padded with zeros to the size of a block.
      while (first == 0) {
        first = next();
      }
      if (first < 0) {
        return false;
      }
    }
    if (first != 0x1F || next() != 0x8B || next() != 8) {
      throw damaged(
          pastFirstMember ? "something else follows the gzip stream" : "this is no gzip stream");
    }
    int flags = require();
    if ((flags & RESERVED) != 0) {
      throw damaged("the gzip header is damaged");
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(require() | require() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(buffer, at, filled - at);
    checksum.reset();
    insideMember = true;
    pastFirstMember = true;
    return true;
  }

  private void endMember() throws IOException {
    try {
      long sum = little32();
      long size = little32();
      if (sum != checksum.getValue() || size != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
        damage = "the gzip stream is damaged: its checksum does not fit";
      }
      insideMember = false;
    } catch (DamagedGzipException e) {
      damage = e.getMessage();
    }
  }

  private long little32() throws IOException {
    return require() | require() << 8 | require() << 16 | (long) require() << 24;
  }

  private void skipText() throws IOException {
    while (require() != 0) {
      // A zero byte ends the text.
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      require();
    }
  }

  private int require() throws IOException {
    int next = next();
    if (next < 0) {
      throw damaged("the gzip stream ends early");
    }
    return next;
  }

  private DamagedGzipException damaged(String what) {
    damage = what;
    return new DamagedGzipException(what);
  }

  private int next() throws IOException {
    return at < filled || fill() ? buffer[at++] & 0xFF : -1;
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = Math.max(0, in.read(buffer, 0, buffer.length));
    return filled > 0;
  }
}
