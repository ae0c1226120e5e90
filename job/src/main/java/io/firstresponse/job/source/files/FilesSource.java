package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * The source that reads messages from a file or a folder, as the {@code source.files.*} and {@code
 * messages.*} options say: once, or watching the folder for more without end. Files are begun in
 * the natural order of their paths.
 *
 * <p>A large file of JSON lines is cut, so that several readers share it; not so in a watched
 * folder, where Flink would forget all but the first part of a file found later.
 */
public final class FilesSource {

  /**
   * Long enough that opening a split does not count; short enough that readers of one file stay
   * close together, since the one ahead has its messages buffered until the other has caught up.
   */
  private static final long SPLIT_BYTES = 16L * 1024 * 1024;

  /** Beyond this a record and its line end would not fit into an array. */
  private static final int MAX_MAX_BYTES = 1024 * 1024 * 1024;

  private FilesSource() {}

  /**
   * Builds the source.
   *
   * @param clock what the future guard measures by; it has to be serializable, as {@link
   *     InstantSource#system()} is
   * @param type how messages and dead letters travel on
   * @throws IllegalArgumentException if an option cannot be meant; the message names it
   */
  public static Source<Received, ?, ?> create(
      ReadableConfig options, InstantSource clock, TypeInformation<Received> type) {
    Optional<Duration> watchInterval = options.getOptional(JobOptions.FILES_WATCH_INTERVAL);
    JobOptions.FileFormat format = options.getOptional(JobOptions.FILES_FORMAT).orElse(null);
    FileSource.FileSourceBuilder<Received> source =
        FileSource.forBulkFileFormat(
            new FilesFormat(
                MessageFields.from(options),
                new FutureGuard(options.get(JobOptions.MAX_FUTURE_SKEW), clock),
                format,
                delimiter(options),
                maxBytes(options),
                type),
            path(options));
    long splitBytes = watchInterval.isPresent() ? Long.MAX_VALUE : SPLIT_BYTES;
    source.setFileEnumerator(() -> new FileLister(format, splitBytes));
    source.setSplitAssigner(OrderedSplitAssigner::new);
    watchInterval.ifPresent(
        interval -> {
          require(
              interval.toMillis() > 0,
              JobOptions.FILES_WATCH_INTERVAL,
              "is " + interval + ": at least one millisecond");
          source.monitorContinuously(interval);
        });
    return source.build();
  }

  /**
   * Looks, when the job is submitted, whether there is something that can be read, and whether the
   * options can be meant.
   *
   * @throws IllegalArgumentException if not; the message says what to do
   */
  public static void check(ReadableConfig options) {
    create(options, InstantSource.system(), TypeInformation.of(Received.class));
    Path path = path(options);
    try {
      FileSystem fileSystem = path.getFileSystem();
      FileStatus status = fileSystem.getFileStatus(path);
      if (status.isDir()) {
        require(
            fileSystem.listStatus(path) != null,
            JobOptions.FILES_PATH,
            path + " cannot be listed: give the job's user the right to read it");
        return;
      }
      fileSystem.open(path).close();
    } catch (FileNotFoundException e) {
      throw refused(
          JobOptions.FILES_PATH,
          path + " does not exist, or the job's user has no right to read it",
          e);
    } catch (IOException e) {
      throw refused(JobOptions.FILES_PATH, path + " cannot be read: " + e.getMessage(), e);
    }
    require(
        FileKind.of(path.getName(), options.getOptional(JobOptions.FILES_FORMAT).orElse(null))
                .format()
            != null,
        JobOptions.FILES_FORMAT,
        "is needed: the name of "
            + path
            + " ends neither in .json, .jsonl, .ndjson nor .csv (before a .gz)");
  }

  /** Made absolute here, since a task may run elsewhere. */
  private static Path path(ReadableConfig options) {
    String given =
        options
            .getOptional(JobOptions.FILES_PATH)
            .filter(path -> !path.isBlank())
            .orElseThrow(
                () ->
                    refused(
                        JobOptions.FILES_PATH, "is needed: name a file or a folder to read", null));
    try {
      Path path = new Path(given);
      return path.makeQualified(path.getFileSystem());
    } catch (IOException | RuntimeException e) {
      throw refused(
          JobOptions.FILES_PATH, "is '" + given + "', which is no path: " + e.getMessage(), e);
    }
  }

  private static byte delimiter(ReadableConfig options) {
    String given = options.get(JobOptions.FILES_CSV_DELIMITER);
    String delimiter = given.equals("\\t") ? "\t" : given;
    require(
        delimiter.length() == 1
            && delimiter.charAt(0) > 0
            && delimiter.charAt(0) < 0x80
            && "\"\r\n".indexOf(delimiter.charAt(0)) < 0,
        JobOptions.FILES_CSV_DELIMITER,
        "is '" + given + "': one ASCII character other than the quote and line ends, or \\t");
    return (byte) delimiter.charAt(0);
  }

  private static int maxBytes(ReadableConfig options) {
    int maxBytes = options.get(JobOptions.MAX_MESSAGE_BYTES);
    require(
        maxBytes > 0 && maxBytes <= MAX_MAX_BYTES,
        JobOptions.MAX_MESSAGE_BYTES,
        "is " + maxBytes + ": from 1 to " + MAX_MAX_BYTES);
    return maxBytes;
  }

  private static void require(boolean holds, ConfigOption<?> option, String otherwise) {
    if (!holds) {
      throw refused(option, otherwise, null);
    }
  }

  private static IllegalArgumentException refused(
      ConfigOption<?> option, String why, Throwable cause) {
    return new IllegalArgumentException(option.key() + ": " + why + ".", cause);
  }
}
