package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.ownership.SupersededException;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.testing.TestDatabase;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that may take the same tables from each other: the one that was submitted last writes. */
class SecondJobIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long MESSAGES = 20_000;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @ParameterizedTest
  @CsvSource({"final", "live"})
  void theOneThatWasSubmittedLastWrites(String results) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(MESSAGES),
              "--source.datagen.customers", "300",
              "--source.datagen.rate", "1500",
              "--source.datagen.event-rate", "500",
              "--source.datagen.disorder", "5 s",
              "--event-time.max-out-of-orderness", "5 s",
              "--results", results,
              "--sink.take-over", "true",
              "--sink.jdbc.flush-interval", "100 ms");
      StreamExecutionEnvironment forgotten = job(options, 1);
      JobClient first = job(options, 2).executeAsync();
      Await.until("the first one to write", SOON, () -> rows(database) > 0);

      JobClient older = forgotten.executeAsync();
      ends(older);
      assertThat(first.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);

      long before = rows(database);
      Await.until("the first one to write on", SOON, () -> rows(database) > before);
      JobClient second = job(options, 1).executeAsync();
      ends(first);
      second.getJobExecutionResult().get();
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      assertThat(database.strings("select complete_through from data_complete_through"))
          .containsExactly("infinity");
    }
  }

  /** It fails by one clear line, and does not start again. */
  private static void ends(JobClient job) {
    assertThatThrownBy(() -> job.getJobExecutionResult().get())
        .hasStackTraceContaining(SupersededException.class.getName())
        .hasStackTraceContaining("A job that was submitted later")
        .hasStackTraceContaining("The failure is not recoverable");
  }

  private static StreamExecutionEnvironment job(Configuration options, int parallelism) {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", "STREAMING");
    flink.setString("execution.checkpointing.interval", "300 ms");
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "100");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(parallelism);
    FirstResponseJob.define(env, options);
    return env;
  }

  private static long rows(TestDatabase database) throws Exception {
    return database.count("select count(*) from tbl_result");
  }
}
