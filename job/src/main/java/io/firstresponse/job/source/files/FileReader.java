package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.CsvRecordDecoder;
import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.files.Records.Found;
import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * Reads one split in batches. If a compressed file is damaged, the last record is a dead letter. An
 * exception is thrown only if the bytes of the file cannot be read.
 */
final class FileReader implements BatchReader {

  private final String origin;
  private final RecordReader records;
  private final RecordDecoder decoder;

  /** Records that begin here or later belong to another split. */
  private final long limit;

  /** The dead letter of a bad header, which is emitted before the records. */
  @Nullable private DeadLetter headerLetter;

  private FileReader(String origin, RecordReader records, RecordDecoder decoder, long limit) {
    this.origin = origin;
    this.records = records;
    this.decoder = decoder;
    this.limit = limit;
  }

  /**
   * Reads a file of lines from its first one.
   *
   * @param limit the start of the next split
   */
  static FileReader fromFirstLine(
      String origin, RecordReader records, RecordDecoder decoder, long limit) throws IOException {
    records.skipByteOrderMark();
    // The first line belongs to the first split, even if the split ends inside the mark.
    long end = records.offset() == 0 ? limit : Math.max(limit, records.offset() + 1);
    return new FileReader(origin, records, decoder, end);
  }

  /** Reads from the first line that begins after the present byte of {@code records}. */
  static FileReader fromNextLine(
      String origin, RecordReader records, RecordDecoder decoder, long limit) throws IOException {
    records.skipLine(limit);
    return new FileReader(origin, records, decoder, limit);
  }

  /** Continues reading lines at the position of an earlier reader. */
  static FileReader fromPosition(
      String origin,
      RecordReader records,
      RecordDecoder decoder,
      long limit,
      CheckpointedPosition position)
      throws IOException {
    records.skipTo(position.getOffset());
    skipRecords(records, position.getRecordsAfterOffset());
    return new FileReader(origin, records, decoder, limit);
  }

  /**
   * Reads a file of CSV.
   *
   * @param position the position of an earlier reader, or null to start with the first record
   */
  static FileReader csv(
      String origin,
      RecordReader records,
      CsvRecordDecoder decoder,
      @Nullable CheckpointedPosition position)
      throws IOException {
    FileReader reader = new FileReader(origin, records, decoder, Long.MAX_VALUE);
    records.skipByteOrderMark();
    DeadLetter headerLetter = reader.readHeader(decoder);
    if (position == null) {
      reader.headerLetter = headerLetter;
    } else if (position.getOffset() < records.offset()) {
      // The number of records in the position counts from the header, which has been read.
      skipRecords(records, position.getRecordsAfterOffset() - 1);
    } else {
      records.skipTo(position.getOffset());
      skipRecords(records, position.getRecordsAfterOffset());
    }
    return reader;
  }

  @Override
  @Nullable public Batch readBatch() throws IOException {
    Batch batch = new Batch();
    if (headerLetter != null) {
      batch.add(headerLetter, records.resumeOffset(), records.resumeRecords());
      headerLetter = null;
    }
    while (!batch.isFull() && records.offset() < limit) {
      Found found = records.next();
      if (found == Found.END) {
        break;
      }
      Received received =
          found == Found.RECORD
              ? decoder.decode(
                  origin, records.position(), records.bytes(), records.from(), records.available())
              : unreadable(found);
      batch.add(received, records.resumeOffset(), records.resumeRecords());
    }
    return batch.isEmpty() ? null : batch;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  @Nullable private DeadLetter readHeader(CsvRecordDecoder csv) throws IOException {
    Found found = records.next();
    return switch (found) {
      case RECORD ->
          csv.readHeader(
                  origin, records.position(), records.bytes(), records.from(), records.available())
              .orElse(null);
      case TOO_LONG, DAMAGED -> unreadable(found);
      case END -> null;
    };
  }

  private DeadLetter unreadable(Found found) {
    return found == Found.TOO_LONG
        ? tooLong(origin, records)
        : letter(
            origin,
            records,
            Reason.BAD_COMPRESSION,
            records.damage()
                + "; the records before are read, what follows is lost: mend the file and read it"
                + " again under another name");
  }

  static DeadLetter tooLong(String origin, Records records) {
    return letter(
        origin,
        records,
        Reason.TOO_LONG,
        "the record has "
            + records.length()
            + " bytes, more than "
            + MessageOptions.MAX_BYTES.key()
            + " allows");
  }

  /** A dead letter for the present record. */
  static DeadLetter letter(String origin, Records records, Reason reason, String detail) {
    return DeadLetters.of(
        origin,
        records.position(),
        reason,
        detail,
        records.bytes(),
        records.from(),
        records.available(),
        records.length());
  }

  private static void skipRecords(RecordReader records, long count) throws IOException {
    for (long i = 0; i < count; i++) {
      records.next();
    }
  }
}
