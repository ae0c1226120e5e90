package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * A part of a file, or a file that cannot be read.
 *
 * <p>The id consists of the file and the offset. It is not a running number: numbers would start
 * again after a restore, while splits with the same numbers may still be read.
 *
 * @param file the URI of the file
 * @param offset the start of the split in bytes
 * @param length the length of the split in bytes
 * @param fileLength the length of the file when it was found
 * @param position the position to resume from; null at the start
 * @param watermark the watermark of the messages before the position; {@link Long#MIN_VALUE} if
 *     there are none
 * @param finished whether the split is completely read; it is kept in checkpoints until the
 *     enumerator knows its watermark
 * @param unreadable why the split cannot be read; null if it can
 */
record FilesSplit(
    URI file,
    long offset,
    long length,
    long fileLength,
    @Nullable CheckpointedPosition position,
    long watermark,
    boolean finished,
    @Nullable String unreadable)
    implements SourceSplit {

  /**
   * The order in which splits are started: by the names of the files, then by offset. Files that
   * are named by time are then read in the order of time, by several readers too. In another order
   * most of their messages would be late.
   */
  static final Comparator<FilesSplit> ORDER =
      Comparator.comparing(FilesSplit::file, FileNames.ORDER)
          .thenComparingLong(FilesSplit::offset)
          .thenComparing(FilesSplit::splitId);

  /** A split for a complete file. */
  static FilesSplit ofFile(URI file, long length) {
    return part(file, 0, length, length);
  }

  /** A part of a file, of which nothing is read yet. */
  static FilesSplit part(URI file, long offset, long length, long fileLength) {
    return new FilesSplit(file, offset, length, fileLength, null, Long.MIN_VALUE, false, null);
  }

  /**
   * A split for a file or folder that cannot be read.
   *
   * @param length its length in bytes, if it is known
   */
  static FilesSplit unreadable(Unreadable what, long length) {
    return new FilesSplit(what.uri(), 0, 0, length, null, Long.MIN_VALUE, false, what.why());
  }

  /** Divides a file into splits of about the same length, none longer than {@code longest}. */
  static List<FilesSplit> cut(URI file, long length, long longest) {
    // An empty file has a split too, since an empty gzip file is a dead letter.
    long count = Math.max(1, length / longest + (length % longest > 0 ? 1 : 0));
    long size = length / count + (length % count > 0 ? 1 : 0);
    List<FilesSplit> splits = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      long offset = Math.min(length, i * size);
      splits.add(part(file, offset, Math.min(size, length - offset), length));
    }
    return splits;
  }

  /** The same split at a later position. */
  FilesSplit at(@Nullable CheckpointedPosition newPosition, long newWatermark) {
    return new FilesSplit(
        file, offset, length, fileLength, newPosition, newWatermark, false, unreadable);
  }

  /** The same split, completely read. */
  FilesSplit end() {
    return new FilesSplit(file, offset, length, fileLength, position, watermark, true, unreadable);
  }

  @Override
  public String splitId() {
    return unreadable == null ? file + "@" + offset : file + "@unreadable@" + fileLength;
  }
}
