package io.firstresponse.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JobManager or TaskManager that outlives the process which started it. A file holds its process
 * id; that the process of this id is still the one that was started is told by a mark on its
 * command line, so nobody else's is ever ended.
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

  /** The argument that marks a process as the one of a file. It comes first on its command line. */
  static String mark(Path file) {
    return "-Dfirst-response.process=" + file;
  }

  /**
   * Starts a process, which goes on when this one ends.
   *
   * @param file will hold its id; its name is the process's name
   * @param command bears the {@linkplain #mark mark} of the file
   * @param output takes what the process prints
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

  /** Such as {@code jobmanager} or {@code taskmanager-2}. */
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

  /** Waits until it has ended, at most that long; whether it has. */
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
      // It may be dead all the same, and waited for by nobody.
      return !isAlive();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks the process to end. */
  void requestEnd() {
    ProcessHandle.of(pid).filter(this::isOurs).ifPresent(ProcessHandle::destroy);
  }

  /** Waits for the end that was asked for, makes it if need be, and forgets the process. */
  void awaitEnd() throws IOException, InterruptedException {
    if (!endsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))) {
      kill();
    }
    forget();
  }

  /** Ends the process at once, with nothing tidied up. It is then still known, as a dead one. */
  public void kill() throws InterruptedException {
    ProcessHandle.of(pid).filter(this::isOurs).ifPresent(ProcessHandle::destroyForcibly);
    endsWithin(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
  }

  /** Deletes the file of the process, which has ended: the cluster no longer counts it. */
  public void forget() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public String toString() {
    return "%s (pid %d)".formatted(name, pid);
  }
}
