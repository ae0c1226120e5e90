package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;

/**
 * A part of a file, or what stands for a file that cannot be read.
 *
 * <p>The id is made of file and offset. It must not be counted: numbers begin again after a
 * restore, when splits with the first numbers may still be at work.
 *
 * @param offset where it begins, in bytes
 * @param length how long it is, in bytes
 * @param fileLength how long the file was when it was found
 * @param position where to go on; null at the beginning
 * @param watermark the watermark up to the position, by the messages of this split; {@link
 *     Long#MIN_VALUE} before the first one
 * @param finished whether all has been read: kept in a checkpoint until the enumerator knows its
 *     watermark
 * @param unreadable why nothing can be read; null if it can
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
   * The order in which splits are begun: by the names of files, and by offset within one. Files
   * that are named by time are then read in the order of time, also by several readers at once; out
   * of order, most of their messages would be late.
   */
  static final Comparator<FilesSplit> ORDER =
      Comparator.comparing(FilesSplit::file, FileNames.ORDER)
          .thenComparingLong(FilesSplit::offset)
          .thenComparing(FilesSplit::splitId);

  /** All of a file. */
  static FilesSplit whole(URI file, long length) {
    return part(file, 0, length, length);
  }

  /** A part of a file, from its beginning. */
  static FilesSplit part(URI file, long offset, long length, long fileLength) {
    return new FilesSplit(file, offset, length, fileLength, null, Long.MIN_VALUE, false, null);
  }

  /**
   * What stands for a file or folder that cannot be read.
   *
   * @param length how long it is, as far as is known
   */
  static FilesSplit unreadable(Unreadable what, long length) {
    return new FilesSplit(what.uri(), 0, 0, length, null, Long.MIN_VALUE, false, what.why());
  }

  /** Cuts a file into parts of about the same length, none longer than {@code longest}. */
  static List<FilesSplit> cut(URI file, long length, long longest) {
    // An empty file has a split too: if it should be compressed, that is worth a dead letter.
    long count = Math.max(1, length / longest + (length % longest > 0 ? 1 : 0));
    long size = length / count + (length % count > 0 ? 1 : 0);
    List<FilesSplit> splits = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      long offset = Math.min(length, i * size);
      splits.add(part(file, offset, Math.min(size, length - offset), length));
    }
    return splits;
  }

  /** The same further on. */
  FilesSplit at(@Nullable CheckpointedPosition newPosition, long newWatermark) {
    return new FilesSplit(
        file, offset, length, fileLength, newPosition, newWatermark, false, unreadable);
  }

  /** The same, read to its end. */
  FilesSplit end() {
    return new FilesSplit(file, offset, length, fileLength, position, watermark, true, unreadable);
  }

  @Override
  public String splitId() {
    return unreadable == null ? file + "@" + offset : file + "@unreadable@" + fileLength;
  }
}
