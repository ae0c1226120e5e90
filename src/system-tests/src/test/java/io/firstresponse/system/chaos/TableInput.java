package io.firstresponse.system.chaos;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestLabels;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A table of messages in the PostgreSQL of the results, which the job reads through the proxy.
 * While PostgreSQL is not available, this class keeps the messages.
 */
final class TableInput implements ChaosInput {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Callable<Connection> database;
  private final String url;
  private final Duration bound;
  private final List<Message> waiting = new ArrayList<>();
  private Connection connection;

  /**
   * An input in a new table.
   *
   * @param database connects to the database; called again when a connection breaks
   * @param url the URL by which the job connects
   * @param bound the out-of-orderness of the messages
   */
  TableInput(Callable<Connection> database, String url, Duration bound) throws Exception {
    this.database = database;
    this.url = url;
    this.bound = bound;
    try (Statement statement = connected().createStatement()) {
      statement.execute(
          "create table incoming (a bigint, b bigint, ts timestamptz, direct bool, closes bool, labels jsonb)");
      statement.execute("create index on incoming (ts)");
      connection.commit();
    }
  }

  @Override
  public List<String> options() {
    return List.of(
        "--source.type", "postgres",
        "--source.postgres.url", url,
        "--source.postgres.user", EmbeddedPostgresServer.USER,
        "--source.postgres.table", "incoming",
        "--source.postgres.poll-interval", "100 ms",
        "--source.postgres.overlap", bound.toMillis() + " ms",
        "--source.postgres.connect-timeout", "2 s",
        "--source.postgres.socket-timeout", "4 s",
        "--source.postgres.retry-timeout", "60 s");
  }

  @Override
  public int lanes() {
    return 1;
  }

  /** False: a message that is committed later than the overlap is not read. */
  @Override
  public boolean takesLateMessages() {
    return false;
  }

  /** False: each poll reads the overlap again. */
  @Override
  public boolean deliversOnce() {
    return false;
  }

  @Override
  public void send(int lane, Message message) {
    waiting.add(message);
  }

  @Override
  public void flush() throws Exception {
    if (!waiting.isEmpty()) {
      try {
        insert();
        waiting.clear();
      } catch (SQLException e) {
        // The messages are inserted again the next time. If the commit had succeeded, they are
        // there twice.
        disconnect();
      }
    }
  }

  private void insert() throws Exception {
    try (PreparedStatement insert =
        connected().prepareStatement("insert into incoming values (?, ?, ?, ?, ?, ?::jsonb)")) {
      for (Message message : waiting) {
        insert.setLong(1, message.a());
        insert.setLong(2, message.b());
        insert.setObject(3, TestDatabase.instant(message.ts()).atOffset(ZoneOffset.UTC));
        insert.setBoolean(4, message.direct());
        insert.setBoolean(5, message.closes());
        insert.setString(
            6, message.labels() == Message.NO_LABELS ? null : TestLabels.json(message));
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.commit();
  }

  @Override
  public void complete() throws Exception {
    long start = System.nanoTime();
    for (flush(); !waiting.isEmpty(); flush()) {
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new SQLException("not within %s: %d messages".formatted(LIMIT, waiting.size()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public long records() throws Exception {
    try (Statement statement = connected().createStatement();
        ResultSet count = statement.executeQuery("select count(*) from incoming")) {
      count.next();
      return count.getLong(1);
    } finally {
      disconnect();
    }
  }

  private Connection connected() throws Exception {
    if (connection == null) {
      connection = database.call();
      connection.setAutoCommit(false);
    }
    return connection;
  }

  private void disconnect() throws SQLException {
    Connection broken = connection;
    connection = null;
    if (broken != null) {
      broken.abort(Runnable::run);
    }
  }

  @Override
  public void close() throws SQLException {
    disconnect();
  }

  @Override
  public String toString() {
    return "a table";
  }
}
