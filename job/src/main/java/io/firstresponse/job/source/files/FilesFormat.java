package io.firstresponse.job.source.files;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.source.files.FileOptions.FileFormat;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the splits of files. If a file has several splits, each contains the lines that begin in
 * it; the last line may end in the next split.
 *
 * <p>A position is an offset after decompression, and a number of records after it, which is
 * usually 0. To resume in a compressed file, the part before the position is decompressed and
 * skipped.
 *
 * @param format the format of all files, or null if it depends on their names
 * @param delimiter the delimiter of CSV
 * @param maxBytes the length of the longest record allowed
 * @param onUnreadable the effect of a file that cannot be read
 */
record FilesFormat(
    Decoding decoding,
    @Nullable FileFormat format,
    byte delimiter,
    int maxBytes,
    OnUnreadable onUnreadable)
    implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(FilesFormat.class);

  /**
   * Opens a split, at its position if it has one.
   *
   * @throws PermanentFailure if the split cannot be read and this has to end the job
   */
  BatchReader open(FilesSplit split) throws IOException {
    if (split.finished()) {
      return new DeadLetterReader(letter(split, ""), true);
    }
    if (split.unreadable() != null) {
      return new DeadLetterReader(letter(split, split.unreadable()), split.position() != null);
    }
    FileKind kind = FileKind.of(FileNames.last(split.file()), format);
    if (kind.format() == null) {
      return new DeadLetterReader(unknownFormat(split), split.position() != null);
    }
    try {
      return open(split, kind.byContent() ? kind.with(found(split, kind)) : kind);
    } catch (IOException e) {
      return new DeadLetterReader(unreadable(split, split.position(), e), false);
    }
  }

  /**
   * Handles a failure to read a split.
   *
   * @param position the position up to which the split was read
   * @return the dead letter for the rest of the split
   * @throws IOException if the failure has to end the job, or may be temporary
   */
  DeadLetter unreadable(
      FilesSplit split, @Nullable CheckpointedPosition position, IOException failure)
      throws IOException {
    Optional<Unreadable> unreadable = Unreadable.of(split.file(), failure);
    if (unreadable.isEmpty()) {
      throw new IOException(
          "Reading " + FileNames.display(split.file()) + " failed: " + failure, failure);
    }
    if (onUnreadable == OnUnreadable.FAIL) {
      LOG.error("{}", unreadable.get(), failure);
      throw unreadable.get().failure(0);
    }
    return letter(split.at(position, split.watermark()), unreadable.get().why());
  }

  private static DeadLetter letter(FilesSplit split, String why) {
    long at = split.position() == null ? split.offset() : split.position().getOffset();
    boolean begun =
        at > 0 || (split.position() != null && split.position().getRecordsAfterOffset() > 0);
    return DeadLetters.of(
        FileNames.display(split.file()),
        at,
        Reason.UNREADABLE,
        (begun ? "what follows was not read: " : "none of it was read: ") + why,
        new byte[0],
        0,
        0,
        Math.max(0, split.fileLength() - at));
  }

  private static DeadLetter unknownFormat(FilesSplit split) {
    return DeadLetters.of(
        FileNames.display(split.file()),
        0,
        Reason.UNKNOWN_FORMAT,
        "the name of the file does not show its format, so none of it was read: let it end in"
            + " .json, .jsonl, .ndjson or .csv (before a .gz), or set "
            + FileOptions.FORMAT.key(),
        new byte[0],
        0,
        0,
        split.fileLength());
  }

  /** The format by content. A file is cut only after it was found to have lines. */
  private static FileFormat found(FilesSplit split, FileKind kind) throws IOException {
    if (split.length() < split.fileLength()) {
      return FileFormat.JSON_LINES;
    }
    try (InputStream file = bytes(split, 0)) {
      return JsonContent.of(kind.gzip() ? new GzipInput(file) : file);
    }
  }

  /** Makes splits of a file: several if it is large and can be cut. */
  List<FilesSplit> cut(URI file, long length, long longest) {
    FilesSplit uncut = FilesSplit.ofFile(file, length);
    FileKind kind = FileKind.of(FileNames.last(file), format);
    try {
      if (!kind.splittable()
          || (kind.byContent()
              && length > longest
              && found(uncut, kind) != FileFormat.JSON_LINES)) {
        return List.of(uncut);
      }
    } catch (IOException e) {
      // The reader of the split reports the failure.
      return List.of(uncut);
    }
    return FilesSplit.cut(file, length, longest);
  }

  private BatchReader open(FilesSplit split, FileKind kind) throws IOException {
    String origin = FileNames.display(split.file());
    if (kind.format() == FileFormat.CSV) {
      InputStream file = bytes(split, 0);
      return guard(
          file,
          () ->
              FileReader.csv(
                  origin,
                  RecordReader.csv(kind.gzip() ? new GzipInput(file) : file, maxBytes, delimiter),
                  decoding.csv(delimiter),
                  split.position()));
    }
    CheckpointedPosition position = split.position();
    if (kind.format() == FileFormat.JSON) {
      InputStream file = bytes(split, 0);
      JsonValues values = new JsonValues(kind.gzip() ? new GzipInput(file) : file, maxBytes);
      return guard(file, () -> DocumentReader.open(origin, values, decoding.json(), position));
    }
    RecordDecoder decoder = decoding.json();
    if (kind.gzip()) {
      InputStream file = bytes(split, 0);
      RecordReader records = RecordReader.lines(new GzipInput(file), 0, maxBytes);
      return guard(
          file,
          () ->
              position == null
                  ? FileReader.fromFirstLine(origin, records, decoder, Long.MAX_VALUE)
                  : FileReader.fromPosition(origin, records, decoder, Long.MAX_VALUE, position));
    }
    long limit = split.offset() + split.length();
    // Starts one byte early: if this byte ends a line, a line begins at the start of the split.
    long from = position != null ? position.getOffset() : Math.max(0, split.offset() - 1);
    InputStream file = bytes(split, from);
    RecordReader records = RecordReader.lines(file, from, maxBytes);
    return guard(
        file,
        () -> {
          if (position != null) {
            return FileReader.fromPosition(origin, records, decoder, limit, position);
          }
          return split.offset() == 0
              ? FileReader.fromFirstLine(origin, records, decoder, limit)
              : FileReader.fromNextLine(origin, records, decoder, limit);
        });
  }

  private static InputStream bytes(FilesSplit split, long from) throws IOException {
    Storage storage = Storage.of(split.file());
    long length = storage.look(split.file()).length();
    if (length != split.fileLength()) {
      throw new Unreadable.Changed(split.fileLength(), length);
    }
    return new CompleteInput(storage.open(split.file(), from), from, length);
  }

  private static BatchReader guard(InputStream file, Opening opening) throws IOException {
    try {
      return opening.open();
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Makes a reader of an open file. */
  private interface Opening {
    BatchReader open() throws IOException;
  }
}
