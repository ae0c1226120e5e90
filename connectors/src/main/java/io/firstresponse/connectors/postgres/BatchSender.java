package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings batches into PostgreSQL over one connection, made when first needed: each as one
 * transaction, again while trying may help, and without the rows that PostgreSQL refuses.
 */
final class BatchSender<T> {

  private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);

  /** Unique violation and exclusion violation. */
  private static final Set<String> CONFLICTS = Set.of("23505", "23P01");

  private static final long FIRST_WAIT_MILLIS = 100;
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  private final JdbcConnectionProvider connections;
  private final PostgresTable<T> table;
  private final Optional<RefusedRows<T>> refused;
  private final Duration retryTimeout;
  private final Optional<Fence> fence;
  private final SinkMetrics metrics;
  private Optional<Connection> connection = Optional.empty();
  private TableStatements statements;
  // Whether what should be new has been so since the last checkpoint.
  private boolean expectsNew = true;
  // The watermark whose rows have all been given to the sender, and the one that was told of.
  private long watermark = Long.MIN_VALUE;
  private long told = Long.MIN_VALUE;

  /**
   * @param fence what each transaction begins with; it has to be {@linkplain #claim claimed}
   */
  BatchSender(
      JdbcConnectionProvider connections,
      PostgresTable<T> table,
      Optional<RefusedRows<T>> refused,
      Duration retryTimeout,
      Optional<Fence> fence,
      SinkMetrics metrics) {
    this.connections = connections;
    this.table = table;
    this.refused = refused;
    this.retryTimeout = retryTimeout;
    this.fence = fence;
    this.metrics = metrics;
  }

  /**
   * Returns when nobody else writes what this sender writes, if there is a fence.
   *
   * @throws IOException if that cannot be
   */
  void claim() throws IOException, InterruptedException {
    if (fence.isPresent()) {
      Optional<SQLException> refusal =
          attempt("claiming " + fence.get(), table, fence.get()::claim);
      if (refusal.isPresent()) {
        throw new IOException("Claiming " + fence.get() + " failed", refusal.get());
      }
    }
  }

  /**
   * Returns when every row is committed, either in the table or as a refused row.
   *
   * @param tells whether also to tell how far rows have been sent, as {@link #reached} says
   * @throws IOException if that cannot be: PostgreSQL stayed away for too long, said something that
   *     trying again does not change, or somebody else writes in this sender's place
   */
  void send(List<T> rows, boolean tells) throws IOException, InterruptedException {
    if (!rows.isEmpty()) {
      long start = System.nanoTime();
      List<T> batch = table.inSendingOrder(rows);
      List<RefusedRow<T>> refusals = new ArrayList<>();
      deliver(
          table,
          batch,
          // Not before what was refused is recorded too.
          () -> tells && refusals.isEmpty(),
          this::settle,
          (row, failure) -> refusals.add(refusal(row, failure)));
      if (!refusals.isEmpty()) {
        record(refusals);
      }
      metrics.flushed(batch.size(), (System.nanoTime() - start) / 1_000_000);
    }
    if (tells && isAhead()) {
      commit(table, List.of(), true, this::settle);
    }
  }

  private void settle(Connection open, List<T> rows) throws SQLException {
    if (refused.isPresent()) {
      refused.get().settle(open, rows);
    }
  }

  /** Notes that rows up to a watermark have all been sent, or will be with the next batch. */
  void reached(long newWatermark) {
    watermark = newWatermark;
  }

  /** Whether there is something to tell of how far rows have been sent. */
  boolean isAhead() {
    return watermark != told && reports();
  }

  /** Whether the end of the input has been reported. */
  boolean hasReportedEnd() {
    return told == Long.MAX_VALUE;
  }

  /**
   * Reports that the writer is there. Nothing depends on a single report, so it is tried once.
   *
   * @throws IOException if somebody else writes in this sender's place
   */
  void beat() throws IOException {
    try {
      Connection open = connect();
      fence.orElseThrow().beat(open);
      open.commit();
    } catch (SQLException e) {
      LOG.info("Reporting to {} that {} is written failed", connections, table, e);
      drop();
    }
  }

  boolean isFenced() {
    return fence.isPresent();
  }

  /** Whether there is a fence that reports progress. */
  boolean reports() {
    return fence.filter(Fence::tells).isPresent();
  }

  /** Whether a batch may end with a row. */
  boolean isComplete(T row) {
    return table.isComplete(row);
  }

  /**
   * Goes back to expecting that what should be new is: a recovery sends again what was sent since a
   * checkpoint, and that ends, as a rule, before the next one.
   */
  void expectNew() {
    expectsNew = true;
    refused.ifPresent(RefusedRows::lookAgain);
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

  private void record(List<RefusedRow<T>> refusals) throws IOException, InterruptedException {
    PostgresTable<RefusedRow<T>> target = refused.orElseThrow().records();
    deliver(
        target,
        target.inSendingOrder(refusals),
        () -> false,
        (open, rows) -> {},
        (refusal, failure) -> {
          throw new IOException(
              refusal.table()
                  + " refused a row ("
                  + refusal.reason()
                  + "), and the record of it was refused too. "
                  + SqlFailure.advice(target, failure),
              failure);
        });
    refused.get().recorded();
    metrics.rowsRefused.inc(refusals.size());
    RefusedRow<T> first = refusals.get(0);
    LOG.warn(
        "{} refused {} row(s), recorded in {}; the first one with SQLSTATE {}",
        table,
        refusals.size(),
        target,
        first.sqlState());
  }

  private RefusedRow<T> refusal(T row, SQLException failure) throws IOException {
    if (refused.isEmpty()) {
      throw new IOException(
          table
              + " refused a row, and no table for refused rows is configured. "
              + SqlFailure.advice(table, failure),
          failure);
    }
    return refused.get().of(row, failure.getSQLState(), failure.getMessage());
  }

  /** What the transaction that writes rows does besides. */
  @FunctionalInterface
  private interface Besides<R> {
    void in(Connection open, List<R> rows) throws SQLException;
  }

  @FunctionalInterface
  private interface OnRefused<R> {
    void accept(R row, SQLException failure) throws IOException;
  }

  /**
   * Commits rows in their order: all at once if PostgreSQL takes them, otherwise one half after the
   * other, down to the row that is refused. The last transaction may tell how far rows are sent.
   */
  private <R> void deliver(
      PostgresTable<R> target,
      List<R> rows,
      BooleanSupplier tells,
      Besides<R> besides,
      OnRefused<R> onRefused)
      throws IOException, InterruptedException {
    Deque<List<R>> pending = new ArrayDeque<>();
    pending.push(rows);
    while (!pending.isEmpty()) {
      List<R> part = pending.pop();
      Optional<SQLException> refusal =
          commit(target, part, pending.isEmpty() && tells.getAsBoolean(), besides);
      if (refusal.isEmpty()) {
        metrics.rowsSent.inc(part.size());
      } else if (part.size() == 1) {
        onRefused.accept(part.get(0), refusal.get());
      } else {
        int half = part.size() / 2;
        pending.push(part.subList(half, part.size()));
        pending.push(part.subList(0, half));
      }
    }
  }

  /** Commits rows as one transaction, or returns why one of them was refused. */
  private <R> Optional<SQLException> commit(
      PostgresTable<R> target, List<R> rows, boolean tells, Besides<R> besides)
      throws IOException, InterruptedException {
    Optional<SQLException> refusal =
        attempt(
            "writing %d rows to %s".formatted(rows.size(), target),
            target,
            open -> {
              execute(open, target, rows, tells);
              besides.in(open, rows);
            });
    if (tells && refusal.isEmpty()) {
      told = watermark;
    }
    return refusal;
  }

  /** What a transaction does. */
  @FunctionalInterface
  private interface Work {
    void in(Connection open) throws SQLException, IOException;
  }

  /** Commits a transaction, or returns why a row of it was refused. */
  private Optional<SQLException> attempt(String what, PostgresTable<?> target, Work work)
      throws IOException, InterruptedException {
    long firstFailure = 0;
    for (int attempt = 1; ; attempt++) {
      SQLException failure;
      SqlFailure kind;
      try {
        Connection open = connect();
        try {
          work.in(open);
          open.commit();
          return Optional.empty();
        } catch (SQLException e) {
          failure = e;
          kind = SqlFailure.of(e);
          recover(kind);
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
            "In " + connections + " " + what, failure, SqlFailure.advice(target, failure));
      }
      if (attempt == 1) {
        firstFailure = System.nanoTime();
      }
      Duration failing = Duration.ofNanos(System.nanoTime() - firstFailure);
      Duration left = retryTimeout.minus(failing);
      if (left.isNegative() || left.isZero()) {
        String gaveUp =
            "Gave up %s in %s after %d attempts in %.1f s. The last failure was SQLSTATE %s: %s. "
                .formatted(
                    what,
                    connections,
                    attempt,
                    failing.toMillis() / 1000.0,
                    failure.getSQLState(),
                    SqlFailure.line(failure));
        if (kind == SqlFailure.LOGIN) {
          throw SqlFailure.permanent(gaveUp + SqlFailure.remedy(failure), failure);
        }
        throw new IOException(
            gaveUp
                + "Look whether the server runs, takes writes and can be reached from here. No row"
                + " is lost: the job goes on from its last checkpoint.",
            failure);
      }
      metrics.retries.inc();
      long wait = Math.min(waitMillis(attempt), left.toMillis() + 1);
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

  /** 100 ms, doubled with each attempt up to 5 s, and up to a tenth more, so that not all agree. */
  private static long waitMillis(int attempt) {
    long wait = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(attempt - 1, 10));
    return wait + ThreadLocalRandom.current().nextLong(wait / 10 + 1);
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

  private <R> void execute(Connection open, PostgresTable<R> target, List<R> rows, boolean tells)
      throws SQLException, IOException {
    if (expectsNew) {
      try {
        execute(open, target, rows, tells, true);
        return;
      } catch (SQLException e) {
        if (!CONFLICTS.contains(e.getSQLState())) {
          throw e;
        }
        // Sent before a recovery, or a row to refuse: the upsert tells which.
        LOG.info("{} has rows already that should be new: {}", target, e.getMessage());
        expectsNew = false;
        open.rollback();
      }
    }
    execute(open, target, rows, tells, false);
  }

  private <R> void execute(
      Connection open, PostgresTable<R> target, List<R> rows, boolean tells, boolean inserting)
      throws SQLException, IOException {
    if (fence.isPresent()) {
      if (tells) {
        fence.get().tell(open, watermark);
      } else {
        fence.get().hold(open);
      }
    }
    for (PostgresTable.Part<R> part : target.parts(rows)) {
      statements.write(target, part, inserting);
    }
  }

  /** Leaves no transaction behind, and no connection that may be dead. */
  private void recover(SqlFailure kind) {
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
