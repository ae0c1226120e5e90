package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a later release adds to the tables, while this release writes them. */
class SchemaChangeIT {

  private static final long MESSAGES = 15_000;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  /** Some messages are late, or correct published sessions. */
  @ParameterizedTest
  @CsvSource({"ANY_AGENT, live, 20 s", "ADDRESSED_AGENT, final, 10 s"})
  void aJobGoesOnOverWhatIsAdded(ResponseMode mode, String results, String bound) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(MESSAGES),
              "--source.datagen.customers", "300",
              "--source.datagen.agents", "5",
              "--source.datagen.rate", "3000",
              "--source.datagen.event-rate", "200",
              "--source.datagen.disorder", "20 s",
              "--source.datagen.closes", "0.1",
              "--event-time.max-out-of-orderness", bound,
              "--results", results,
              "--results.live-interval", "50 ms");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "STREAMING");
      flink.setString("execution.checkpointing.interval", "300 ms");
      flink.setString("restart-strategy.type", "none");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      JobClient job = env.executeAsync();
      Await.until(
          "the first rows",
          Duration.ofSeconds(60),
          () -> database.count("select count(*) from tbl_result") > 100);

      for (String table : new String[] {"tbl_result", "tbl_late", "tbl_correction"}) {
        database.execute(
            "alter table %1$s add column channel text, add column priority int not null default 3"
                .formatted(table),
            "create index on %1$s (priority, channel)".formatted(table),
            "create view %1$s_of_channel as select * from %1$s".formatted(table));
      }
      database.execute("insert into first_response_schema values ('channels', 1)");
      long before = database.count("select count(*) from tbl_result");
      new TableCheck(new ResultDatabase(options), options).run();

      Conservation counts =
          Conservation.of(job.getJobExecutionResult().get().getAllAccumulatorResults());
      assertThat(counts.holds()).isTrue();
      assertThat(counts.used() + counts.late()).isEqualTo(MESSAGES);
      assertThat(database.count("select count(*) from tbl_late where priority = 3"))
          .isEqualTo(counts.late());
      assertThat(database.count("select count(*) from tbl_result_of_channel where priority = 3"))
          .as("rows, some of them written before and some after")
          .isGreaterThan(before);
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
      if (results.equals("live")) {
        assertThat(database.count("select count(*) from tbl_correction where priority = 3"))
            .isPositive();
      } else {
        assertThat(counts.late()).isPositive();
        database.takeOutLate();
      }
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }
}
