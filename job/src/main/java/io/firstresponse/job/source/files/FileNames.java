package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.Comparator;

/** The names of files as people see them, and their order. */
final class FileNames {

  /** By the displayed name in natural order, then by the URI. */
  static final Comparator<URI> ORDER =
      Comparator.comparing(FileNames::display, NaturalOrder.INSTANCE)
          .thenComparing(Comparator.naturalOrder());

  private FileNames() {}

  /**
   * The path of a file as text, which is also the origin of its records. It is the URI if the path
   * has control characters or bytes that are not UTF-8. Different files have different names.
   */
  static String display(URI file) {
    String path = file.getPath();
    boolean printable =
        path.chars().noneMatch(c -> c == '\uFFFD' || Character.isISOControl((char) c));
    return printable ? path : file.toASCIIString();
  }

  /** The name without the folder. */
  static String last(URI file) {
    String path = file.getPath();
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }
}
