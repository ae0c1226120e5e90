package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.CsvDecoder;
import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.JsonDecoder;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions.FileFormat;
import java.io.IOException;
import java.io.InputStream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.core.fs.FSDataInputStream;

/**
 * Opens splits of files. A split of a file that can be cut holds the lines that begin in it; the
 * last of them may end behind it.
 *
 * <p>A position is an offset after decompression and a number of records after it, mostly 0. To
 * resume in a compressed file, what comes before is decompressed again and passed over.
 *
 * @param format the format of all files, or null if their names tell it
 * @param delimiter what stands between two fields of CSV
 * @param maxBytes the length of the longest record allowed
 * @param type what the source says that it produces
 */
record FilesFormat(
    MessageFields fields,
    FutureGuard futureGuard,
    @Nullable FileFormat format,
    byte delimiter,
    int maxBytes,
    TypeInformation<Received> type)
    implements BulkFormat<Received, FileSourceSplit> {

  @Override
  public Reader<Received> createReader(Configuration config, FileSourceSplit split)
      throws IOException {
    return open(split, null);
  }

  @Override
  public Reader<Received> restoreReader(Configuration config, FileSourceSplit split)
      throws IOException {
    return open(split, split.getReaderPosition().orElse(null));
  }

  @Override
  public boolean isSplittable() {
    return true;
  }

  @Override
  public TypeInformation<Received> getProducedType() {
    return type;
  }

  private Reader<Received> open(FileSourceSplit split, @Nullable CheckpointedPosition position)
      throws IOException {
    String origin = split.path().getPath();
    FileKind kind = FileKind.of(split.path().getName(), format);
    if (kind.format() == null) {
      return new UnknownFormatReader(origin, split.fileSize(), position != null);
    }
    FSDataInputStream file = split.path().getFileSystem().open(split.path());
    try {
      if (kind.format() == FileFormat.CSV) {
        InputStream in = kind.gzip() ? new GzipInput(file) : file;
        return FileReader.csv(
            origin,
            RecordReader.csv(in, maxBytes, delimiter),
            new CsvDecoder(fields, futureGuard, delimiter),
            position);
      }
      return openLines(origin, file, kind, split, position);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private Reader<Received> openLines(
      String origin,
      FSDataInputStream file,
      FileKind kind,
      FileSourceSplit split,
      @Nullable CheckpointedPosition position)
      throws IOException {
    JsonDecoder decoder = new JsonDecoder(fields, futureGuard);
    long limit = kind.gzip() ? Long.MAX_VALUE : split.offset() + split.length();
    if (kind.gzip()) {
      RecordReader records = RecordReader.lines(new GzipInput(file), 0, maxBytes);
      return position == null
          ? FileReader.fromFirstLine(origin, records, decoder, limit)
          : FileReader.fromPosition(origin, records, decoder, limit, position);
    }
    if (position != null) {
      RecordReader records = linesFrom(file, position.getOffset());
      return FileReader.fromPosition(origin, records, decoder, limit, position);
    }
    if (split.offset() == 0) {
      return FileReader.fromFirstLine(origin, linesFrom(file, 0), decoder, limit);
    }
    // One byte early: if that ends a line, the split begins with a line of its own.
    RecordReader records = linesFrom(file, split.offset() - 1);
    return FileReader.fromNextLine(origin, records, decoder, limit);
  }

  private RecordReader linesFrom(FSDataInputStream file, long offset) throws IOException {
    file.seek(offset);
    return RecordReader.lines(file, offset, maxBytes);
  }
}
