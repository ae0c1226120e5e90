package io.firstresponse.job.source.files;

import java.io.Closeable;
import java.io.IOException;
import javax.annotation.Nullable;

/** Reads one split, batch by batch. */
interface BatchReader extends Closeable {

  /** The next records; null at the end. */
  @Nullable Batch readBatch() throws IOException;
}
