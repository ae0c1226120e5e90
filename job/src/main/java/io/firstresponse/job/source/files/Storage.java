package io.firstresponse.job.source.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import org.apache.flink.core.fs.Path;

/**
 * Where files are. A file is named by its URI, which keeps every byte of the name: local names with
 * colons, backslashes or bytes that are no text in any encoding are listed and opened like others.
 */
interface Storage {

  /**
   * What a name stands for, links followed.
   *
   * @param isFolder whether it can be listed
   * @param length of a file, in bytes
   * @param identity the same for two names of one folder
   */
  record Entry(boolean isFolder, long length, Object identity) {}

  /**
   * The storage of a URI: the machine's own for {@code file:}, else the one that Flink has for its
   * scheme.
   */
  static Storage of(URI uri) throws IOException {
    return "file".equals(uri.getScheme())
        ? LocalStorage.INSTANCE
        : new FlinkStorage(new Path(uri).getFileSystem());
  }

  /**
   * Looks what there is.
   *
   * @throws IOException if there is nothing, or nothing that can be read
   */
  Entry look(URI uri) throws IOException;

  /** Whether the name was removed since its folder was listed. A link to nothing is still there. */
  boolean isGone(URI uri);

  /** All that is in a folder, in no order. */
  List<URI> list(URI folder) throws IOException;

  /** A file's bytes from an offset on. */
  InputStream open(URI file, long offset) throws IOException;
}
