package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that come into a folder, by the rows that the job makes of them. */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class WatchedFolderIT {

  /** How many small files come one after the other. */
  private static final int FILES = Integer.getInteger("watched.files", 8);

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final Duration BETWEEN_FILES = Duration.ofHours(1);
  private static final Instant BEGINNING = Instant.parse("2026-03-02T00:00:00Z");

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir private Path folder;
  @TempDir private Path scratch;

  private TestDatabase database;
  private final List<Message> given = new ArrayList<>();

  @BeforeEach
  void createDatabase() {
    database = TestDatabase.create(ResponseMode.ANY_AGENT);
  }

  @AfterEach
  void closeDatabase() throws Exception {
    database.close();
  }

  @ParameterizedTest
  @CsvSource({"1,final", "2,final", "1,live", "2,live"})
  void allButTheLastSmallFileAreFinal(int parallelism, String results) throws Exception {
    JobRun run = start(parallelism, "--results", results);
    for (int file = 0; file < FILES; file++) {
      moveIn(small(file));
      awaitFinal(file);
      awaitCompleteThrough(file);
    }
    run.end(JobRun.Leaves.NATIVE_SAVEPOINT);
    assertFinalRowsOfAllBut(FILES - 1);
  }

  @Test
  void aReaderThatNeverGetsAFileHoldsNobodyBack() throws Exception {
    moveIn(small(0));
    JobRun run = start(2, "--event-time.idle-timeout", "0 s");
    awaitCompleteThrough(0);
    run.end(JobRun.Leaves.NATIVE_SAVEPOINT);
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void filesThatComeAllAtOnceAreInTime(int parallelism) throws Exception {
    for (int file = 0; file < 30; file++) {
      moveIn(small(file));
    }
    JobRun run = start(parallelism);
    awaitFinal(29);
    awaitCompleteThrough(29);
    run.end(JobRun.Leaves.NATIVE_SAVEPOINT);
    assertFinalRowsOfAllBut(29);
  }

  @Test
  void allButTheLastLargeFileAreFinal() throws Exception {
    for (int file = 0; file < 4; file++) {
      moveIn(file(file, 20_000, Duration.ofMinutes(59)));
    }
    JobRun run = start(2);
    Await.until("the sessions of three files", SOON, () -> finalRows() >= 30_000);
    awaitCompleteThrough(3);
    run.end(JobRun.Leaves.NATIVE_SAVEPOINT);
    assertThat(database.count("select count(*) from tbl_late")).isZero();
    database.execute("delete from tbl_result where b_ts >= '" + begin(3) + "'");
    database.store(given.stream().filter(message -> message.millis() < begin(3).toEpochMilli()));
    assertThat(database.differences()).isEmpty();
  }

  @Test
  void restoredInputWithAnEndReadsWhatWasAddedAndEndsFinal() throws Exception {
    moveIn(small(0));
    JobRun run = start(2);
    awaitCompleteThrough(0);
    String savepoint = run.end(JobRun.Leaves.CANONICAL_SAVEPOINT);
    moveIn(small(1));
    JobRun restored =
        JobRun.start(
            JobRun.settings("hashmap", scratch),
            2,
            database.options("--source.type", "files", "--source.files.path", folder.toString()),
            Optional.of(savepoint),
            scratch);
    assertThat(restored.finish().read()).isEqualTo(200);
    assertThat(finalRows()).isEqualTo(100);
    database.store(given.stream());
    assertThat(database.differences()).isEmpty();
  }

  /** Of 50 customers, each of whom asks and is answered. */
  private List<Message> small(int number) {
    return file(number, 100, Duration.ofSeconds(50));
  }

  private List<Message> file(int number, int count, Duration length) {
    List<Message> messages = new ArrayList<>();
    long micros = begin(number).toEpochMilli() * 1000;
    long step = length.toNanos() / 1000 / count;
    for (int i = 0; i < count; i++) {
      messages.add(new Message(7, i / 2, micros + i * step, i % 2 == 1));
    }
    return messages;
  }

  private static Instant begin(int file) {
    return BEGINNING.plus(BETWEEN_FILES.multipliedBy(file));
  }

  private JobRun start(int parallelism, String... more) throws Exception {
    return JobRun.start(
        JobRun.settings("hashmap", scratch), parallelism, options(more), Optional.empty(), scratch);
  }

  private Configuration options(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--source.type", "files",
                "--source.files.path", folder.toString(),
                "--source.files.watch-interval", "20 ms"));
    args.addAll(List.of(more));
    return database.options(args.toArray(String[]::new));
  }

  private void moveIn(List<Message> messages) throws Exception {
    given.addAll(messages);
    Path elsewhere =
        Files.writeString(
            scratch.resolve("next"),
            messages.stream().map(MessageJson::of).collect(Collectors.joining("\n", "", "\n")));
    Files.move(elsewhere, folder.resolve(messages.get(0).millis() + ".jsonl"));
  }

  private void awaitFinal(int files) throws Exception {
    Await.until("the sessions of " + files + " files", SOON, () -> finalRows() == 50L * files);
  }

  private long finalRows() throws Exception {
    return database.count(
                "select count(*) from information_schema.tables where table_name = 'tbl_result'")
            == 0
        ? 0
        : database.count("select count(*) from tbl_result where final");
  }

  /** Waits until the tables are complete up to the bound before the end of a file. */
  private void awaitCompleteThrough(int file) throws Exception {
    Message last = given.get(given.size() - 1);
    Instant end = Instant.ofEpochMilli(last.millis()).minus(BOUND).minusMillis(1);
    Await.until(
        "complete through file " + file,
        SOON,
        () ->
            database.count(
                    "select count(*) from data_complete_through where complete_through >= '"
                        + end.minusMillis(1)
                        + "'")
                == 1);
  }

  private void assertFinalRowsOfAllBut(int last) throws Exception {
    assertThat(database.count("select count(*) from tbl_late")).isZero();
    database.execute("delete from tbl_result where not final");
    database.store(given.stream().filter(message -> message.millis() < begin(last).toEpochMilli()));
    assertThat(database.differences()).isEmpty();
  }
}
