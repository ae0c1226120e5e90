package io.firstresponse.job.source.files;

import io.firstresponse.job.source.files.FileOptions.FileFormat;
import java.util.Locale;
import javax.annotation.Nullable;

/**
 * The format and the compression of a file.
 *
 * @param format the format of its records; null if it is unknown
 * @param gzip whether the file is compressed, by its name
 */
record FileKind(@Nullable FileFormat format, boolean gzip) {

  private static final String GZIP_SUFFIX = ".gz";

  /**
   * @param name the file's name, without its folder
   * @param given the format of all files, or null if it depends on their names
   */
  static FileKind of(String name, @Nullable FileFormat given) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean gzip = lower.endsWith(GZIP_SUFFIX);
    String bare = gzip ? lower.substring(0, lower.length() - GZIP_SUFFIX.length()) : lower;
    return new FileKind(given == null ? byName(bare) : given, gzip);
  }

  /** Whether a reader can start in the middle of the file and still find the next record. */
  boolean splittable() {
    return format == FileFormat.JSON_LINES && !gzip;
  }

  @Nullable private static FileFormat byName(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "json", "jsonl", "ndjson" -> FileFormat.JSON_LINES;
      case "csv" -> FileFormat.CSV;
      default -> null;
    };
  }
}
