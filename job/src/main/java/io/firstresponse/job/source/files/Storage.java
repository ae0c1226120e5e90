package io.firstresponse.job.source.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import org.apache.flink.core.fs.Path;

/**
 * A file system. Files are identified by URIs, which keep every byte of a name, so that names with
 * colons, backslashes or bytes in no known encoding can be listed and opened.
 */
interface Storage {

  /**
   * A file or folder, after links were followed.
   *
   * @param isFolder whether it is a folder
   * @param length the length of a file in bytes
   * @param identity equal for two names of the same folder
   */
  record Entry(boolean isFolder, long length, Object identity) {}

  /**
   * The file system of a URI: the local one for {@code file:}, otherwise the one that Flink has for
   * the scheme.
   */
  static Storage of(URI uri) throws IOException {
    return "file".equals(uri.getScheme())
        ? LocalStorage.INSTANCE
        : new FlinkStorage(new Path(uri).getFileSystem());
  }

  /**
   * Looks a file or folder up.
   *
   * @throws IOException if it does not exist or cannot be read
   */
  Entry look(URI uri) throws IOException;

  /** Whether the name was removed after its folder was listed. A dangling link still exists. */
  boolean isGone(URI uri);

  /** The files and folders in a folder, in no particular order. */
  List<URI> list(URI folder) throws IOException;

  /** Opens a file at an offset. */
  InputStream open(URI file, long offset) throws IOException;
}
