package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.ownership.BulkLoad;
import io.firstresponse.job.ownership.Fence;
import io.firstresponse.job.ownership.TaskTakeover;
import io.firstresponse.job.spill.HeapShare;
import io.firstresponse.job.spill.SortedSessions;
import io.firstresponse.job.tables.ResultRow.Write;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.api.common.eventtime.Watermark;

/**
 * Keeps the sessions of a batch until the end, and writes them in the order of their opening, with
 * which the key of the table begins. PostgreSQL takes rows twice as fast in that order as customer
 * by customer. An empty table is filled without its keys, see {@link BulkLoad}.
 */
final class InTimeOrder implements GuardedWriter<ResultRow> {

  private final GuardedWriter<ResultRow> rows;
  private final PostgresConnections connections;
  private final Fence fence;
  private final TaskTakeover task;
  private final BulkLoad load;
  private final HeapShare share = HeapShare.ofSessions();
  private final SortedSessions sessions;
  private boolean claimed;
  private boolean loads;

  /**
   * @param rows where rows go
   * @param connections to the table
   * @param labels whether sessions may have labels
   */
  InTimeOrder(
      GuardedWriter<ResultRow> rows,
      PostgresConnections connections,
      Fence fence,
      TaskTakeover task,
      boolean labels) {
    this.rows = rows;
    this.connections = connections;
    this.fence = fence;
    this.task = task;
    this.load = new BulkLoad(task.schema());
    this.sessions = new SortedSessions(share, labels);
  }

  @Override
  public void claim() throws IOException, InterruptedException {
    if (claimed) {
      return;
    }
    rows.claim();
    claimed = true;
    loads = task.start().bulk();
    if (loads && !inTransaction(connection -> load.enter(connection, task.attempt()))) {
      throw replaced();
    }
  }

  @Override
  public void write(ResultRow row, Context context) throws IOException, InterruptedException {
    claim();
    if (row.write() == Write.INSERT) {
      sessions.add(row.session());
    } else {
      // It corrects a row of another run.
      rows.write(row, context);
    }
  }

  /** A batch has one watermark, at the end. It is forwarded when the table has its keys. */
  @Override
  public void writeWatermark(Watermark end) throws IOException, InterruptedException {
    end();
    rows.writeWatermark(end);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    if (endOfInput) {
      end();
    }
    rows.flush(endOfInput);
  }

  private void end() throws IOException, InterruptedException {
    claim();
    sessions.drain(session -> rows.write(row(session), RecoveringResults.NO_CONTEXT));
    if (loads) {
      rows.flush(false);
      loads = false;
      if (!inTransaction(this::leave)) {
        throw replaced();
      }
    }
  }

  private static ResultRow row(Session session) {
    return new ResultRow(session, Write.INSERT, true, true);
  }

  private static IOException replaced() {
    return new IOException(
        "Another job or attempt has begun to fill tbl_result anew: this one writes no more.");
  }

  private boolean leave(Connection connection) throws SQLException {
    // Creating the keys of many rows takes longer than the socket timeout.
    connection.setNetworkTimeout(Runnable::run, 0);
    return load.leave(
        connection, task.attempt(), task.keyGroups().getNumberOfKeyGroups(), task.allGroups());
  }

  /** A step of the load, in a transaction that is committed afterwards. */
  @FunctionalInterface
  private interface Step {
    boolean run(Connection connection) throws SQLException;
  }

  private boolean inTransaction(Step step) throws IOException {
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      fence.check(connection);
      boolean result = step.run(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw connections.failed("filling tbl_result", e);
    }
  }

  @Override
  public void close() throws Exception {
    share.close();
    try {
      sessions.close();
    } finally {
      rows.close();
    }
  }
}
