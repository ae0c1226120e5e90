package io.firstresponse.job.source.files;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.source.MessageTimes;
import io.firstresponse.job.source.files.FileLister.Found;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
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
 * The source that reads messages from a file or a folder, once or, if the folder is watched,
 * without end. Files are started in the natural order of their paths. A large file of JSON lines is
 * divided into splits, which several readers read. The options are {@link FileOptions} and {@link
 * MessageOptions}.
 *
 * <p>The last watermark of every file is emitted, also of a small file. A reader without a file
 * follows the others, see {@link FilesEnumerator}. Flink's idleness is not used.
 */
public final class FilesSource
    implements Source<Received, FilesSplit, FilesState>,
        ResultTypeQueryable<Received>,
        SupportsSplitReassignmentOnRecovery {

  @Serial private static final long serialVersionUID = 1;

  /**
   * The length of a split. It is long compared with the time to open a split. It is short enough
   * that the readers of one file stay close together: messages of the faster reader are buffered
   * until the slower one has caught up.
   */
  private static final long SPLIT_BYTES = 16L * 1024 * 1024;

  /** The start of a path that is a URI. The name of a local file may contain a colon too. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

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
   * Makes the source.
   *
   * @param clock the clock of the future guard; it has to be serializable, as {@link
   *     InstantSource#system()} is
   * @param type the type of messages and dead letters in Flink
   * @throws IllegalArgumentException if an option has an unusable value; the message names it
   */
  public static FilesSource create(
      ReadableConfig options, InstantSource clock, TypeInformation<Received> type) {
    return create(options, Decoding.from(options, clock), type);
  }

  /**
   * Makes the source.
   *
   * @param decoding makes messages of the records
   * @param type the type of messages and dead letters in Flink
   * @throws IllegalArgumentException if an option has an unusable value; the message names it
   */
  public static FilesSource create(
      ReadableConfig options, Decoding decoding, TypeInformation<Received> type) {
    return new FilesSource(
        root(options),
        new FilesFormat(
            decoding,
            options.get(FileOptions.FORMAT),
            FileOptions.delimiter(options),
            options.get(MessageOptions.MAX_BYTES),
            options.get(FileOptions.ON_UNREADABLE)),
        options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS),
        options.get(FileOptions.WATCH_INTERVAL),
        type);
  }

  /**
   * Checks, when the job is submitted, that the options are usable and the files can be read.
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
      throw refused(FileOptions.PATH, name + " cannot be read: " + e.getMessage(), e);
    }
    for (Unreadable unreadable : listing.unreadable()) {
      if (unreadable.uri().equals(root)) {
        throw refused(
            FileOptions.PATH,
            name + " does not exist, or cannot be read: " + unreadable.why(),
            null);
      }
      if (options.get(FileOptions.ON_UNREADABLE) == OnUnreadable.FAIL) {
        throw new IllegalArgumentException(
            FileOptions.PATH.key()
                + ": "
                + unreadable.failure(listing.unreadable().size() - 1).getMessage());
      }
    }
    if (listing.files().stream().map(Found::uri).toList().equals(List.of(root))) {
      if (FileKind.of(name, options.get(FileOptions.FORMAT)).format() == null) {
        throw refused(
            FileOptions.FORMAT,
            "is needed: the name of "
                + name
                + " ends neither in .json, .jsonl, .ndjson nor .csv (before a .gz)",
            null);
      }
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

  /** The path of the file or folder, with which the origins of its records begin. */
  public static String origin(ReadableConfig options) {
    String path = FileNames.display(root(options));
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** The path as an absolute URI, since a task may have another working directory. */
  private static URI root(ReadableConfig options) {
    String given =
        options
            .getOptional(FileOptions.PATH)
            .filter(path -> !path.isBlank())
            .orElseThrow(
                () ->
                    refused(FileOptions.PATH, "is needed: name a file or a folder to read", null));
    try {
      return SCHEME.matcher(given).lookingAt() || !isLocal(FileSystem.getDefaultFsUri())
          ? qualified(new org.apache.flink.core.fs.Path(given))
          : Path.of(given).toAbsolutePath().toUri();
    } catch (InvalidPathException e) {
      throw refused(
          FileOptions.PATH,
          "'%s' cannot be written in this machine's encoding, %s: set LC_ALL=C.UTF-8"
              .formatted(given, System.getProperty("sun.jnu.encoding")),
          e);
    } catch (IOException | RuntimeException e) {
      throw refused(FileOptions.PATH, "is '" + given + "', which is no path: " + e.getMessage(), e);
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

  private static IllegalArgumentException refused(
      ConfigOption<?> option, String why, Throwable cause) {
    return new IllegalArgumentException(option.key() + ": " + why + ".", cause);
  }
}
