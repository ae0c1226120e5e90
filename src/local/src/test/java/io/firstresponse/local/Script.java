package io.firstresponse.local;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.ClassDataArchive;
import io.firstresponse.job.testing.MessageJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/** One of the scripts as a user runs it: a process, its output and its exit code. */
final class Script implements AutoCloseable {

  private static final long LIMIT_SECONDS = 120;

  /** For runs of some seconds, which are too short for the better compiler to pay. */
  private static final String SHORT_RUN = "-XX:TieredStopAtLevel=1 ";

  /** Options of Java for short runs, made ready at the first use. */
  private static final class Prepared {

    private static final String OPTIONS = prepare();

    private static String prepare() {
      ClassDataArchive archive = new ClassDataArchive(Path.of("target/local.jsa"));
      try {
        ClassDataArchive.makeAll(
            List.of(archive), Path.of("target/lib"), () -> Prepared.train(archive));
      } catch (Exception e) {
        throw new IllegalStateException("no archive of classes was made", e);
      }
      return SHORT_RUN + archive.read();
    }

    private static void train(ClassDataArchive archive) throws Exception {
      Path folder = Files.createTempDirectory("training-");
      Message message = new Message(1, 1, 1_534_291_200_000_000L, false, false);
      Path input = Files.write(folder.resolve("messages.jsonl"), List.of(MessageJson.of(message)));
      try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT);
          Script script =
              start(
                  "run-local",
                  folder,
                  Map.of(JAVA_OPTIONS, SHORT_RUN + archive.written()),
                  database.arguments(
                      "--state",
                      folder.resolve("state").toString(),
                      "--source.type",
                      "files",
                      "--source.files.path",
                      input.toString(),
                      "--results",
                      "live"))) {
        Outcome outcome = script.outcome();
        if (outcome.exitCode() != 0) {
          throw new AssertionError(outcome);
        }
      } finally {
        FileUtils.deleteDirectory(folder.toFile());
      }
    }
  }

  private final Process process;
  private final Path out;
  private final Path err;

  /** Its bit in a mask of signals. */
  private static final long SIGINT = 1 << 1;

  /** The variable with options of Java for the scripts. */
  static final String JAVA_OPTIONS = "FIRST_RESPONSE_JAVA_OPTIONS";

  /** Options of Java with which runs of some seconds are quick. */
  static String javaOptions() {
    return Prepared.OPTIONS;
  }

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
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    if (!environment.containsKey(JAVA_OPTIONS)) {
      builder.environment().put(JAVA_OPTIONS, javaOptions());
    }
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

  /** Presses Enter. */
  void enter() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
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
