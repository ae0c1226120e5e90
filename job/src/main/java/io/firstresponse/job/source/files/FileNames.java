package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.Comparator;

/** Names of files for people, and their order. */
final class FileNames {

  /** By what people read, numbers by their value; then by what the file system has. */
  static final Comparator<URI> ORDER =
      Comparator.comparing(FileNames::display, NaturalOrder.INSTANCE)
          .thenComparing(Comparator.naturalOrder());

  private FileNames() {}

  /**
   * The path of a file as a person writes it, and as the origin of its records; or its URI, where
   * the path has control characters or bytes that are not UTF-8. Different for different files.
   */
  static String display(URI file) {
    String path = file.getPath();
    boolean printable =
        path.chars().noneMatch(c -> c == '\uFFFD' || Character.isISOControl((char) c));
    return printable ? path : file.toASCIIString();
  }

  /** The name within its folder. */
  static String last(URI file) {
    String path = file.getPath();
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }
}
