package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.reader.BulkFormat;

/** "Reads" a file whose format cannot be told: one dead letter stands for all of it. */
final class UnknownFormatReader implements BulkFormat.Reader<Received> {

  private final String origin;
  private final long fileSize;
  private boolean told;

  /**
   * @param told whether the dead letter was given out before a restore
   */
  UnknownFormatReader(String origin, long fileSize, boolean told) {
    this.origin = origin;
    this.fileSize = fileSize;
    this.told = told;
  }

  @Override
  @Nullable public BulkFormat.RecordIterator<Received> readBatch() {
    if (told) {
      return null;
    }
    told = true;
    Batch batch = new Batch();
    batch.add(
        DeadLetters.of(
            origin,
            0,
            Reason.UNKNOWN_FORMAT,
            "the name of the file does not tell its format, so none of it was read: let it end in"
                + " .json, .jsonl, .ndjson or .csv (before a .gz), or set "
                + JobOptions.FILES_FORMAT.key(),
            new byte[0],
            0,
            0,
            fileSize),
        0,
        1);
    return batch;
  }

  @Override
  public void close() {
    // Nothing was opened.
  }
}
