package io.firstresponse.job.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.Connection;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks of a load, each with a connection of its own. */
@Timeout(60)
class BulkLoadTasksIT {

  private static final int TASKS = 3;
  private static final OffsetDateTime SUBMITTED = OffsetDateTime.parse("2026-01-01T00:00:00Z");

  /** One that is done does not wait for one that begins, which waits for it. */
  @Test
  void tasksBeginAndEndAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(TASKS);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      BulkLoad load = new BulkLoad(options.get(SinkOptions.SCHEMA));
      List<Connection> connections = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        Connection connection =
            new ResultDatabase(options).connections().getOrEstablishConnection();
        connection.setAutoCommit(false);
        connections.add(connection);
      }
      for (int number = 0; number < 60; number++) {
        Attempt attempt = new Attempt(new Submission(SUBMITTED, "", ""), 0, "", number);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Connection connection : connections) {
          tasks.add(
              () -> {
                boolean entered = load.enter(connection, attempt);
                connection.commit();
                boolean left = load.leave(connection, attempt, 1, TASKS);
                connection.commit();
                return entered && left;
              });
        }
        for (Future<Boolean> task : threads.invokeAll(tasks)) {
          assertThat(task.get()).isTrue();
        }
        assertThat(database.count("select count(*) from tbl_load")).isZero();
        assertThat(
                database.count(
                    "select count(*) from pg_index where indrelid = 'tbl_result'::regclass"))
            .isEqualTo(2);
      }
      for (Connection connection : connections) {
        connection.close();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
