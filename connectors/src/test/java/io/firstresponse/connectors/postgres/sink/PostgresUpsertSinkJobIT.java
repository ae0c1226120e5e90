package io.firstresponse.connectors.postgres.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.AnswersTable.Answer;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.Driver;

/** The sink in a Flink job whose database goes away and comes back. */
@Timeout(120)
class PostgresUpsertSinkJobIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int ROWS = 20_000;

  @RegisterExtension
  private static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @Test
  void aJobGoesOnAfterAnOutage(@InjectMiniCluster MiniCluster cluster) throws Exception {
    try (EmbeddedPostgresServer server = EmbeddedPostgresServer.launch()) {
      AnswersTable table = AnswersTable.createdOn(server);
      JobClient job = submit(table);
      Await.until("rows", SOON, () -> table.rows().size() > ROWS / 20);

      server.stop();
      // The retries are used up: the task fails and the job is started again, and fails again.
      Await.until("restarts", SOON, () -> attempts(cluster, job.getJobID()) >= 2);
      server.start();

      job.getJobExecutionResult().get();
      assertThat(table.rows().keySet())
          .extracting(AnswersTable.AnswerKey::b)
          .containsExactlyElementsOf(LongStream.range(0, ROWS).boxed().toList());
      assertThat(table.refused()).isEmpty();
      // There was one, and nothing replaces one that dies.
      assertThat(cluster.requestClusterOverview().get().getNumTaskManagersConnected()).isOne();
    }
  }

  @Test
  void acceptsTheOptionsOfTheJdbcConnector() throws Exception {
    EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
    AnswersTable table = AnswersTable.createdOn(server);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    GeneratorFunction<Long, Answer> rows = b -> Answer.answered(b, b, 1, b + 1);
    env.fromSource(
            new DataGeneratorSource<>(rows, 100, TypeInformation.of(new TypeHint<Answer>() {})),
            WatermarkStrategy.noWatermarks(),
            "rows")
        .sinkTo(
            PostgresUpsertSink.<Answer>builder()
                .connections(
                    new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                        .withUrl(server.url(table.database()))
                        .withDriverName(Driver.class.getName())
                        .withUsername(EmbeddedPostgresServer.USER)
                        .build())
                .execution(
                    JdbcExecutionOptions.builder()
                        .withBatchSize(10)
                        .withBatchIntervalMs(50)
                        .withMaxRetries(1)
                        .build())
                .table(AnswersTable.TABLE)
                .build());
    env.execute();
    assertThat(table.rows()).hasSize(100);
  }

  private static JobClient submit(AnswersTable table) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(2);
    GeneratorFunction<Long, Answer> rows = b -> Answer.answered(b, b, 1, b + 1);
    env.fromSource(
            new DataGeneratorSource<>(
                rows,
                ROWS,
                RateLimiterStrategy.perSecond(ROWS / 5.0),
                TypeInformation.of(new TypeHint<Answer>() {})),
            WatermarkStrategy.noWatermarks(),
            "rows")
        .sinkTo(
            PostgresUpsertSink.<Answer>builder()
                .connections(
                    PostgresConnections.to(
                            table.server().url(table.database()), EmbeddedPostgresServer.USER)
                        .connectTimeout(Duration.ofSeconds(1))
                        .socketTimeout(Duration.ofSeconds(2))
                        .build())
                .table(AnswersTable.TABLE)
                .refused(AnswersTable.REFUSED)
                .maxRows(100)
                .maxDelay(Duration.ofMillis(200))
                .retryTimeout(Duration.ofMillis(250))
                .build());
    return env.executeAsync();
  }

  private static int attempts(MiniCluster cluster, JobID job) throws Exception {
    return StreamSupport.stream(
            cluster.getExecutionGraph(job).get().getAllExecutionVertices().spliterator(), false)
        .mapToInt(vertex -> vertex.getCurrentExecutionAttempt().getAttemptNumber())
        .max()
        .orElse(0);
  }
}
