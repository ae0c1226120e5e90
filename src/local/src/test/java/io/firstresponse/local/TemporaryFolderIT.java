package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes leave in the temporary folder: nothing. */
class TemporaryFolderIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path folder;
  private Path temporary;

  @BeforeEach
  void createFolder() throws IOException {
    temporary = Files.createDirectory(folder.resolve("tmp"));
    Files.createFile(temporary.resolve("somebody-elses"));
    // An unpacked release, long ago.
    Path release = Files.createDirectory(temporary.resolve("first-response-0.1.0"));
    Files.createFile(release.resolve("lock"));
    Files.setLastModifiedTime(release, FileTime.from(Instant.EPOCH));
  }

  @Test
  void runsLeaveNothingAndTheNextOneDeletesWhatAKilledOneHasLeft() throws Exception {
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> bounded = arguments(database, "10", "first");
      assertThat(start(bounded).outcome().exitCode()).isZero();
      assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");

      assertThat(start(List.of("--source.type", "nothing")).outcome().exitCode()).isEqualTo(2);
      assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");

      try (Script interrupted = startEndless(database, "second")) {
        interrupted.signal("TERM");
        assertThat(interrupted.outcome().exitCode()).isEqualTo(143);
      }
      assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");

      try (Script lives = startEndless(database, "other");
          Script killed = startEndless(database, "fourth")) {
        assertThat(left()).hasSize(4);
        killed.signal("KILL");
        killed.outcome();
        assertThat(left()).hasSize(4);

        // What only the lock's file would keep is closed now.
        collectGarbage(lives);
        assertThat(start(arguments(database, "10", "third")).outcome())
            .extracting(Script.Outcome::exitCode)
            .isEqualTo(0);
        assertThat(left())
            .hasSize(3)
            .anyMatch(name -> name.startsWith("first-response-" + lives.pid() + "-"));
        assertThat(lives.isAlive()).isTrue();
        lives.signal("INT");
        assertThat(lives.outcome().exitCode()).isEqualTo(130);
      }
      assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");
    }
  }

  @Test
  void theDatabaseOfAKilledDemoIsEndedByTheNextRun() throws Exception {
    ProcessHandle postgres;
    try (Script demo = Script.start("demo", folder, environment(), List.of())) {
      Await.until("a database", LIMIT, () -> demo.out().contains("postgresql://"));
      postgres = ProcessHandle.of(postmaster()).orElseThrow();
      demo.signal("KILL");
      demo.outcome();
    }
    assertThat(postgres.isAlive()).isTrue();

    assertThat(start(List.of("--source.type", "nothing")).outcome().exitCode()).isEqualTo(2);
    Await.until("its end", LIMIT, () -> !postgres.isAlive());
    assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");
  }

  @Test
  void anInterruptedDemoEndsItsDatabase() throws Exception {
    try (Script demo = Script.start("demo", folder, environment(), List.of())) {
      Await.until("a running job", LIMIT, () -> demo.out().contains("messages "));
      ProcessHandle postgres = ProcessHandle.of(postmaster()).orElseThrow();
      demo.signal("INT");
      assertThat(demo.outcome().exitCode()).isEqualTo(130);
      Await.until("its end", LIMIT, () -> !postgres.isAlive());
    }
    assertThat(left()).containsExactly("first-response-0.1.0", "somebody-elses");
  }

  private static void collectGarbage(Script script) throws Exception {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process collects =
        new ProcessBuilder(jcmd, Long.toString(script.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(collects.waitFor()).isZero();
  }

  private Script start(List<String> args) throws IOException {
    return Script.start("run-local", folder, environment(), args);
  }

  /** Returns when it has written rows. */
  private Script startEndless(ReplayDatabase database, String schema) throws Exception {
    Script script = start(arguments(database, "0", schema));
    Await.until("running", LIMIT, () -> script.out().contains("messages "));
    return script;
  }

  private Map<String, String> environment() {
    return Map.of("TMPDIR", temporary.toString());
  }

  private static List<String> arguments(ReplayDatabase database, String count, String schema) {
    return database.arguments(
        "--source.type", "datagen",
        "--source.datagen.count", count,
        "--source.datagen.rate", "1000",
        "--sink.jdbc.schema", schema,
        "--sink.jdbc.create-tables", "true");
  }

  private long postmaster() throws IOException {
    try (Stream<Path> paths = Files.walk(temporary)) {
      Path file = paths.filter(path -> path.endsWith("postmaster.pid")).findFirst().orElseThrow();
      return Long.parseLong(Files.readAllLines(file).get(0));
    }
  }

  private List<String> left() throws IOException {
    try (Stream<Path> paths = Files.list(temporary)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
