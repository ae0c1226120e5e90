package io.firstresponse.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The release, unpacked where there is no source tree and no Maven. */
class ReleaseIT {

  private static final String NAME = "first-response-" + System.getProperty("project.version");

  /** Folders may have such names. */
  private static final String BLANKS = "a  folder with blanks";

  private static final Path ARCHIVE = Path.of("../../target/" + NAME + ".tar.gz");
  private static final Path FLINK = Path.of("../cluster/target/flink");
  private static final Pattern LOG = Pattern.compile("(?m), log (.*)$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)");

  @TempDir Path folder;

  private Path release;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void unpack() throws Exception {
    Path unpacked = Files.createDirectory(folder.resolve(BLANKS));
    int exitCode =
        new ProcessBuilder("tar", "-xzf", ARCHIVE.toString(), "-C", unpacked.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exitCode).isZero();
    release = unpacked.resolve(NAME);
    Path noMaven = Files.createDirectories(folder.resolve("path")).resolve("mvn");
    Files.writeString(noMaven, "#!/bin/sh\necho no Maven here >&2\nexit 1\n");
    assertThat(noMaven.toFile().setExecutable(true)).isTrue();
    environment.put("PATH", noMaven.getParent() + ":" + System.getenv("PATH"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("FLINK_HOME", flink());
  }

  private String flink() throws IOException {
    Path flink = folder.resolve("a  Flink");
    if (!Files.exists(flink)) {
      Files.createSymbolicLink(flink, FLINK.toRealPath());
    }
    return flink.toString();
  }

  @Test
  void allIsThereAndNothingElse() throws Exception {
    assertThat(names(release.getParent())).containsExactly(NAME);
    assertThat(names(release))
        .containsExactlyInAnyOrder("bin", "conf", "docs", "lib", "LICENSE", "NOTICE", "README.md");
    assertThat(names(release.resolve("lib"))).hasSize(4);
    assertThat(names(release.resolve("bin")))
        .containsExactlyInAnyOrder(
            "cluster", "help", "inspect", "local-java", "replay", "report", "run-local", "upgrade");
    assertThat(names(release.resolve("conf")))
        .isEqualTo(names(Path.of("../../conf")))
        .contains("config.yaml", "kubernetes", "docker", "sql");
    assertThat(release.resolve("conf/kubernetes/flinkdeployment.yaml"))
        .content()
        .contains("image: first-response:" + System.getProperty("project.version"));
    assertThat(release.resolve("docs/first-response-job.cdx.json"))
        .hasSameBinaryContentAs(Path.of("../../job/target/first-response-job.cdx.json"));
    List<Path> pages;
    try (Stream<Path> paths = Files.walk(release)) {
      pages = paths.filter(path -> path.toString().endsWith(".md")).toList();
    }
    assertThat(pages).hasSizeGreaterThan(3);
    for (Path page : pages) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (!link.group(1).matches("[a-z]+:.*")) {
          assertThat(page.resolveSibling(link.group(1))).as("a link in %s", page).exists();
        }
      }
    }
  }

  @Test
  void pagesAreLinkedAndNameTheCommandsOfTheRelease() throws Exception {
    String readme = Files.readString(release.resolve("README.md"));
    Path pages = release.resolve("docs/site/markdown");
    assertThat(names(pages))
        .contains("index.md", "options.md")
        .allSatisfy(
            page -> {
              assertThat(readme).contains("(docs/site/markdown/" + page + ")");
              assertThat(pages.resolve(page))
                  .content()
                  .doesNotContainPattern(
                      "scripts/(cluster|inspect|replay|report|run-local|upgrade)\\b");
            });
  }

