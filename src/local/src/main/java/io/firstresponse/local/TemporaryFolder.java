package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of all temporary files of this process, which is deleted at the end of the process.
 * The next process deletes the folder of a process that was killed: it has a known name, and its
 * lock is free.
 */
final class TemporaryFolder {

  /** As in {@code scripts/local-java}. */
  private static final String PREFIX = "first-response-";

  /** The process id, and a random part by mktemp or {@link #random}. Others may use the prefix. */
  private static final Pattern NAME =
      Pattern.compile(PREFIX + "[0-9]+-([A-Za-z0-9]{8}|[0-9a-f]{16})");

  private static final String LOCK = "lock";
  // Renamed to the name of the lock when the lock is held.
  private static final String FREE = ".lock";

  /**
   * A folder without a lock belongs to a process that is starting, or was killed while starting.
   */
  private static final Duration STARTS_WITHIN = Duration.ofHours(1);

  /** Attempts: threads of Flink may write while the JVM ends. */
  private static final int DELETIONS = 20;

  private static final long POSTMASTER_ENDS_SECONDS = 10;

  /**
   * The locks of this process's folders, by the folders' names. The garbage collector would close a
   * channel without a reference, and release its lock.
   */
  private static final Map<String, FileChannel> OWN = new ConcurrentHashMap<>();

  private TemporaryFolder() {}

  /**
   * Deletes {@code java.io.tmpdir} at the end of the process, if a script has made it for this
   * process, and deletes the folders of dead processes beside it now. Flink, its libraries and an
   * embedded PostgreSQL put their temporary files there.
   */
  static void own() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    if (NAME.matcher(folder.getFileName().toString()).matches()) {
      try {
        own(folder);
      } catch (IOException e) {
        throw refused(folder, e);
      }
    }
  }

  /**
   * Creates a folder for this process in another one, and deletes those of dead processes there.
   *
   * @throws BadOptionException when none can be created there
   */
  static Path in(Path parent) {
    try {
      Path folder =
          parent.resolve(
              PREFIX + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random()));
      own(
          Files.createDirectory(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
      return folder;
    } catch (IOException e) {
      throw refused(parent, e);
    }
  }

  private static BadOptionException refused(Path folder, IOException e) {
    return new BadOptionException("%s cannot hold temporary files (%s).".formatted(folder, e));
  }

  // The lock is held until the process ends.
  @SuppressWarnings("resource")
  private static void own(Path folder) throws IOException {
    FileChannel lock =
        FileChannel.open(
            folder.resolve(FREE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    OWN.put(folder.getFileName().toString(), lock);
    Files.move(folder.resolve(FREE), folder.resolve(LOCK));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAll(folder), "delete " + folder));
    deleteDead(folder.toAbsolutePath().getParent());
  }

  private static byte[] random() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static void deleteDead(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        deleteIfDead(folder);
      }
    }
  }

  /**
   * Skips folders of other programs, and those that cannot be deleted, which do no harm. It does
   * not open the lock of this process's own folder: when a process closes a file, POSIX releases
   * all of its locks on that file, also those that it took through another descriptor.
   */
  private static void deleteIfDead(Path folder) {
    Path lock = folder.resolve(LOCK);
    String name = folder.getFileName().toString();
    if (OWN.containsKey(name)
        || !NAME.matcher(name).matches()
        || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.exists(lock)) {
      deleteIfOldAndEmpty(folder);
      return;
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held != null) {
        deleteAll(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      // It belongs to another user, or another process is deleting it.
    }
  }

  private static void deleteIfOldAndEmpty(Path folder) {
    try {
      Instant modified = Files.getLastModifiedTime(folder).toInstant();
      if (modified.isBefore(Instant.now().minus(STARTS_WITHIN))) {
        Files.delete(folder);
      }
    } catch (IOException e) {
      // It is not empty, or belongs to another user.
    }
  }

  private static void deleteAll(Path folder) {
    try (Stream<Path> paths = Files.find(folder, 3, (path, what) -> isPidFile(path))) {
      paths.toList().forEach(TemporaryFolder::endPostmaster);
    } catch (IOException | UncheckedIOException e) {
      // Another thread has deleted some of it.
    }
    for (int i = 0; i < DELETIONS && Files.exists(folder); i++) {
      try {
        Files.walkFileTree(folder, new Deleting(folder.resolve(LOCK)));
        // The lock last: without it, no later process would delete the rest.
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        // A file was written there meanwhile.
      }
    }
  }

  private static boolean isPidFile(Path path) {
    return path.getFileName().toString().equals("postmaster.pid");
  }

  /** Ends the PostgreSQL whose data are in the folder, also with clients connected. */
  private static void endPostmaster(Path pidFile) {
    Optional<ProcessHandle> postmaster = postmaster(pidFile);
    if (postmaster.isEmpty()) {
      return;
    }
    ProcessHandle process = postmaster.get();
    try {
      // SIGTERM would wait for its clients.
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      process.onExit().get(POSTMASTER_ENDS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException | IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process in the file, if it is a PostgreSQL that was started on this folder. */
  private static Optional<ProcessHandle> postmaster(Path pidFile) {
    Path data = pidFile.getParent();
    try {
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
          .filter(
              process -> {
                List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
                return process.info().command().orElse("").endsWith("postgres")
                    && arguments.contains(data.toString());
              });
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Deletes the contents of a folder, except one file. Skips what it cannot delete; follows no
   * links.
   */
  private static final class Deleting extends SimpleFileVisitor<Path> {

    private final Path kept;

    Deleting(Path kept) {
      this.kept = kept;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes what) throws IOException {
      if (!file.equals(kept)) {
        Files.deleteIfExists(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
      if (!folder.equals(kept.getParent())) {
        Files.deleteIfExists(folder);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
