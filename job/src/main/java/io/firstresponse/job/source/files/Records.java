package io.firstresponse.job.source.files;

import java.io.Closeable;
import java.io.IOException;

/**
 * Records of a stream of bytes, one after the other. Each lies in {@link #bytes()} until the next.
 */
interface Records extends Closeable {

  /** What {@link #next} came upon. */
  enum Found {
    RECORD,
    /** A record longer than allowed; only its first bytes are kept. */
    TOO_LONG,
    /** The end of what can be read, with the first bytes of what is lost. */
    DAMAGED,
    END
  }

  /** Goes on to the next record. */
  Found next() throws IOException;

  byte[] bytes();

  int from();

  /** How many bytes of the record are in {@link #bytes}. */
  int available();

  /** How many bytes the record has. */
  long length();

  /** The offset of the record's first byte. */
  long position();

  /** What is wrong where the stream is damaged. */
  String damage();
}
