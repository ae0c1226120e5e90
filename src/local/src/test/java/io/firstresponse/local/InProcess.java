package io.firstresponse.local;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * {@code scripts/run-local} and {@code scripts/inspect} without their processes: most runs of a
 * test need no JVM of their own, which is most of their time. One at a time, since the output is
 * the JVM's.
 */
final class InProcess {

  private static final Map<String, String> PROPERTIES =
      Map.of(LocalRun.CONF_PROPERTY, "../../conf", "log.file", "target/run-local.log");

  private InProcess() {}

  /** Runs {@code scripts/run-local} to its end, and returns what the process would have left. */
  static Script.Outcome runLocal(List<String> args) {
    return run(() -> LocalRun.run(args.toArray(String[]::new)));
  }

  /** Runs {@code scripts/inspect} to its end, and returns what the process would have left. */
  static Script.Outcome inspect(List<String> args) {
    return inspect(args, new CompletableFuture<>());
  }

  /**
   * The same with signals.
   *
   * @param signal is completed, with an exit code, to end it
   */
  static Script.Outcome inspect(List<String> args, CompletableFuture<Integer> signal) {
    return run(() -> Inspect.run(args.toArray(String[]::new), signal));
  }

  private static Script.Outcome run(IntSupplier script) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PROPERTIES.forEach(System::setProperty);
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int exitCode = script.getAsInt();
      return new Script.Outcome(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
      PROPERTIES.keySet().forEach(System::clearProperty);
    }
  }
}
