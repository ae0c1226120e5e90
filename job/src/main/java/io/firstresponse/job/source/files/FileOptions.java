package io.firstresponse.job.source.files;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.LongerThanZero;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.Required;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the source that reads files. */
public final class FileOptions {

  /** The format of the records in a file. */
  public enum FileFormat {
    /** One JSON value in each line. */
    JSON_LINES,
    /** JSON values one after the other, and the elements of arrays. */
    JSON,
    CSV;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** The effect of a file or folder that cannot be read. */
  public enum OnUnreadable {
    /** The job ends. */
    FAIL,
    /** It becomes a dead letter, and the other files are read. */
    DEAD_LETTER;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  @Required("a file or a folder")
  public static final ConfigOption<String> PATH =
      key("source.files.path")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file or a folder, read with all its subfolders; names that start with '.' or '_'"
                  + " are ignored. Files that end in .gz are decompressed. Required for source.type"
                  + " files.");

  public static final ConfigOption<FileFormat> FORMAT =
      key("source.files.format")
          .enumType(FileFormat.class)
          .noDefaultValue()
          .withDescription(
              "The format of the files: one JSON value in each line, JSON values and arrays in any"
                  + " layout, or CSV. Without this option the name of each file decides: .json, .jsonl,"
                  + " .ndjson or .csv, before a .gz. A .json file has the format json if it begins with"
                  + " an array, or if its first object does not end with its line.");

  @LongerThanZero
  public static final ConfigOption<Duration> WATCH_INTERVAL =
      key("source.files.watch-interval")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "Watch the folder for new files this often, and never end. Without it, the files that"
                  + " are there are read and the job ends. A file must be complete when its name"
                  + " appears: write it elsewhere, then move it. A file whose length has changed since"
                  + " it was found counts as unreadable.");

  public static final ConfigOption<OnUnreadable> ON_UNREADABLE =
      key("source.files.on-unreadable")
          .enumType(OnUnreadable.class)
          .defaultValue(OnUnreadable.FAIL)
          .withDescription(
              "What happens if a file or folder cannot be read (no right, a dangling link, removed"
                  + " or changed since it was found): the job fails and names it, or it becomes a dead"
                  + " letter and the other files are read.");

  public static final ConfigOption<String> CSV_DELIMITER =
      key("source.files.csv-delimiter")
          .stringType()
          .defaultValue(",")
          .withDescription(
              "The character between two fields of a CSV record: one ASCII character, or \\t.");

  private static final char LAST_ASCII = 127;

  private FileOptions() {}

  /** The byte that separates the fields of a CSV record. */
  static byte delimiter(ReadableConfig options) {
    String delimiter = options.get(CSV_DELIMITER);
    return (byte) (delimiter.equals("\\t") ? '\t' : delimiter.charAt(0));
  }

  /**
   * Checks the delimiter of CSV files.
   *
   * @throws BadOptionException when it cannot separate fields
   */
  public static void check(ReadableConfig options) {
    String delimiter = options.get(CSV_DELIMITER);
    if (!delimiter.equals("\\t")
        && (delimiter.length() != 1
            || "\"\r\n\0".contains(delimiter)
            || delimiter.charAt(0) > LAST_ASCII)) {
      throw BadOptionException.of(CSV_DELIMITER, "must be one ASCII character, or \\t");
    }
  }
}
