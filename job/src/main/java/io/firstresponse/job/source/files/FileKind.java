package io.firstresponse.job.source.files;

import io.firstresponse.job.source.files.FileOptions.FileFormat;
import java.util.Locale;
import javax.annotation.Nullable;

/**
 * The format and the compression of a file.
 *
 * @param format the format of its records; null if it is unknown
 * @param gzip whether the file is compressed, by its name
 * @param byContent whether its first bytes decide between a JSON document and lines
 */
record FileKind(@Nullable FileFormat format, boolean gzip, boolean byContent) {

  private static final String GZIP_SUFFIX = ".gz";

  /**
   * @param name the file's name, without its folder
   * @param given the format of all files, or null if it depends on their names
   */
  static FileKind of(String name, @Nullable FileFormat given) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean gzip = lower.endsWith(GZIP_SUFFIX);
    String bare = gzip ? lower.substring(0, lower.length() - GZIP_SUFFIX.length()) : lower;
    return new FileKind(
        given == null ? byName(bare) : given, gzip, given == null && bare.endsWith(".json"));
  }

  /** Whether a reader can start in the middle of the file and still find the next record. */
  boolean splittable() {
    return format == FileFormat.JSON_LINES && !gzip;
  }

  /** This kind with the format found in the content. */
  FileKind with(FileFormat found) {
    return new FileKind(found, gzip, false);
  }

  @Nullable private static FileFormat byName(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "json", "jsonl", "ndjson" -> FileFormat.JSON_LINES;
      case "csv" -> FileFormat.CSV;
      default -> null;
    };
  }
}
