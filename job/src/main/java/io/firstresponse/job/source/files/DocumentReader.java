package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.JsonDecoder;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.files.Records.Found;
import java.io.IOException;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * Reads a file of JSON values in batches. Records before damage count. Everything from the damage
 * on is one dead letter, since the start of the next record is unknown.
 *
 * <p>A position is a number of records, counted from the beginning of the file.
 */
final class DocumentReader implements BatchReader {

  private final String origin;
  private final JsonValues values;
  private final RecordDecoder decoder;
  private long read;

  private DocumentReader(String origin, JsonValues values, RecordDecoder decoder) {
    this.origin = origin;
    this.values = values;
    this.decoder = decoder;
  }

  /**
   * Opens a file.
   *
   * @param position where a reader had come to, or null to read from the first record
   */
  static DocumentReader open(
      String origin,
      JsonValues values,
      RecordDecoder decoder,
      @Nullable CheckpointedPosition position)
      throws IOException {
    DocumentReader reader = new DocumentReader(origin, values, decoder);
    values.skipByteOrderMark();
    long before = position == null ? 0 : position.getRecordsAfterOffset();
    while (reader.read < before - 1) {
      values.next();
      reader.read++;
    }
    if (before > 0) {
      // The last of them may have been the damage at which the file ended.
      reader.next();
    }
    return reader;
  }

  @Override
  @Nullable public Batch readBatch() throws IOException {
    Batch batch = new Batch();
    while (!batch.isFull()) {
      Received received = next();
      if (received == null) {
        break;
      }
      batch.add(received, 0, read);
    }
    return batch.isEmpty() ? null : batch;
  }

  @Nullable private Received next() throws IOException {
    Found found = values.next();
    if (found == Found.END) {
      return null;
    }
    read++;
    return switch (found) {
      case RECORD -> decoded();
      case TOO_LONG -> FileReader.tooLong(origin, values);
      default -> rest();
    };
  }

  private Received decoded() throws IOException {
    Received received =
        decoder.decode(
            origin, values.position(), values.bytes(), values.from(), values.available());
    if (received instanceof DeadLetter letter && !isBadText(letter)) {
      Optional<String> fault =
          JsonDecoder.fault(values.bytes(), values.from(), values.from() + values.available());
      if (fault.isPresent()) {
        values.giveUp(fault.get());
        return rest();
      }
    }
    return received;
  }

  /** Bytes that are not UTF-8, inside quotes. The brackets around them can still be trusted. */
  private boolean isBadText(DeadLetter letter) {
    return letter.reason() == Reason.BAD_ENCODING
        && "{[\"".indexOf(values.bytes()[values.from()]) >= 0;
  }

  private DeadLetter rest() {
    return FileReader.letter(
        origin,
        values,
        values.damagedCompression() ? Reason.BAD_COMPRESSION : Reason.BAD_JSON,
        "byte %,d of the file: %s; the records before count, all from here on is not read: mend the file and read it again under another name%s"
            .formatted(
                values.position(),
                values.damage(),
                values.damagedCompression()
                    ? ""
                    : "; if each line is a record, let it end in .jsonl"));
  }

  @Override
  public void close() throws IOException {
    values.close();
  }
}
