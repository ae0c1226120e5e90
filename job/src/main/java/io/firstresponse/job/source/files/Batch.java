package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Received;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.MutableRecordAndPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;

/**
 * Records that are passed on together, each with the position to resume from after it; or the end
 * of a split.
 */
final class Batch implements RecordsWithSplitIds<RecordAndPosition<Received>> {

  private static final int MAX_RECORDS = 1_024;

  /** A record may hold many messages. A batch is full when it holds this many. */
  private static final int MAX_MESSAGES = 16 * 1_024;

  /** A batch is full when the bytes in its dead letters exceed this. */
  private static final int MAX_RAW_BYTES = 1024 * 1024;

  private final Received[] received;
  private final long[] offsets;
  private final long[] recordsAfter;
  private final MutableRecordAndPosition<Received> current = new MutableRecordAndPosition<>();
  private int rawBytes;
  private int messages;
  private int count;
  private int at;
  @Nullable private String nextSplit;
  private Set<String> finished = Set.of();

  /** A batch without records, which ends the split. */
  static Batch endOf(String splitId) {
    Batch end = new Batch(0);
    end.finished = Set.of(splitId);
    return end;
  }

  Batch() {
    this(MAX_RECORDS);
  }

  private Batch(int capacity) {
    received = new Received[capacity];
    offsets = new long[capacity];
    recordsAfter = new long[capacity];
  }

  /** Sets the split that the records belong to. */
  Batch of(String splitId) {
    nextSplit = splitId;
    return this;
  }

  void add(Received one, long offset, long recordsAfterOffset) {
    received[count] = one;
    offsets[count] = offset;
    recordsAfter[count] = recordsAfterOffset;
    count++;
    if (one instanceof DeadLetter letter) {
      rawBytes += letter.raw().length;
    } else if (one instanceof Mapped mapped) {
      messages += mapped.messages().size();
    }
  }

  /** The position to resume from after the last record. */
  CheckpointedPosition last() {
    return new CheckpointedPosition(offsets[count - 1], recordsAfter[count - 1]);
  }

  boolean isFull() {
    return count == MAX_RECORDS || rawBytes >= MAX_RAW_BYTES || messages >= MAX_MESSAGES;
  }

  boolean isEmpty() {
    return count == 0;
  }

  @Override
  @Nullable public String nextSplit() {
    String next = nextSplit;
    nextSplit = null;
    return next;
  }

  @Override
  @Nullable public RecordAndPosition<Received> nextRecordFromSplit() {
    if (at == count) {
      return null;
    }
    current.set(received[at], offsets[at], recordsAfter[at]);
    at++;
    return current;
  }

  @Override
  public Set<String> finishedSplits() {
    return finished;
  }
}
