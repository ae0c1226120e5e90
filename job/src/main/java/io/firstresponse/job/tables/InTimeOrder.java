package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.spill.HeapShare;
import io.firstresponse.job.spill.SortedSessions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.api.common.eventtime.Watermark;

/**
 * Keeps the sessions of a batch until the end and hands them on in the order of their opening, with
 * which the key of the table begins. PostgreSQL takes rows twice as fast in that order as customer
 * by customer. An empty table is filled without its keys, see {@link BulkLoad}.
 */
final class InTimeOrder implements FencedWriter<SessionChange> {

  private final FencedWriter<SessionChange> rows;
  private final PostgresConnections connections;
  private final Fence fence;
  private final Takeover.OfTask task;
  private final BulkLoad load;
  private final HeapShare share = HeapShare.ofSessions();
  private final SortedSessions sessions = new SortedSessions(share);
  private boolean claimed;
  private boolean loads;

  /**
   * @param rows where rows go
   * @param connections to the table
   */
  InTimeOrder(
      FencedWriter<SessionChange> rows,
      PostgresConnections connections,
      Fence fence,
      Takeover.OfTask task) {
    this.rows = rows;
    this.connections = connections;
    this.fence = fence;
    this.task = task;
    this.load = new BulkLoad(task.schema());
  }

  @Override
  public void claim() throws IOException, InterruptedException {
    if (claimed) {
      return;
    }
    rows.claim();
    claimed = true;
    loads = task.start().bulk();
    if (loads && !inTransaction(connection -> load.enter(connection, task.loading()))) {
      throw taken();
    }
  }

  @Override
  public void write(SessionChange change, Context context)
      throws IOException, InterruptedException {
    claim();
    if (change.kind() == Kind.NEW) {
      sessions.add(change.session());
    } else {
      // It takes the place of a row of another run.
      rows.write(change, context);
    }
  }

  /** There is one watermark, at the end. It is handed on when the table has its keys. */
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
    sessions.drain(
        session -> rows.write(SessionChange.settled(session, true), RecoveringResults.NO_CONTEXT));
    if (loads) {
      rows.flush(false);
      loads = false;
      if (!inTransaction(this::leave)) {
        throw taken();
      }
    }
  }

  private static IOException taken() {
    return new IOException(
        "Another job or attempt has begun to fill tbl_result anew: this one writes no more.");
  }

  private boolean leave(Connection connection) throws SQLException {
    // Keys of many rows take longer than any answer of the server should.
    connection.setNetworkTimeout(Runnable::run, 0);
    return load.leave(
        connection, task.loading(), task.keyGroups().getNumberOfKeyGroups(), task.allGroups());
  }

  /** What is done in a transaction, and found by it. */
  @FunctionalInterface
  private interface Question {
    boolean ask(Connection connection) throws SQLException;
  }

  private boolean inTransaction(Question question) throws IOException {
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      fence.hold(connection);
      boolean answer = question.ask(connection);
      connection.commit();
      return answer;
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
