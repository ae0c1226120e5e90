package io.firstresponse.job.source.files;

import io.firstresponse.job.options.JobOptions.FileFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.DefaultFileFilter;
import org.apache.flink.connector.file.src.enumerate.FileEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Finds the files under a path and cuts those that allow it into splits. Names that begin with '.'
 * or '_' are passed over, except the path's own.
 *
 * <p>Differs from Flink's enumerators in what it does for local files, which those never cut, and
 * in the ids of splits: these are made of path and offset. Flink's count from zero again after a
 * restore, when splits with the first numbers may still be at work.
 */
final class FileLister implements FileEnumerator {

  private static final DefaultFileFilter VISIBLE = new DefaultFileFilter();

  @Nullable private final FileFormat format;
  private final long splitBytes;

  /**
   * @param format the format of all files, or null if their names tell it
   * @param splitBytes how long a split may be; {@link Long#MAX_VALUE} leaves files whole
   */
  FileLister(@Nullable FileFormat format, long splitBytes) {
    this.format = format;
    this.splitBytes = splitBytes;
  }

  @Override
  public Collection<FileSourceSplit> enumerateSplits(Path[] paths, int minDesiredSplits)
      throws IOException {
    List<FileSourceSplit> splits = new ArrayList<>();
    for (Path path : paths) {
      FileSystem fileSystem = path.getFileSystem();
      addFiles(fileSystem, fileSystem.getFileStatus(path), splits);
    }
    return splits;
  }

  private void addFiles(FileSystem fileSystem, FileStatus status, List<FileSourceSplit> splits)
      throws IOException {
    if (!status.isDir()) {
      addSplits(status, splits);
      return;
    }
    FileStatus[] children = fileSystem.listStatus(status.getPath());
    if (children == null) {
      // Removed since its parent was listed.
      return;
    }
    for (FileStatus child : children) {
      if (VISIBLE.test(child.getPath())) {
        addFiles(fileSystem, child, splits);
      }
    }
  }

  private void addSplits(FileStatus file, List<FileSourceSplit> splits) {
    Path path = file.getPath();
    long length = file.getLen();
    boolean splittable = FileKind.of(path.getName(), format).splittable();
    // An empty file has a split too: if it should be compressed, that is worth a dead letter.
    long count =
        splittable ? Math.max(1, length / splitBytes + (length % splitBytes > 0 ? 1 : 0)) : 1;
    long size = length / count + (length % count > 0 ? 1 : 0);
    for (long i = 0; i < count; i++) {
      long offset = Math.min(length, i * size);
      splits.add(
          new FileSourceSplit(
              path + "@" + offset,
              path,
              offset,
              Math.min(size, length - offset),
              file.getModificationTime(),
              length));
    }
  }
}
