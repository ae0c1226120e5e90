package io.firstresponse.job.source.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of a file that must not end before the length that the file had. */
final class CompleteInput extends FilterInputStream {

  private final long length;
  private long offset;

  /**
   * @param offset where {@code in} stands
   */
  CompleteInput(InputStream in, long offset, long length) {
    super(in);
    this.offset = offset;
    this.length = length;
  }

  @Override
  public int read() throws IOException {
    int one = in.read();
    advance(one < 0 ? -1 : 1);
    return one;
  }

  @Override
  public int read(byte[] target, int from, int count) throws IOException {
    int read = in.read(target, from, count);
    advance(read);
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(count);
    offset += skipped;
    return skipped;
  }

  private void advance(int read) throws IOException {
    if (read >= 0) {
      offset += read;
    } else if (offset < length) {
      throw new Unreadable.Changed(length, offset);
    }
  }
}
