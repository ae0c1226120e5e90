package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.OnUnreadable;
import io.firstresponse.job.source.MessageTimes;
import io.firstresponse.job.source.files.FileLister.Found;
import java.io.IOException;
import java.io.Serial;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The source that reads messages from a file or a folder, as the {@code source.files.*} and {@code
 * messages.*} options say: once, or watching the folder for more without end. Files are begun in
 * the natural order of their paths; a large file of JSON lines is cut, so that several readers
 * share it.
 *
 * <p>The watermark of every file counts, however small the file; a reader that waits for one
 * follows the others: see {@link FilesEnumerator}. Flink's idleness has no part in it.
 */
public final class FilesSource
    implements Source<Received, FilesSplit, FilesState>,
        ResultTypeQueryable<Received>,
        SupportsSplitReassignmentOnRecovery {

  @Serial private static final long serialVersionUID = 1;

  /**
   * Long enough that opening a split does not count; short enough that readers of one file stay
   * close together, since the one ahead has its messages buffered until the other has caught up.
   */
  private static final long SPLIT_BYTES = 16L * 1024 * 1024;

  /** Of a path that is a URI. A file's own name may have a colon as well. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

  /** Beyond this a record and its line end would not fit into an array. */
  private static final int MAX_MAX_BYTES = 1024 * 1024 * 1024;

  private final URI root;
  private final FilesFormat format;
  private final Duration maxOutOfOrderness;
  @Nullable private final Duration watchInterval;
  private final TypeInformation<Received> type;

  private FilesSource(
      URI root,
      FilesFormat format,
      Duration maxOutOfOrderness,
      @Nullable Duration watchInterval,
      TypeInformation<Received> type) {
    this.root = root;
    this.format = format;
    this.maxOutOfOrderness = maxOutOfOrderness;
    this.watchInterval = watchInterval;
    this.type = type;
  }

  /**
   * Builds the source.
   *
   * @param clock what the future guard measures by; it has to be serializable, as {@link
   *     InstantSource#system()} is
   * @param type how messages and dead letters travel on
   * @throws IllegalArgumentException if an option cannot be meant; the message names it
   */
  public static FilesSource create(
      ReadableConfig options, InstantSource clock, TypeInformation<Received> type) {
    Optional<Duration> watchInterval = options.getOptional(JobOptions.FILES_WATCH_INTERVAL);
    watchInterval.ifPresent(
        interval ->
            require(
                interval.toMillis() > 0,
                JobOptions.FILES_WATCH_INTERVAL,
                "is " + interval + ": at least one millisecond"));
    return new FilesSource(
        root(options),
        new FilesFormat(
            Decoding.from(options, clock),
            options.getOptional(JobOptions.FILES_FORMAT).orElse(null),
            delimiter(options),
            maxBytes(options),
            options.get(JobOptions.FILES_ON_UNREADABLE)),
        options.get(JobOptions.MAX_OUT_OF_ORDERNESS),
        watchInterval.orElse(null),
        type);
  }

  /**
   * Looks, when the job is submitted, whether all that is there can be read, and whether the
   * options can be meant.
   *
   * @throws IllegalArgumentException if not; the message says what to do
   */
  public static void check(ReadableConfig options) {
    create(options, InstantSource.system(), TypeInformation.of(Received.class));
    URI root = root(options);
    String name = FileNames.display(root);
    FileLister.Listing listing;
    try {
      listing = new FileLister(root).list();
    } catch (IOException e) {
      throw refused(JobOptions.FILES_PATH, name + " cannot be read: " + e.getMessage(), e);
    }
    for (Unreadable unreadable : listing.unreadable()) {
      if (unreadable.uri().equals(root)) {
        throw refused(
            JobOptions.FILES_PATH,
            name + " does not exist, or cannot be read: " + unreadable.why(),
            null);
      }
      if (options.get(JobOptions.FILES_ON_UNREADABLE) == OnUnreadable.FAIL) {
        throw new IllegalArgumentException(
            JobOptions.FILES_PATH.key()
                + ": "
                + unreadable.failure(listing.unreadable().size() - 1).getMessage());
      }
    }
    if (listing.files().stream().map(Found::uri).toList().equals(List.of(root))) {
      require(
          FileKind.of(name, options.getOptional(JobOptions.FILES_FORMAT).orElse(null)).format()
              != null,
          JobOptions.FILES_FORMAT,
          "is needed: the name of "
              + name
              + " ends neither in .json, .jsonl, .ndjson nor .csv (before a .gz)");
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return watchInterval == null ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public TypeInformation<Received> getProducedType() {
    return type;
  }

  @Override
  public SourceReader<Received, FilesSplit> createReader(SourceReaderContext context) {
    return new FilesReader(
        () -> new FilesSplitReader(format), new MessageTimes(maxOutOfOrderness), context);
  }

  @Override
  public SplitEnumerator<FilesSplit, FilesState> createEnumerator(
      SplitEnumeratorContext<FilesSplit> context) {
    return restoreEnumerator(context, null);
  }

  @Override
  public SplitEnumerator<FilesSplit, FilesState> restoreEnumerator(
      SplitEnumeratorContext<FilesSplit> context, @Nullable FilesState state) {
    return new FilesEnumerator(
        context,
        new FileLister(root),
        Optional.ofNullable(watchInterval),
        this::cut,
        format.onUnreadable(),
        state);
  }

  private List<FilesSplit> cut(Found file) {
    return format.cut(file.uri(), file.length(), SPLIT_BYTES);
  }

  @Override
  public SimpleVersionedSerializer<FilesSplit> getSplitSerializer() {
    return new FilesSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<FilesState> getEnumeratorCheckpointSerializer() {
    return new FilesStateSerializer();
  }

  /** The path of the file or folder that is read, with which the origins of its records begin. */
  public static String origin(ReadableConfig options) {
    String path = FileNames.display(root(options));
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Made absolute here, since a task may run elsewhere. */
  private static URI root(ReadableConfig options) {
    String given =
        options
            .getOptional(JobOptions.FILES_PATH)
            .filter(path -> !path.isBlank())
            .orElseThrow(
                () ->
                    refused(
                        JobOptions.FILES_PATH, "is needed: name a file or a folder to read", null));
    try {
      return SCHEME.matcher(given).lookingAt() || !isLocal(FileSystem.getDefaultFsUri())
          ? qualified(new org.apache.flink.core.fs.Path(given))
          : Path.of(given).toAbsolutePath().toUri();
    } catch (InvalidPathException e) {
      throw refused(
          JobOptions.FILES_PATH,
          "'%s' cannot be written in this machine's encoding, %s: set LC_ALL=C.UTF-8"
              .formatted(given, System.getProperty("sun.jnu.encoding")),
          e);
    } catch (IOException | RuntimeException e) {
      throw refused(
          JobOptions.FILES_PATH, "is '" + given + "', which is no path: " + e.getMessage(), e);
    }
  }

  private static URI qualified(org.apache.flink.core.fs.Path path) throws IOException {
    return isLocal(path.toUri())
        ? Path.of(path.getPath()).toUri()
        : path.makeQualified(path.getFileSystem()).toUri();
  }

  private static boolean isLocal(URI uri) {
    return "file".equals(uri.getScheme());
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
