package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/report as a user runs it: the packaged jar, its words, its exit code, and the file. */
class ReportScriptIT {

  private static final Path SCRIPT = Path.of("../../scripts/report");
  private static final String PASSWORD = "canary-report-password";

  @TempDir Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @Test
  void theReaderWritesAReport() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 20, 3, 1)) {
      EmbeddedPostgresServer.shared().createUser("wall_reader", PASSWORD);
      database.execute("grant first_response_reader to wall_reader");
      Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      Path out = folder.resolve("report.html");
      Files.writeString(out, "what was there");
      List<String> args =
          List.of(
              "--sink.jdbc.url",
              database.url(),
              "--sink.jdbc.user",
              "wall_reader",
              "--sink.jdbc.password-file",
              password.toString(),
              "--sink.jdbc.schema",
              ReportDatabase.SCHEMA,
              "--out",
              out.toString(),
              "--title",
              "On the wall");
      assertThat(run(args)).isEqualTo(new Outcome(0, out + "\n", ""));
      String html = Files.readString(out);
      assertThat(html)
          .startsWith("<!DOCTYPE html>")
          .contains("<title>On the wall</title>")
          .contains("d3js.org")
          .contains("Permission to use, copy, modify")
          .doesNotContain(PASSWORD, database.url(), "wall_reader")
          .doesNotContainPattern("(src|href)=\"(?!data:,)");
      assertThat(ReportDatabase.data(html).at("/figures/total/sessions").asLong())
          .isEqualTo(
              Long.parseLong(database.rows("select count(*) from tbl_result").get(0).get(0)));
      try (var files = Files.list(folder)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsOnly("password", "report.html", "stdout", "stderr");
      }

      Files.writeString(password, "wrong-" + PASSWORD);
      Outcome refused = run(args);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err().lines()).hasSize(1);
      assertThat(refused.err())
          .startsWith("sink.jdbc.user, sink.jdbc.password-file: ")
          .doesNotContain(PASSWORD);
      assertThat(out).hasContent(html);
    }
  }

  @Test
  void whatIsWrongIsOneLineAndExitCode2() throws Exception {
    String nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = "jdbc:postgresql://127.0.0.1:%d/none".formatted(free.getLocalPort());
    }
    for (List<String> args :
        List.of(
            List.of("--ouput", "x.html"),
            List.of("--out", folder.resolve("x.html").toString()),
            List.of(
                "--sink.jdbc.url",
                nobody,
                "--sink.jdbc.user",
                "nobody",
                "--out",
                folder.resolve("x.html").toString()))) {
      Outcome outcome = run(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
      assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
      assertThat(outcome.out()).isEmpty();
    }
    assertThat(folder.resolve("x.html")).doesNotExist();
  }

  private Outcome run(List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(args);
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // What is being built right now is what runs.
    builder.environment().put("FIRST_RESPONSE_BUILT", "true");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + Files.readString(err));
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
