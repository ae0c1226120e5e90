package io.firstresponse.job.source.files;

import io.firstresponse.job.options.JobOptions.FileFormat;
import java.util.Locale;
import javax.annotation.Nullable;

/**
 * How a file is written.
 *
 * @param format how its records are; null if that cannot be told
 * @param gzip whether it is compressed, which its name says
 * @param byContent whether its first bytes have to say if it is a document rather than lines
 */
record FileKind(@Nullable FileFormat format, boolean gzip, boolean byContent) {

  private static final String GZIP_SUFFIX = ".gz";

  /**
   * @param name the file's name, without its folder
   * @param given the format of all files, or null if their names tell it
   */
  static FileKind of(String name, @Nullable FileFormat given) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean gzip = lower.endsWith(GZIP_SUFFIX);
    String bare = gzip ? lower.substring(0, lower.length() - GZIP_SUFFIX.length()) : lower;
    return new FileKind(
        given == null ? byName(bare) : given, gzip, given == null && bare.endsWith(".json"));
  }

  /** Whether a reader can begin in the middle of the file and still tell records apart. */
  boolean splittable() {
    return format == FileFormat.JSON_LINES && !gzip;
  }

  /** The same, as its content has it. */
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
