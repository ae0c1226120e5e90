package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL goes away in the middle of a run, and the rows are exact all the same. */
class RecoveryIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  /** Stopped and started by one test after the other. */
  private static EmbeddedPostgresServer server;

  @BeforeAll
  static void launchServer() {
    server = EmbeddedPostgresServer.launch();
  }

  @AfterAll
  static void endServer() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    // Shorter than writers try for: nobody notices. Longer: back to the last checkpoint, so that
    // rows are written again, older ones after newer ones.
    "ANY_AGENT,       60 s,   final, 700 ms",
    "ANY_AGENT,       500 ms, final, 700 ms",
    "ADDRESSED_AGENT, 500 ms, final, 700 ms",
    // Here rows that are not final may be left of what was told before the outage.
    "ANY_AGENT,       500 ms, live,  700 ms",
    "ADDRESSED_AGENT, 500 ms, live,  700 ms",
    // And here there is no checkpoint to go back to.
    "ANY_AGENT,       500 ms, live,  1 h",
  })
  void anOutageOfPostgres(
      ResponseMode mode, String retryTimeout, String results, String checkpointInterval)
      throws Exception {
    // It is away if the test before has failed.
    server.start();
    try (TestDatabase set = TestDatabase.on(server, mode)) {
      long messages = 120_000;
      Configuration options =
          set.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(messages),
              "--source.datagen.rate", "15000",
              "--source.datagen.event-rate", "1000",
              "--source.datagen.customers", "500",
              "--source.datagen.agents", "5",
              "--source.datagen.disorder", "20 s",
              "--source.datagen.duplicates", "0.02",
              "--source.datagen.closes", "0.05",
              "--event-time.max-out-of-orderness", "20 s",
              "--results", results,
              "--results.live-interval", "200 ms",
              "--sink.jdbc.flush-interval", "100 ms",
              "--sink.jdbc.retry-timeout", retryTimeout);
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "STREAMING");
      flink.setString("execution.checkpointing.interval", checkpointInterval);
      flink.setString("restart-strategy.type", "fixed-delay");
      flink.setString("restart-strategy.fixed-delay.attempts", "100");
      flink.setString("restart-strategy.fixed-delay.delay", "500 ms");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      JobClient job = env.executeAsync();
      Await.until("answers", SOON, () -> count(job, Count.ANSWERED) > 5_000);

      for (int outage = 0; outage < 2; outage++) {
        server.stop();
        long answered = count(job, Count.ANSWERED);
        Await.until("the job to feel it", SOON, () -> feels(job));
        server.start();
        Await.until(
            "answers after outage " + outage,
            SOON,
            () ->
                job.getJobStatus().get().isTerminalState()
                    || count(job, Count.ANSWERED) > answered);
      }

      Conservation conservation =
          Conservation.of(job.getJobExecutionResult().get().getAllAccumulatorResults());
      Workload workload = Workload.from(options);
      long closes = LongStream.range(0, messages).filter(i -> workload.message(i).closes()).count();
      assertThat(conservation)
          .isEqualTo(new Conservation(messages, messages, 0, 0, 0, 0, closes, 0, 0, 0));
      try (TestDatabase database = set.reconnected()) {
        database.store(LongStream.range(0, messages).mapToObj(workload::message));
        assertThat(database.differences()).isEmpty();
        assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
        assertThat(database.count("select count(*) from tbl_late")).isZero();
        assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      }
    }
  }

  /** A batch has no watermark to recover from: what was written before is written again. */
  @ParameterizedTest
  @CsvSource({"final", "live"})
  void aBatchThatIsTriedAgain(String results) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      long messages = 20_000;
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(messages),
              "--source.datagen.customers", "500",
              "--source.datagen.closes", "0.05",
              "--results", results,
              "--sink.jdbc.batch-rows", "500");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "BATCH");
      flink.setString("restart-strategy.type", "fixed-delay");
      flink.setString("restart-strategy.fixed-delay.attempts", "1");
      flink.setString("restart-strategy.fixed-delay.delay", "0 s");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      database.execute(
          "create sequence statements",
          "create function fail() returns trigger language plpgsql as $$ begin"
              + " if nextval('statements') = 7 then raise 'the seventh fails' using errcode = 'XX000'; end if;"
              + " return null; end $$",
          "create trigger failing before insert on tbl_result execute function fail()");
      env.execute();
      assertThat(database.count("select last_value from statements")).isGreaterThan(7);
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      assertThat(database.strings("select complete_through from data_complete_through"))
          .containsExactly("infinity");
      // Flink tells which attempt writes, and of what.
      assertThat(
              database.strings(
                  "select distinct length(execution) from tbl_writer where owner is not null"))
          .containsExactly("32");
      assertThat(
              database.count(
                  "select count(distinct execution) from tbl_writer where owner is not null"))
          .isOne();
      assertThat(database.count("select max(attempt) from tbl_writer")).isOne();
    }
  }

  /** Whether the job restarts, or stands still, held back by its writers. */
  private static boolean feels(JobClient job) throws Exception {
    if (job.getJobStatus().get() != JobStatus.RUNNING) {
      return true;
    }
    long used = count(job, Count.USED);
    LockSupport.parkNanos(Duration.ofMillis(900).toNanos());
    return count(job, Count.USED) == used;
  }

  private static long count(JobClient job, Count count) throws Exception {
    return Conservation.value(job.getAccumulators().get(), count);
  }
}
