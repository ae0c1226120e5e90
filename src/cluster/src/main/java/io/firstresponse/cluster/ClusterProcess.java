package io.firstresponse.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JobManager or TaskManager, which outlives the process that started it. A file holds its process
 * id. The system may give the same id to another program later, so the command line also has a mark
 * with the file's name; a process without the mark is never ended.
 */
public final class ClusterProcess {

  private static final long PATIENCE_SECONDS = 20;

  private final String name;
  private final Path file;
  private final long pid;

  private ClusterProcess(Path file, long pid) {
    this.name = file.getFileName().toString();
    this.file = file;
    this.pid = pid;
  }

  /**
   * The JVM option that marks a process as the one of a file. It is the first on its command line.
   */
  static String mark(Path file) {
    return "-Dfirst-response.process=" + file;
  }

  /**
   * Starts a process, which keeps running when this one ends.
   *
   * @param file receives the process id; the name of the file is the name of the process
   * @param command has the {@linkplain #mark mark} of the file
   * @param output receives the standard output and the standard error of the process
   */
  static ClusterProcess start(Path file, ProcessBuilder command, File output) throws IOException {
    Process process =
        command
            .redirectErrorStream(true)
            .redirectOutput(output)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    Files.writeString(file, Long.toString(process.pid()));
    return new ClusterProcess(file, process.pid());
  }

  /** The process whose id a file holds, whether it still runs or not. */
  static ClusterProcess of(Path file) throws IOException {
    return new ClusterProcess(file, Long.parseLong(Files.readString(file).strip()));
  }

  /** The name of the process, such as {@code jobmanager} or {@code taskmanager-2}. */
  public String name() {
    return name;
  }

  public long pid() {
    return pid;
  }

  public boolean isAlive() {
    return ProcessHandle.of(pid).filter(this::isOurs).isPresent();
  }

  private boolean isOurs(ProcessHandle handle) {
    return handle.isAlive()
        && handle.info().commandLine().filter(line -> line.contains(mark(file))).isPresent();
  }

  /** Waits until the process has ended, at most so long, and returns whether it has. */
  boolean endsWithin(long milliseconds) throws InterruptedException {
    if (!isAlive()) {
      return true;
    }
    try {
      ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
      if (handle != null) {
        handle.onExit().get(milliseconds, TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (TimeoutException e) {
      // A dead process stays in the process table until its parent has read its exit code.
      return !isAlive();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks the process to end. */
  void requestEnd() {
    ProcessHandle.of(pid).filter(this::isOurs).ifPresent(ProcessHandle::destroy);
  }

  /** Waits for the end of the process, kills it if that takes too long, and deletes its file. */
  void awaitEnd() throws IOException, InterruptedException {
    if (!endsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))) {
      kill();
    }
    forget();
  }

  /** Kills the process. Its file stays, so that it is listed as a dead one. */
  public void kill() throws InterruptedException {
    ProcessHandle.of(pid).filter(this::isOurs).ifPresent(ProcessHandle::destroyForcibly);
    endsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
  }

  /** Deletes the file of a process that has ended, so that it is no longer listed. */
  public void forget() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public String toString() {
    return "%s (pid %d)".formatted(name, pid);
  }
}
