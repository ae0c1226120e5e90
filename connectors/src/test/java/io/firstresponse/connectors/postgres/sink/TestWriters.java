package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Writers of {@link AnswersTable} without a Flink job, for tests of guards. */
public final class TestWriters {

  private TestWriters() {}

  /** Creates a writer with a guard. */
  public static GuardedWriter<AnswersTable.Answer> guarded(
      PostgresConnections connections, TransactionGuard guard, ProcessingTimeService time)
      throws IOException {
    return PostgresUpsertSink.<AnswersTable.Answer>builder()
        .connections(connections)
        .table(AnswersTable.TABLE)
        .refused(AnswersTable.REFUSED)
        .maxRows(1000)
        .maxDelay(Duration.ofMillis(100))
        .retryTimeout(Duration.ofSeconds(30))
        .build()
        .writer(
            time,
            UnregisteredMetricsGroup.createSinkWriterMetricGroup(),
            Optional.of(guard),
            (connection, rows, changed) -> {});
  }
}
