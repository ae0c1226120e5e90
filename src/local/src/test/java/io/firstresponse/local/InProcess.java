package io.firstresponse.local;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * {@code scripts/run-local} without its process: most runs of a test need no JVM of their own,
 * which is most of their time. One at a time, since the output is the JVM's.
 */
final class InProcess {

  private static final Map<String, String> PROPERTIES =
      Map.of(LocalRun.CONF_PROPERTY, "../../conf", "log.file", "target/run-local.log");

  private InProcess() {}

  /** Runs to the end, and returns what the process would have left. */
  static Script.Outcome runLocal(List<String> args) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PROPERTIES.forEach(System::setProperty);
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int exitCode = LocalRun.run(args.toArray(String[]::new));
      return new Script.Outcome(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
      PROPERTIES.keySet().forEach(System::clearProperty);
    }
  }
}
