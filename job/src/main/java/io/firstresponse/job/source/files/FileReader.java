package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.CsvRecordDecoder;
import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.source.files.Records.Found;
import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * Reads one split, batch by batch. Damage to a compressed file is reported by a last dead letter;
 * only failures to get at the bytes are thrown.
 */
final class FileReader implements BatchReader {

  private final String origin;
  private final RecordReader records;
  private final RecordDecoder decoder;

  /** Records that begin here or later are another split's. */
  private final long limit;

  /** What became of a bad header; goes out ahead of the records. */
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
   * @param limit where the next split begins
   */
  static FileReader fromFirstLine(
      String origin, RecordReader records, RecordDecoder decoder, long limit) throws IOException {
    records.skipByteOrderMark();
    // The first line belongs to the first split also if that ends inside the mark.
    long end = records.offset() == 0 ? limit : Math.max(limit, records.offset() + 1);
    return new FileReader(origin, records, decoder, end);
  }

  /** Reads from the first line that begins after the byte at which {@code records} stands. */
  static FileReader fromNextLine(
      String origin, RecordReader records, RecordDecoder decoder, long limit) throws IOException {
    records.skipLine(limit);
    return new FileReader(origin, records, decoder, limit);
  }

  /** Goes on reading lines where a reader had come to. */
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
   * @param position where a reader had come to, or null to read from the first record
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
      // It counts from the header on, which has been read.
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
            + JobOptions.MAX_MESSAGE_BYTES.key()
            + " allows");
  }

  /** A dead letter of the record at hand. */
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
