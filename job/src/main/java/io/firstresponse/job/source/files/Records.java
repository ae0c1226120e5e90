package io.firstresponse.job.source.files;

import java.io.Closeable;
import java.io.IOException;

/** The records of a stream of bytes. The present one is in {@link #bytes()} until the next call. */
interface Records extends Closeable {

  /** The result of {@link #next}. */
  enum Found {
    RECORD,
    /** A record that is longer than allowed; only its first bytes are kept. */
    TOO_LONG,
    /** Damage after which nothing can be read, with the first bytes of the record there. */
    DAMAGED,
    END
  }

  /** Moves to the next record. */
  Found next() throws IOException;

  byte[] bytes();

  int from();

  /** The number of bytes of the record in {@link #bytes}. */
  int available();

  /** The length of the complete record in bytes. */
  long length();

  /** The offset of the record's first byte. */
  long position();

  /** The damage of the stream. */
  String damage();
}
