package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.JobRun.Leaves;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.types.UnfitStateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may write tables that another run has written, or that another job writes now. */
class OwnershipIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long MESSAGES = 5_000;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(6);

  @TempDir Path folder;

  /**
   * The question of the first night is answered in the second, in which the customer asks again.
   */
  @ParameterizedTest
  @CsvSource({"final, BATCH", "live, BATCH", "final, STREAMING", "live, STREAMING"})
  void aFileANightIsRefused(String results, String runtimeMode) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Path day1 = file("day1.jsonl", message(1, "2026-03-01T23:59:00Z", false));
      Path day2 =
          file(
              "day2.jsonl",
              message(1, "2026-03-02T00:01:00Z", true),
              message(1, "2026-03-02T08:00:00Z", false));
      run(files(database, day1, "--results", results), runtimeMode);
      List<String> before = rows(database);
      assertThat(before).hasSize(1);

      assertRefused(
          files(database, day2, "--results", results),
          "sink.jdbc.schema: the tables in schema public of ",
          "have rows of another run (the job submitted at 20",
          "complete through infinity",
          "flink run -s PATH, run-local --state DIR",
          "sink.start-over true",
          "sink.take-over true");
      assertThat(rows(database)).isEqualTo(before);

      // Begun anew, over both files.
      run(files(database, folder, "--results", results, "--sink.take-over", "true"), runtimeMode);
      assertThat(rows(database))
          .containsExactly(
              "1 2026-03-01 23:59:00 9 2026-03-02 00:01:00 t", "1 2026-03-02 08:00:00 -1 null t");
      run(files(database, day2, "--results", results, "--sink.start-over", "true"), runtimeMode);
      assertThat(rows(database)).containsExactly("1 2026-03-02 08:00:00 -1 null t");
    }
  }

  /** Whatever is in the tables of another run: an option that is corrected at once is no reason. */
  @Test
  void aSubmissionThatFailedLocksNobodyOut() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Path file = file("day.jsonl", message(1, "2026-03-01T23:59:00Z", false));
      for (int submission = 0; submission < 3; submission++) {
        define(files(database, file), new Configuration());
      }
      run(files(database, file), "BATCH");
      assertThat(rows(database)).hasSize(1);
    }
  }

  @Test
  void aLiveRunThatIsKilledAndStartedAgainIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Path watched = Files.createDirectory(folder.resolve("watched"));
      Path file = Files.createFile(watched.resolve("1.jsonl"));
      Files.write(file, List.of(message(1, "2026-03-01T00:00:10Z", false)));
      String[] args = {
        "--results",
        "live",
        "--results.live-interval",
        "100 ms",
        "--source.files.watch-interval",
        "100 ms"
      };
      JobClient job = start(files(database, watched, args), "STREAMING");
      Await.until("the row", SOON, () -> !rows(database).isEmpty());
      // As a kill does, it leaves the rows as they are; they are not final.
      job.cancel().get();
      assertThat(rows(database)).containsExactly("1 2026-03-01 00:00:10 -1 null f");
      Files.write(
          file,
          List.of(
              message(1, "2026-03-01T00:00:05Z", false),
              message(1, "2026-03-01T00:00:10Z", false),
              message(1, "2026-03-01T00:00:20Z", true)));
      assertRefused(files(database, watched, args), "a job writes the tables", "heard of");
      assertRefused(
          files(database, watched, "--sink.start-over", "true"), "a job writes the tables");
      database.execute("update tbl_writer set alive_at = alive_at - interval '61 s'");
      assertRefused(files(database, watched, args), "have rows of another run");

      String[] takingOver = Arrays.copyOf(args, args.length + 2);
      takingOver[args.length] = "--sink.take-over";
      takingOver[args.length + 1] = "true";
      JobClient again = start(files(database, watched, takingOver), "STREAMING");
      Await.until(
          "the right rows",
          SOON,
          () -> rows(database).equals(List.of("1 2026-03-01 00:00:05 9 2026-03-01 00:00:20 f")));
      again.cancel().get();
    }
  }

  /** A developer's try with two lines of JSON and the options of production. */
  @Test
  void aTryAgainstTheTablesOfARunningJobIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = traffic(database, 1, "--source.datagen.rate", "500");
      JobClient production = start(options, "STREAMING");
      Await.until("rows", SOON, () -> !rows(database).isEmpty());
      Path two =
          file(
              "try.jsonl",
              message(-5, "2026-03-01T23:59:00Z", false),
              message(-6, "2026-03-01T23:59:00Z", false));
      assertRefused(
          files(database, two),
          "a job writes the tables in schema public",
          "job " + production.getJobID(),
          "on host ",
          "With sink.take-over true");
      assertRefused(files(database, two, "--sink.start-over", "true"), "a job writes the tables");
      production.getJobExecutionResult().get();
      assertExact(database, options);
    }
  }

  /** It has claimed its place, and says so though it has nothing to write. */
  @Test
  void aJobThatHasNothingToDoIsSeen() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Path watched = Files.createDirectory(folder.resolve("watched"));
      Configuration options = files(database, watched, "--source.files.watch-interval", "100 ms");
      JobClient job = start(options, "STREAMING");
      Await.until(
          "its place",
          SOON,
          () -> database.count("select count(*) from tbl_writer where owner is not null") > 0);
      assertRefused(options, "a job writes the tables in schema public");
      assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      job.cancel().get();
    }
  }

  /** Rows of another input, of which some are as this one has them. */
  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, BATCH",
    "ADDRESSED_AGENT, final, BATCH",
    "ANY_AGENT,       live,  BATCH",
    "ANY_AGENT,       final, STREAMING",
    "ADDRESSED_AGENT, final, STREAMING",
    "ANY_AGENT,       live,  STREAMING",
    "ADDRESSED_AGENT, live,  STREAMING",
  })
  void takingOverReplacesTheRowsThatAreThere(ResponseMode mode, String results, String runtimeMode)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      run(traffic(database, 1, "--results", results), runtimeMode);
      assertThat(rows(database)).isNotEmpty();
      database.execute("insert into tbl_late values (1, 1, now(), true, false, now())");

      Configuration options =
          traffic(database, 2, "--results", results, "--sink.take-over", "true");
      run(options, runtimeMode);
      assertExact(database, options);
      assertThat(database.count("select count(*) from tbl_late")).isZero();
    }
  }

  /** Who takes over keeps the rows for readers until it has computed them again. */
  @Test
  void takingOverFromARunningJobEndsIt() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      JobClient before = start(traffic(database, 1, "--source.datagen.rate", "500"), "STREAMING");
      Await.until("rows", SOON, () -> !rows(database).isEmpty());
      Configuration options = traffic(database, 2, "--sink.take-over", "true");
      run(options, "STREAMING");
      assertThatThrownBy(() -> before.getJobExecutionResult().get())
          .hasStackTraceContaining("A job that was submitted later");
      assertExact(database, options);
    }
  }

  @Test
  void startingOverEmptiesTheTablesOfARunningJobThatItEnds() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      JobClient before = start(traffic(database, 1, "--source.datagen.rate", "500"), "STREAMING");
      Await.until("rows", SOON, () -> !rows(database).isEmpty());
      Configuration options =
          traffic(database, 2, "--sink.take-over", "true", "--sink.start-over", "true");
      define(options, new Configuration());
      assertThat(rows(database)).isEmpty();
      assertThatThrownBy(() -> before.getJobExecutionResult().get())
          .hasStackTraceContaining("A job that was submitted later");
      assertThat(rows(database)).isEmpty();
      run(options, "STREAMING");
      assertExact(database, options);
    }
  }

  /** It goes on unasked, also when the tables have moved on since, and without being asked. */
  @ParameterizedTest
  @CsvSource({"CANONICAL_SAVEPOINT, STREAMING", "CHECKPOINT, AUTOMATIC"})
  void aJobThatGoesOnFromItsStateNeedNotAsk(Leaves what, String runtimeMode) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration flink = JobRun.settings("hashmap", folder);
      Configuration slow = traffic(database, 1, "--source.datagen.rate", "300");
      JobRun first = JobRun.start(flink, 2, slow, Optional.empty(), folder);
      first.awaitUsed(500);
      String state = first.end(what);
      assertRefused(slow, "a job writes the tables");

      // Bounded input, and the mode left to Flink: a batch would not know of the state.
      flink.setString("execution.runtime-mode", runtimeMode);
      Configuration options = traffic(database, 1);
      Conservation all = JobRun.start(flink, 1, options, Optional.of(state), folder).finish();
      assertThat(all.used()).isEqualTo(all.read()).isEqualTo(MESSAGES);
      assertExact(database, options);

      assertThatThrownBy(
              () ->
                  JobRun.start(
                      flink,
                      1,
                      traffic(database, 1, "--sink.start-over", "true"),
                      Optional.of(state),
                      folder))
          .isInstanceOf(BadOptionException.class)
          .hasMessageContaining("cannot be meant together with a savepoint");
      flink.setString("execution.runtime-mode", "BATCH");
      assertThatThrownBy(() -> JobRun.start(flink, 1, options, Optional.of(state), folder))
          .isInstanceOf(BadOptionException.class)
          .hasMessageContaining("not BATCH with a savepoint");
    }
  }

  /** And whoever writes those tables goes on. */
  @Test
  void stateOfOtherTablesIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestDatabase other = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first =
          JobRun.start(
              flink,
              1,
              traffic(other, 2, "--source.datagen.rate", "300"),
              Optional.empty(),
              folder);
      first.awaitUsed(200);
      String state = first.end(Leaves.CANONICAL_SAVEPOINT);

      Configuration options = traffic(database, 1, "--source.datagen.rate", "500");
      JobClient writing = start(options, "STREAMING");
      Await.until("rows", SOON, () -> !rows(database).isEmpty());
      JobRun restored = JobRun.start(flink, 1, options, Optional.of(state), folder);
      assertThatThrownBy(restored::finish)
          .hasStackTraceContaining(UnfitStateException.class.getName())
          .hasStackTraceContaining("This checkpoint is of a job that wrote other tables");
      writing.getJobExecutionResult().get();
      assertExact(database, options);
    }
  }

  /** Begun anew, the tables are others. */
  @ParameterizedTest
  @CsvSource({"--sink.start-over", "--sink.take-over"})
  void stateFromBeforeTheTablesWereBegunAnewIsRefused(String option) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration flink = JobRun.settings("hashmap", folder);
      JobRun first =
          JobRun.start(
              flink,
              1,
              traffic(database, 1, "--source.datagen.rate", "300"),
              Optional.empty(),
              folder);
      first.awaitUsed(200);
      String state = first.end(Leaves.CANONICAL_SAVEPOINT);
      database.execute("update tbl_writer set alive_at = null");
      run(traffic(database, 2, option, "true"), "BATCH");
      List<String> rows = rows(database);

      JobRun restored = JobRun.start(flink, 1, traffic(database, 1), Optional.of(state), folder);
      assertThatThrownBy(restored::finish)
          .hasStackTraceContaining("This checkpoint is of a job that wrote other tables");
      assertThat(rows(database)).isEqualTo(rows);
    }
  }

  /** In application mode, main runs again when another JobManager takes over. */
  @Test
  void theSameJobThatIsRecoveredNeedNotAsk() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration slow = traffic(database, 1, "--source.datagen.rate", "500");
      JobClient lost = start(slow, "STREAMING");
      Await.until("rows", SOON, () -> !rows(database).isEmpty());
      Configuration flink = new Configuration();
      flink.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, lost.getJobID().toHexString());
      assertThatThrownBy(() -> define(slow, flink)).isInstanceOf(BadOptionException.class);
      flink.set(HighAvailabilityOptions.HA_MODE, "kubernetes");
      define(slow, flink);
      flink.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, "00000000000000000000000000000001");
      assertThatThrownBy(() -> define(slow, flink)).isInstanceOf(BadOptionException.class);
      lost.cancel().get();
    }
  }

  @Test
  void ofTwoThatAreSubmittedAtOnceOneWrites() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options1 = traffic(database, 1);
      Configuration options2 = traffic(database, 2);
      StreamExecutionEnvironment first = define(options1, streaming());
      StreamExecutionEnvironment second = define(options2, streaming());
      JobClient later = second.executeAsync();
      JobClient earlier = first.executeAsync();
      assertThatThrownBy(() -> earlier.getJobExecutionResult().get())
          .hasStackTraceContaining("A job that was submitted later");
      later.getJobExecutionResult().get();
      assertExact(database, options2);
    }
  }

  /** A writer that has no rows is tried again, and the end of the input is all that it hears. */
  @ParameterizedTest
  @CsvSource({"50, true, 1", "25, false, 3"})
  void aBatchWhoseWriterIsTriedAgainIsComplete(int messages, boolean automated, int parallelism)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Path file =
          file(
              "messages.jsonl",
              IntStream.range(0, messages)
                  .mapToObj(
                      i ->
                          "{\"a\":9,\"b\":1,\"ts\":%d,\"direct\":%b,\"automated\":%b}"
                              .formatted(1_770_000_000_000L + i * 1_000L, i % 2 == 1, automated))
                  .toArray(String[]::new));
      StreamExecutionEnvironment env =
          define(
              files(database, file),
              new Configuration()
                  .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                  .set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH),
              parallelism);
      database.execute(
          "create sequence claims",
          "create function fail() returns trigger language plpgsql as $$ begin"
              + " if nextval('claims') = 1 then raise 'the first fails' using errcode = 'XX000'; end if;"
              + " return null; end $$",
          "create trigger failing before insert on tbl_writer"
              + " for each statement execute function fail()");
      env.execute();
      assertThat(database.count("select max(attempt) from tbl_writer")).isOne();
      assertThat(database.strings("select complete_through from data_complete_through"))
          .containsExactly("infinity");
      assertThat(rows(database)).hasSize(automated ? 0 : (messages + 1) / 2);
    }
  }

  private void assertRefused(Configuration options, String... parts) {
    assertThatThrownBy(() -> define(options, streaming()))
        .isInstanceOf(BadOptionException.class)
        .message()
        .contains(parts)
        .hasLineCount(1);
  }

  private static void assertExact(TestDatabase database, Configuration options) throws Exception {
    Workload workload = Workload.from(options);
    database.execute("truncate tbl");
    database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
    assertThat(database.differences()).isEmpty();
    assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
    assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    assertThat(database.strings("select complete_through from data_complete_through"))
        .containsExactly("infinity");
  }

  private static Configuration traffic(TestDatabase database, int seed, String... more) {
    return database.options(
        Stream.concat(
                Stream.of(
                    "--source.type", "datagen",
                    "--source.datagen.count", Long.toString(MESSAGES),
                    "--source.datagen.seed", Integer.toString(seed),
                    "--source.datagen.customers", "100",
                    "--source.datagen.agents", "5",
                    "--source.datagen.event-rate", "200",
                    "--source.datagen.closes", "0.1",
                    "--source.datagen.disorder", "2 s",
                    "--event-time.max-out-of-orderness", "2 s",
                    "--sink.jdbc.flush-interval", "100 ms"),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private static Configuration files(TestDatabase database, Path path, String... more) {
    return database.options(
        Stream.concat(
                Stream.of("--source.type", "files", "--source.files.path", path.toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private Path file(String name, String... lines) throws Exception {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private static String message(int customer, String time, boolean direct) {
    return "{\"a\":9,\"b\":%d,\"ts\":\"%s\",\"direct\":%b}".formatted(customer, time, direct);
  }

  private static List<String> rows(TestDatabase database) throws Exception {
    String agent =
        database.count(
                    "select count(*) from pg_attribute where attrelid = 'tbl_result'::regclass"
                        + " and attname = 'rsp_a'")
                == 1
            ? "rsp_a"
            : "a";
    return database.strings(
        "select b, (b_ts at time zone 'UTC')::text, %s, (a_ts at time zone 'UTC')::text, final"
                .formatted(agent)
            + " from tbl_result order by 1, 2");
  }

  private static Configuration streaming() {
    return new Configuration().set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
  }

  private static void run(Configuration options, String runtimeMode) throws Exception {
    start(options, runtimeMode).getJobExecutionResult().get();
  }

  private static JobClient start(Configuration options, String runtimeMode) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtimeMode);
    flink.setString("execution.checkpointing.interval", "200 ms");
    return define(options, flink).executeAsync();
  }

  private static StreamExecutionEnvironment define(Configuration options, Configuration flink) {
    return define(options, flink, 2);
  }

  private static StreamExecutionEnvironment define(
      Configuration options, Configuration flink, int parallelism) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(parallelism);
    FirstResponseJob.define(env, options);
    return env;
  }
}
