package io.firstresponse.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One of the scripts as a user runs it: a process, its words and its exit code. */
final class Script implements AutoCloseable {

  private static final long LIMIT_SECONDS = 120;

  private final Process process;
  private final Path out;
  private final Path err;

  /** For runs of some seconds, which are too short for the better compiler to pay. */
  static final String SHORT_RUN = "-XX:TieredStopAtLevel=1";

  /** Its bit in a mask of signals. */
  private static final long SIGINT = 1 << 1;

  /** What a process has left. */
  record Outcome(int exitCode, String out, String err) {}

  private Script(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a script.
   *
   * @param name in {@code scripts}
   * @param folder where its output goes
   */
  static Script start(String name, Path folder, Map<String, String> environment, List<String> args)
      throws IOException {
    return start(List.of(), name, folder, environment, args);
  }

  /** The same through another program, such as one that takes rights away. */
  static Script start(
      List<String> through,
      String name,
      Path folder,
      Map<String, String> environment,
      List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>(through);
    if (ignoresInterrupts()) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(List.of("bash", "../../scripts/" + name));
    command.addAll(args);
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // What is being built right now is what runs.
    builder.environment().put("FIRST_RESPONSE_BUILT", "true");
    builder.environment().put("FIRST_RESPONSE_JAVA_OPTIONS", SHORT_RUN);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return new Script(builder.start(), out, err);
  }

  /**
   * Whether Ctrl-C means nothing to this process, and so to those that it starts: as with nohup.
   */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT) != 0);
    }
  }

  /** Runs {@code scripts/run-local} to its end. */
  static Outcome runLocal(Path folder, List<String> args) throws Exception {
    try (Script script = start("run-local", folder, Map.of(), args)) {
      return script.outcome();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** Sends a signal, such as TERM; the script has become the Java process by then. */
  void signal(String name) throws IOException, InterruptedException {
    List<String> kill = List.of("kill", "-" + name, Long.toString(process.pid()));
    if (new ProcessBuilder(kill).start().waitFor() != 0) {
      throw new IllegalStateException("there is no process " + process.pid());
    }
  }

  /** Waits for the end. */
  Outcome outcome() throws Exception {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + out() + "\n" + err());
    }
    return new Outcome(process.exitValue(), out(), err());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
