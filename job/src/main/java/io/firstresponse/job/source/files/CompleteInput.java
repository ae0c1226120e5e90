package io.firstresponse.job.source.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails if the file ends before the length that it had when it was found. */
final class CompleteInput extends FilterInputStream {

  private final long length;
  private long offset;

  /**
   * @param offset the present position of {@code in} in the file
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
