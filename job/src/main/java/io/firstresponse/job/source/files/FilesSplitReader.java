package io.firstresponse.job.source.files;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Received;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.annotation.Nullable;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;

/** Reads splits one after the other, in batches. It runs in the fetcher thread. */
final class FilesSplitReader implements SplitReader<RecordAndPosition<Received>, FilesSplit> {

  private final FilesFormat format;
  private final Queue<FilesSplit> splits = new ArrayDeque<>();
  @Nullable private FilesSplit current;
  @Nullable private BatchReader reader;
  @Nullable private CheckpointedPosition position;

  FilesSplitReader(FilesFormat format) {
    this.format = format;
  }

  @Override
  public RecordsWithSplitIds<RecordAndPosition<Received>> fetch() throws IOException {
    if (current == null) {
      current = splits.remove();
      position = current.position();
      reader = format.open(current);
    }
    Batch batch = readBatch();
    if (batch != null) {
      position = batch.last();
      return batch.of(current.splitId());
    }
    reader.close();
    Batch end = Batch.endOf(current.splitId());
    current = null;
    reader = null;
    return end;
  }

  @Nullable private Batch readBatch() throws IOException {
    try {
      return reader.readBatch();
    } catch (IOException e) {
      DeadLetter rest = format.unreadable(current, position, e);
      reader.close();
      reader = new DeadLetterReader(rest, true);
      Batch batch = new Batch();
      // The position stays where it is: after a restore the rest is tried again.
      batch.add(
          rest,
          position == null ? CheckpointedPosition.NO_OFFSET : position.getOffset(),
          position == null ? 0 : position.getRecordsAfterOffset());
      return batch;
    }
  }

  @Override
  public void handleSplitsChanges(SplitsChange<FilesSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("Splits are not taken back: " + change);
    }
    splits.addAll(change.splits());
  }

  @Override
  public void wakeUp() {
    // Reading a batch blocks on nothing but the file.
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }
}
