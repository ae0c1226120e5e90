package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import io.firstresponse.connectors.postgres.connection.SqlFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs transactions over one connection, which is made when it is first needed, and tries them
 * again while that may help.
 */
final class Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  private static final String ADVICE =
      "Look whether the server runs, takes writes and can be reached from here. No row is lost: the"
          + " job goes on from its last checkpoint.";

  private final JdbcConnectionProvider connections;
  private final RetryPolicy retries;
  private final SinkMetrics metrics;
  private Optional<Connection> connection = Optional.empty();
  private TableStatements statements;

  Transactions(JdbcConnectionProvider connections, RetryPolicy retries, SinkMetrics metrics) {
    this.connections = connections;
    this.retries = retries;
    this.metrics = metrics;
  }

  /** The statements of a transaction. */
  @FunctionalInterface
  interface Work {

    /**
     * Executes the statements.
     *
     * @param open the connection
     * @param statements those that have been prepared on it
     */
    void in(Connection open, TableStatements statements) throws SQLException, IOException;
  }

  /**
   * Commits a transaction.
   *
   * @param what is done, for messages
   * @param table what is written
   * @return why a row was refused, if one was; then nothing is committed
   * @throws IOException if the transaction cannot be committed for another reason: PostgreSQL was
   *     away for too long, or the failure is one that trying again does not change
   */
  Optional<SQLException> commit(String what, PostgresTable<?> table, Work work)
      throws IOException, InterruptedException {
    RetryPolicy.Failures failures = retries.failures();
    while (true) {
      SQLException failure;
      SqlFailure kind;
      try {
        Connection open = connect();
        try {
          work.in(open, statements);
          open.commit();
          return Optional.empty();
        } catch (SQLException e) {
          failure = e;
          kind = SqlFailure.of(e);
          endTransaction(kind);
        }
      } catch (SQLException e) {
        failure = e;
        kind = SqlFailure.of(e);
        drop();
        if (kind == SqlFailure.ROW) {
          // No row has been sent yet: something about the connection is wrong.
          kind = SqlFailure.FATAL;
        }
      }
      if (kind == SqlFailure.ROW) {
        return Optional.of(failure);
      }
      if (kind == SqlFailure.FATAL || kind == SqlFailure.PERMANENT) {
        throw SqlFailure.exception(
            "In " + connections + " " + what, failure, table.advice(failure));
      }
      long wait = failures.waitMillis(kind, failure, what + " in " + connections, ADVICE);
      metrics.retries.inc();
      LOG.warn(
          "In {} {} failed with SQLSTATE {}; trying again in {} ms: {}",
          connections,
          what,
          failure.getSQLState(),
          wait,
          failure.getMessage());
      Thread.sleep(wait);
    }
  }

  /**
   * Commits a transaction on which nothing depends. It is tried once.
   *
   * @param what is done, for messages
   */
  void tryCommit(String what, Work work) throws IOException {
    try {
      Connection open = connect();
      work.in(open, statements);
      open.commit();
    } catch (SQLException e) {
      LOG.info("In {} {} failed", connections, what, e);
      drop();
    }
  }

  /** Gives the connection up. Never throws: Flink would end the TaskManager. */
  void close() {
    drop();
    try {
      connections.close();
    } catch (Exception e) {
      LOG.warn("Closing the connection to {} failed; nothing is lost by it", connections, e);
    }
  }

  private Connection connect() throws SQLException, IOException {
    if (connection.isPresent()) {
      return connection.get();
    }
    try {
      Connection made = connections.getOrEstablishConnection();
      connection = Optional.of(made);
      statements = new TableStatements(made);
      made.setAutoCommit(false);
      return made;
    } catch (ClassNotFoundException e) {
      throw new IOException("The JDBC driver for " + connections + " is not on the class path", e);
    }
  }

  /** Rolls back, or gives the connection up if it may be broken. */
  private void endTransaction(SqlFailure kind) {
    if (kind == SqlFailure.RETRY || kind == SqlFailure.ROW) {
      try {
        connection.orElseThrow().rollback();
        return;
      } catch (SQLException e) {
        LOG.info("Rolling back failed, so the connection to {} is given up", connections, e);
      }
    }
    metrics.connectionLosses.inc();
    drop();
  }

  private void drop() {
    statements = null;
    Optional<Connection> dropped = connection;
    connection = Optional.empty();
    try {
      if (dropped.isPresent()) {
        // Not close(): it would write to a server that may no longer read.
        dropped.get().abort(Runnable::run);
      }
      connections.closeConnection();
    } catch (SQLException | RuntimeException e) {
      LOG.info("Giving up the connection to {} failed; a new one is made", connections, e);
    }
  }
}