  @Test
  void entriesTellNothingOfWhoBuiltItAndWhen() throws Exception {
    List<TarArchiveEntry> entries = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(ARCHIVE)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries.add(entry);
      }
    }
    Instant built = Instant.parse(System.getProperty("project.build.outputTimestamp"));
    assertThat(entries)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            entry -> {
              assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(built);
              assertThat(entry.getLongUserId()).isZero();
              assertThat(entry.getLongGroupId()).isZero();
              assertThat(entry.getMode() & 0777)
                  .as(entry.getName())
                  .isEqualTo(
                      entry.isDirectory()
                              || entry
                                  .getName()
                                  .matches(
                                      ".*/bin/(cluster|inspect|replay|report|run-local|upgrade)")
                          ? 0755
                          : 0644);
            });
  }

  @Test
  void itRunsTheJobInOneProcessAndOnACluster() throws Exception {
    Path input = folder.resolve("chat.jsonl");
    Files.writeString(
        input,
        """
        {"a":1,"b":7,"ts":"2018-08-15T10:10:15Z","direct":false}
        {"a":2,"b":7,"ts":"2018-08-15T10:18:10Z","direct":true}
        """);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection connection = postgres.getPostgresDatabase().getConnection()) {
      List<String> options =
          List.of(
              "--source.type",
              "files",
              "--source.files.path",
              input.toString(),
              "--sink.jdbc.url",
              "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
              "--sink.jdbc.user",
              "postgres",
              "--sink.jdbc.create-tables",
              "true");
      Outcome local = run("run-local", options);
      assertThat(local.exitCode()).as("%s", local).isZero();
      assertThat(local.out())
          .contains("conservation: true (read 2 = used 2 + ignored 0 + late 0 + dead 0)");
      assertThat(local.err()).isEmpty();
      Matcher log = LOG.matcher(local.out());
      assertThat(log.find()).as("%s", local).isTrue();
      assertThat(Path.of(log.group(1))).content().contains("org.apache.flink");
      assertThat(seconds(connection, "public")).containsExactly(475);
      assertItReports(postgres.getPort());

      // As where the release belongs to somebody else.
      Files.move(release.resolve("log"), folder.resolve("log"));
      Files.createFile(release.resolve("log"));
      Path own = folder.resolve("own");
      environment.put("XDG_STATE_HOME", own.toString());
      Outcome inspected = run("inspect", options.subList(0, 4));
      assertThat(inspected.err()).isEmpty();
      assertThat(own.resolve("first-response")).isNotEmptyDirectory();
      assertThat(inspected.exitCode()).as("%s", inspected).isZero();
      assertThat(inspected.out())
          .startsWith("usable: 2 messages of 2 records make 1 session. Nothing looks wrong.")
          .contains("\nLoad it:\n  bin/run-local \\\n");

      List<String> again =
          new ArrayList<>(List.of("--from", "2018-08-15", "--to", "2018-08-16", "--"));
      again.addAll(options);
      Outcome replay = run("replay", again);
      assertThat(replay.exitCode()).as("%s", replay).isZero();
      assertThat(replay.out()).endsWith("same: yes, 1 sessions compared\n");
      assertThat(seconds(connection, "replay")).containsExactly(475);

      try {
        List<String> up = List.of("up", "1", "-Drest.port=" + freePort());
        assertThat(run("cluster", up).exitCode()).isZero();
        List<String> onCluster = new ArrayList<>(List.of("run"));
        onCluster.addAll(options);
        onCluster.addAll(List.of("--sink.jdbc.schema", "clustered"));
        Outcome clustered = run("cluster", onCluster);
        assertThat(clustered.exitCode()).as("%s", clustered).isZero();
        assertThat(seconds(connection, "clustered")).containsExactly(475);
      } finally {
        assertThat(run("cluster", List.of("down")).exitCode()).isZero();
      }
      assertThat(release.resolve("cluster/log/jobmanager.log")).exists();
    }
  }

  @Test
  void whatIsMissingIsToldInOneLine() throws Exception {
    environment.put("FLINK_HOME", "");
    // Where 1 says that sessions differ, or that no message was found.
    assertThat(run("replay", List.of("--from", "2026-03-01")).exitCode()).isEqualTo(2);
    assertThat(run("inspect", List.of("--source.type", "files")).exitCode()).isEqualTo(2);
    for (String script : List.of("cluster", "run-local")) {
      List<String> args = List.of("list");
      environment.put("FLINK_HOME", "");
      assertOneLine(run(script, args), "Set FLINK_HOME to the folder of a Flink 2.3");
      environment.put("FLINK_HOME", folder.toString());
      assertOneLine(run(script, args), "FLINK_HOME is " + folder);
      environment.put("FLINK_HOME", flink());
      environment.put("JAVA_HOME", folder.toString());
      assertOneLine(run(script, args), "There is no " + folder + "/bin/java");

      Path old = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
      Files.writeString(old, "#!/bin/sh\necho '    java.specification.version = 11' >&2\n");
      assertThat(old.toFile().setExecutable(true)).isTrue();
      environment.put("JAVA_HOME", folder.resolve("old").toString());
      assertOneLine(run(script, args), old + " is Java 11; 17 or later is needed.");
      environment.put("JAVA_HOME", System.getProperty("java.home"));
    }
    for (List<String> args : List.of(List.<String>of(), List.of("strat"))) {
      Outcome verb = run("cluster", args);
      assertThat(verb.exitCode()).as("%s", verb).isEqualTo(2);
      assertThat(verb.err().lines()).as("%s", verb).hasSize(1);
      assertThat(verb.err()).contains("--help");
    }
  }

  /** The scripts of the release, and of the source tree. */
  private List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>();
    for (Path folder : List.of(release.resolve("bin"), Path.of("../../scripts").toRealPath())) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(Files::isExecutable).forEach(scripts::add);
      }
    }
    assertThat(scripts).hasSize(16);
    return scripts;
  }

  /** In the release it is read from the job's jar. Neither Flink nor a build is needed for it. */
  @Test
  void everyScriptPrintsItsVersion() throws Exception {
    environment.put("FLINK_HOME", "");
    String version = "First Response " + System.getProperty("project.version") + "\n";
    for (Path script : scripts()) {
      for (String ask : List.of("--version", "-V")) {
        assertThat(run(script, List.of(ask)))
            .as("%s", script)
            .isEqualTo(new Outcome(0, version, ""));
      }
      assertThat(run(script, List.of("--help")).out()).as("%s", script).contains("-V, --version");
    }
  }

  /** Neither Java nor Flink nor a build is needed for it, here and in the source tree. */
  @Test
  void helpIsThereAtOnce() throws Exception {
    environment.put("FLINK_HOME", "");
    environment.put("JAVA_HOME", folder.toString());
    for (Path script : scripts()) {
      for (String ask : List.of("--help", "-h")) {
        Outcome help = run(script, List.of(ask));
        assertThat(help.exitCode()).as("%s", help).isZero();
        assertThat(help.err()).as("%s", script).isEmpty();
        assertThat(help.out())
            .as("%s", script)
            .containsPattern("scripts/" + script.getFileName() + "\\b")
            .contains("For example", "Exit code");
      }
    }
    for (String script : List.of("run-local", "cluster", "inspect")) {
      assertThat(run(script, List.of("--help")).out())
          .contains("--source.type  one of ", "--event-time.max-out-of-orderness  a duration");
    }
  }

  /** With a JDK only: what else there is, the job took from FLINK_HOME. */
  private void assertItReports(int port) throws Exception {
    Path report = folder.resolve("report.html");
    String flink = environment.put("FLINK_HOME", "");
    Outcome reported =
        run(
            "report",
            List.of(
                "--sink.jdbc.url",
                "jdbc:postgresql://localhost:" + port + "/postgres",
                "--sink.jdbc.user",
                "postgres",
                "--out",
                report.toString()));
    environment.put("FLINK_HOME", flink);
    assertThat(reported).isEqualTo(new Outcome(0, report + "\n", ""));
    assertThat(report).content().contains("\"p90\" : 475,");
  }

  private static void assertOneLine(Outcome outcome, String beginning) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
    assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.err()).startsWith(beginning);
  }

  private static List<Integer> seconds(Connection connection, String schema) throws SQLException {
    List<Integer> seconds = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select extract(epoch from a_ts - b_ts)::int from " + schema + ".tbl_result")) {
      while (rows.next()) {
        seconds.add(rows.getInt(1));
      }
    }
    return seconds;
  }

  private Outcome run(String script, List<String> args) throws Exception {
    return run(release.resolve("bin").resolve(script), args);
  }

  private Outcome run(Path script, List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(args);
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + Files.readString(out));
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return new TreeSet<>(paths.map(path -> path.getFileName().toString()).toList());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
