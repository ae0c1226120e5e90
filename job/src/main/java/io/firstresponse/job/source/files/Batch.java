package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Received;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.MutableRecordAndPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;

/** What a reader hands over at once, each with the position to resume from after it. */
final class Batch implements BulkFormat.RecordIterator<Received> {

  private static final int MAX_RECORDS = 1_024;

  /** Dead letters carry their bytes: as many as these, and the batch is full. */
  private static final int MAX_RAW_BYTES = 1024 * 1024;

  private final Received[] received = new Received[MAX_RECORDS];
  private final long[] offsets = new long[MAX_RECORDS];
  private final long[] recordsAfter = new long[MAX_RECORDS];
  private final MutableRecordAndPosition<Received> current = new MutableRecordAndPosition<>();
  private int rawBytes;
  private int count;
  private int at;

  void add(Received one, long offset, long recordsAfterOffset) {
    received[count] = one;
    offsets[count] = offset;
    recordsAfter[count] = recordsAfterOffset;
    count++;
    if (one instanceof DeadLetter letter) {
      rawBytes += letter.raw().length;
    }
  }

  boolean isFull() {
    return count == MAX_RECORDS || rawBytes >= MAX_RAW_BYTES;
  }

  boolean isEmpty() {
    return count == 0;
  }

  @Override
  @Nullable public RecordAndPosition<Received> next() {
    if (at == count) {
      return null;
    }
    current.set(received[at], offsets[at], recordsAfter[at]);
    at++;
    return current;
  }

  @Override
  public void releaseBatch() {
    // Garbage by now; nothing to recycle.
  }
}
