package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.DatagenSource;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.GoldenInput;
import io.firstresponse.job.testing.GoldenSavepoint;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.types.JobTypes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What earlier releases have left goes on with this one; what cannot go on is refused in words. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class GoldenSavepointIT {

  /** The first that a hashmap backend has left, of a job with live results. */
  private static final GoldenSavepoint LIVE =
      new GoldenSavepoint(
          GoldenSavepoint.RELEASES.resolve("0.1.0/hashmap_canonical_addressed-agent_live"));

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  static Stream<GoldenSavepoint> all() throws Exception {
    return GoldenSavepoint.all();
  }

  @Test
  @Order(1)
  void thereIsOneOfEachKind() throws Exception {
    // Given by scripts/golden-savepoints.
    String release = System.getProperty("golden.release");
    if (release != null) {
      GoldenSavepoint.writeAll(release, folder);
    }
    assertThat(all().map(golden -> golden.folder().getFileName().toString()))
        .containsAll(GoldenSavepoint.KINDS);
  }

  @ParameterizedTest
  @MethodSource("all")
  void itCanBeMovedAndTellsNothingOfWhoWroteIt(GoldenSavepoint golden) throws Exception {
    try (Stream<Path> files = Files.list(golden.folder())) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(
                "file:", "/tmp", "/home", "/root", "/target", System.getProperty("user.dir"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void itsJobGoesOn(GoldenSavepoint golden) throws Exception {
    try (TestDatabase database = TestDatabase.create(golden.mode());
        GoldenInput input = golden.input(database)) {
      Configuration options = golden.options(database, input.options());
      new TableCheck(new ResultDatabase(options), options).run();
      golden.restoreRows(database);
      golden.identify(database);
      // Settled sessions are not published again, as a job without its state would do.
      database.execute(
          "create table settled as select * from tbl_result where final and a_ts is not null",
          "delete from tbl_result where final and a_ts is not null");
      assertThat(database.count("select count(*) from settled")).isGreaterThan(20);
      List<Message> messages = golden.messages();
      Workload workload = Workload.from(options);
      assertThat(LongStream.range(0, workload.end()).mapToObj(workload::message))
          .as("the generator makes the messages that it made")
          .isEqualTo(messages);

      JobRun run = goOn(golden, options);
      if (input.beyond() > 0) {
        run.awaitUsed(messages.size());
        run.end(JobRun.Leaves.CANONICAL_SAVEPOINT);
      }
      Conservation conservation = run.finish();

      long used = conservation.used();
      assertThat(used).isBetween((long) messages.size(), (long) messages.size() + input.again());
      assertThat(conservation)
          .isEqualTo(new Conservation(used + input.beyond(), used, 0, 0, 0, input.beyond()));
      assertThat(
              database.strings(
                  "select settled.* from settled join tbl_result using (%s, b_ts)"
                      .formatted(golden.mode() == ResponseMode.ANY_AGENT ? "b" : "b, a")))
          .as("published again")
          .isEmpty();
      database.execute("insert into tbl_result select * from settled");
      database.execute("truncate tbl");
      database.store(messages.stream());
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
    }
  }

  @Test
  void theOtherResponseModeIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      assertThatThrownBy(() -> goOn(LIVE, LIVE.options(database)).finish())
          .hasStackTraceContaining("The failure is not recoverable")
          .hasStackTraceContaining(
              "UnfitStateException: This checkpoint is of a job with response-mode"
                  + " addressed-agent, and this job has any-agent.");
    }
  }

  @Test
  void finalResultsAfterLiveOnesAreRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(LIVE.mode())) {
      Configuration options = LIVE.options(database);
      options.setString("results", "final");
      new TableCheck(new ResultDatabase(options), options).run();
      LIVE.identify(database);
      assertThatThrownBy(() -> goOn(LIVE, options).finish())
          .hasStackTraceContaining("The failure is not recoverable")
          .hasStackTraceContaining(
              "UnfitStateException: This checkpoint is of a job with live results");
    }
  }

  @Test
  void stateOfALaterReleaseIsRefused() throws Exception {
    String written = "io.firstresponse.job.types.HeapShardSerializer$Snapshot\0\0\0";
    int raised = 0;
    try (Stream<Path> files = Files.list(LIVE.folder())) {
      for (Path file : files.toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        String later = bytes.replace(written + "\1", written + "\3");
        raised += later.equals(bytes) ? 0 : 1;
        Files.writeString(folder.resolve(file.getFileName()), later, StandardCharsets.ISO_8859_1);
      }
    }
    assertThat(raised).isPositive();
    try (TestDatabase database = TestDatabase.create(LIVE.mode())) {
      assertThatThrownBy(
              () ->
                  JobRun.start(
                          restarting("hashmap"),
                          1,
                          LIVE.options(database),
                          Optional.of(folder.toUri().toString()),
                          folder)
                      .finish())
          .hasStackTraceContaining("The failure is not recoverable")
          .hasStackTraceContaining(
              "UnfitStateException: This state was written in format 3 of"
                  + " io.firstresponse.job.types.HeapShardSerializer$Snapshot, and this release"
                  + " reads formats 1 to 2. Start it with the release that wrote it, or a later"
                  + " one.");
    }
  }

  @Test
  void anotherMaxParallelismIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(LIVE.mode())) {
      Configuration flink = restarting("hashmap").set(PipelineOptions.MAX_PARALLELISM, 128);
      assertThatThrownBy(
              () ->
                  JobRun.start(flink, 1, LIVE.options(database), Optional.of(LIVE.path()), folder)
                      .finish())
          .hasStackTraceContaining("Max parallelism mismatch")
          .hasStackTraceContaining(
              "with max parallelism 720 to new program with max parallelism 128");
    }
  }

  @Test
  void aJobWithoutOneOfTheStepsIsRefused() throws Exception {
    try (TestDatabase database = TestDatabase.create(LIVE.mode())) {
      Configuration flink =
          restarting("hashmap").set(StateRecoveryOptions.SAVEPOINT_PATH, LIVE.path());
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(1).setMaxParallelism(720);
      env.fromSource(
              DatagenSource.from(LIVE.options(database)),
              WatermarkStrategy.noWatermarks(),
              OperatorId.SOURCE.title(),
              JobTypes.RECEIVED)
          .uid(OperatorId.SOURCE.uid())
          .sinkTo(new DiscardingSink<>())
          .uid(OperatorId.RESULTS.uid());
      assertThatThrownBy(env::execute)
          .hasStackTraceContaining("because the operator is not available in the new program");
    }
  }

  private JobRun goOn(GoldenSavepoint golden, Configuration options) throws Exception {
    return JobRun.start(
        restarting(golden.backend()), 1, options, Optional.of(golden.path()), folder);
  }

  /** So that a job that could be restarted would be, and not end. */
  private Configuration restarting(String backend) {
    Configuration flink = JobRun.settings(backend, folder);
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "1000000");
    return flink;
  }
}
