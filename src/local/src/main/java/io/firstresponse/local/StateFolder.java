package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.util.FileUtils;

/**
 * The folder that keeps the state of a local job from one run to the next: checkpoints of the
 * current run, and the savepoint at its end. One process uses it at a time.
 *
 * <p>A run starts from the newest complete checkpoint or savepoint, and does not change it. When
 * the run has completed one of its own, the older ones are deleted: no run's state refers to that
 * of another.
 */
final class StateFolder implements AutoCloseable {

  private static final String OPTION = "--state";
  private static final String METADATA = "_metadata";

  /** The timeout of a savepoint. */
  private static final Duration LONGEST_SAVEPOINT = Duration.ofMinutes(30);

  private final Path folder;
  private final FileChannel lock;
  // The checkpoint or savepoint that was not deleted with the others.
  @Nullable private Path kept;

  private StateFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** A complete checkpoint or savepoint; a later one of the same state has a larger id. */
  private record Snapshot(Path path, long id) {}

  /**
   * Opens the folder for this process, and creates it if it is missing.
   *
   * @throws BadOptionException when it cannot be used, or is used by another process
   */
  // The channel is closed with the folder.
  @SuppressWarnings("resource")
  static StateFolder open(Path given) {
    try {
      Path folder = Files.createDirectories(given.toAbsolutePath().normalize()).toRealPath();
      FileChannel lock =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock held = lock.tryLock();
      if (held == null) {
        lock.close();
        throw new BadOptionException(
            "%s: another run uses %s now. Wait for its end, or give each run a folder of its own."
                .formatted(OPTION, folder));
      }
      StateFolder state = new StateFolder(folder, lock);
      for (Path part : List.of(folder, state.checkpoints(), state.savepoints())) {
        Files.createDirectories(part);
        if (!Files.isReadable(part) || !Files.isWritable(part) || !Files.isExecutable(part)) {
          lock.close();
          throw new AccessDeniedException(part.toString());
        }
      }
      return state;
    } catch (IOException e) {
      throw new BadOptionException(
          "%s: %s cannot be created or written (%s). Give a folder that this user may write."
              .formatted(OPTION, given, reason(e)));
    }
  }

  /**
   * Flink's settings for a run that keeps its state here and starts from the state here.
   *
   * @param startsOver whether it starts without state instead
   * @throws BadOptionException when the state here cannot be read
   */
  Configuration settings(boolean startsOver) throws IOException {
    Configuration settings = new Configuration();
    // Bounded input would run as a batch, which has no state.
    settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    settings.set(RpcOptions.ASK_TIMEOUT_DURATION, LONGEST_SAVEPOINT);
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints().toUri().toString());
    settings.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, savepoints().toUri().toString());
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    (startsOver ? Optional.<Snapshot>empty() : newest())
        .ifPresent(
            newest -> {
              settings.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.path.toUri().toString());
              settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.NO_CLAIM);
            });
    return settings;
  }

  /** The identity of the rows that the runs of this folder write, if a run has begun to write. */
  Optional<String> tables() throws IOException {
    return Files.exists(begun())
        ? Optional.of(Files.readString(begun()).strip())
        : Optional.empty();
  }

  /** Whether a run can start from state here. */
  boolean hasState() throws IOException {
    return newest().isPresent();
  }

  /**
   * Begins a run that starts without state: deletes the state of earlier runs.
   *
   * @param tables the identity of the rows that it writes
   */
  void begin(String tables) {
    FileUtils.deleteDirectoryQuietly(checkpoints().toFile());
    FileUtils.deleteDirectoryQuietly(savepoints().toFile());
    try {
      Files.writeString(begun(), tables);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path begun() {
    return folder.resolve("tables");
  }

  /** The folder of savepoints. */
  Path savepoints() {
    return folder.resolve("savepoints");
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /**
   * Deletes the state of earlier runs, if a run has completed a checkpoint of its own.
   *
   * @param job the run
   */
  void keepOnlyOnceItHasCheckpoints(JobID job) {
    Path run = checkpoints().resolve(job.toString());
    if (run.equals(kept) || !Files.isDirectory(run)) {
      return;
    }
    try (Stream<Path> paths = Files.find(run, 2, (path, what) -> path.endsWith(METADATA))) {
      if (paths.findAny().isPresent()) {
        keepOnly(run);
      }
    } catch (IOException | UncheckedIOException e) {
      // Flink deletes its older ones at the same time. The next call tries again.
    }
  }

  /** Deletes all checkpoints and savepoints but one. */
  void keepOnly(Path run) {
    for (Path other : children(checkpoints(), savepoints())) {
      if (!run.equals(other)) {
        FileUtils.deleteDirectoryQuietly(other.toFile());
      }
    }
    kept = run;
  }

  private Optional<Snapshot> newest() throws IOException {
    List<Path> complete = new ArrayList<>();
    for (Path run : children(checkpoints(), savepoints())) {
      try (Stream<Path> paths = Files.find(run, 2, (path, what) -> path.endsWith(METADATA))) {
        paths.map(Path::getParent).forEach(complete::add);
      }
    }
    return complete.stream().map(StateFolder::read).max(Comparator.comparingLong(Snapshot::id));
  }

  /**
   * If one cannot be read, it may be the newest. An older one would lack the input that was read
   * since.
   */
  private static Snapshot read(Path path) {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(path.resolve(METADATA))))) {
      return new Snapshot(
          path,
          Checkpoints.loadCheckpointMetadata(
                  in, StateFolder.class.getClassLoader(), path.toUri().toString())
              .getCheckpointId());
    } catch (IOException | RuntimeException e) {
      throw new BadOptionException(
          "%s: %s is damaged (%s). Restore it from a backup, or start over: --start-over deletes the state and the rows of this input, and all of it is read again."
              .formatted(OPTION, path, reason(e)));
    }
  }

  /** The error of a run whose options name other tables than the state in this folder. */
  BadOptionException isOfOtherTables(ReadableConfig options) {
    return new BadOptionException(
        "%s: the state in %s belongs to other tables than those in schema %s of %s, or to these before they were emptied. Give the tables that it wrote (%s, %s), another folder, or --start-over, which deletes the state and the rows of these tables."
            .formatted(
                OPTION,
                folder,
                options.get(SinkOptions.SCHEMA),
                options.get(SinkOptions.URL),
                SinkOptions.URL.key(),
                SinkOptions.SCHEMA.key()));
  }

  private static List<Path> children(Path... folders) {
    List<Path> children = new ArrayList<>();
    for (Path parent : folders) {
      if (Files.isDirectory(parent)) {
        try (Stream<Path> paths = Files.list(parent)) {
          paths.forEach(children::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return children;
  }

  private static String reason(Exception e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
