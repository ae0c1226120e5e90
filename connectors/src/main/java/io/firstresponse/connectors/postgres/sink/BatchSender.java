package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.connection.SqlState;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches to PostgreSQL: each as one transaction, and without the rows that PostgreSQL
 * refuses, which are recorded elsewhere.
 */
final class BatchSender<T> {

  private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);

  private static final Set<String> CONFLICTS =
      Set.of(SqlState.UNIQUE_VIOLATION, SqlState.EXCLUSION_VIOLATION);

  private final Transactions transactions;
  private final PostgresTable<T> table;
  private final Optional<RefusedRows<T>> refused;
  private final Optional<TransactionGuard> guard;
  private final RowsWritten<T> written;
  private final SinkMetrics metrics;
  // Whether rows that are expected to be new have been so since the last checkpoint.
  private boolean expectsNew = true;
  // The watermark whose rows have all been given to the sender, and the one that was recorded.
  private long watermark = Long.MIN_VALUE;
  private long recorded = Long.MIN_VALUE;

  /**
   * @param guard it has to be {@linkplain #claim claimed} first
   * @param written takes part in the transactions that write rows
   */
  BatchSender(
      Transactions transactions,
      PostgresTable<T> table,
      Optional<RefusedRows<T>> refused,
      Optional<TransactionGuard> guard,
      RowsWritten<T> written,
      SinkMetrics metrics) {
    this.transactions = transactions;
    this.table = table;
    this.refused = refused;
    this.guard = guard;
    this.written = written;
    this.metrics = metrics;
  }

  /**
   * Claims the right to write, if there is a guard.
   *
   * @throws IOException if the sender may not write
   */
  void claim() throws IOException, InterruptedException {
    if (guard.isPresent()) {
      Optional<SQLException> refusal =
          transactions.commit(
              "claiming " + guard.get(), table, (open, statements) -> guard.get().claim(open));
      if (refusal.isPresent()) {
        throw new IOException("Claiming " + guard.get() + " failed", refusal.get());
      }
    }
  }

  /**
   * Writes rows. When it returns, every row is committed, in the table or as a refused row.
   *
   * @param records whether also to record the watermark that {@link #reached} was given
   * @throws IOException if that is not possible: PostgreSQL was away for too long, a failure stays,
   *     or the guard does not let the sender write
   */
  void send(List<T> rows, boolean records) throws IOException, InterruptedException {
    if (!rows.isEmpty()) {
      long start = System.nanoTime();
      List<T> batch = table.order().sorted(rows);
      List<RefusedRow<T>> refusals = new ArrayList<>();
      deliver(
          table,
          batch,
          // Not before refused rows are recorded too.
          () -> records && refusals.isEmpty(),
          this::afterRows,
          (row, failure) -> refusals.add(refusal(row, failure)));
      if (!refusals.isEmpty()) {
        record(refusals);
      }
      metrics.flushed(batch.size(), (System.nanoTime() - start) / 1_000_000);
    }
    if (records && isAhead()) {
      commit(table, List.of(), true, this::afterRows);
    }
  }

  private void afterRows(Connection open, List<T> rows, int changed) throws SQLException {
    if (refused.isPresent()) {
      refused.get().settle(open, rows);
    }
    if (!rows.isEmpty()) {
      written.in(open, rows, changed);
    }
  }

  /** Notes that all rows up to a watermark have been sent, or will be with the next batch. */
  void reached(long newWatermark) {
    watermark = newWatermark;
  }

  /** Whether there is progress to record. */
  boolean isAhead() {
    return watermark != recorded && recordsProgress();
  }

  /** Whether the end of the input has been recorded. */
  boolean hasRecordedEnd() {
    return recorded == Long.MAX_VALUE;
  }

  /**
   * Records that the writer is running. Nothing depends on a single record, so it is tried once.
   *
   * @throws IOException if the guard does not let the sender write any more
   */
  void recordAlive() throws IOException {
    transactions.tryCommit(
        "recording that the writer of " + table + " is running",
        (open, statements) -> guard.orElseThrow().recordAlive(open));
  }

  boolean isGuarded() {
    return guard.isPresent();
  }

  /** Whether there is a guard that records progress. */
  boolean recordsProgress() {
    return guard.filter(TransactionGuard::recordsProgress).isPresent();
  }

  /** Whether a batch may end with a row. */
  boolean endsGroup(T row) {
    return table.endsGroup(row);
  }

  /**
   * Returns to expecting new rows. A recovery sends rows again that were sent since a checkpoint;
   * as a rule that is over at the next checkpoint.
   */
  void expectNew() {
    expectsNew = true;
    refused.ifPresent(RefusedRows::lookAgain);
  }

  /** Gives the connection up. Never throws: Flink would end the TaskManager. */
  void close() {
    transactions.close();
  }

  private void record(List<RefusedRow<T>> refusals) throws IOException, InterruptedException {
    PostgresTable<RefusedRow<T>> target = refused.orElseThrow().records();
    deliver(
        target,
        target.order().sorted(refusals),
        () -> false,
        (open, rows, changed) -> {},
        (refusal, failure) -> {
          throw new IOException(
              refusal.table()
                  + " refused a row ("
                  + refusal.reason()
                  + "), and the record of it was refused too. "
                  + target.advice(failure),
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
              + table.advice(failure),
          failure);
    }
    return refused.get().of(row, failure.getSQLState(), failure.getMessage());
  }

  @FunctionalInterface
  private interface OnRefused<R> {
    void accept(R row, SQLException failure) throws IOException;
  }

  /**
   * Commits rows in their order: all at once if PostgreSQL accepts them, otherwise one half after
   * the other, down to the row that is refused. The last transaction may record progress.
   */
  private <R> void deliver(
      PostgresTable<R> target,
      List<R> rows,
      BooleanSupplier records,
      RowsWritten<R> after,
      OnRefused<R> onRefused)
      throws IOException, InterruptedException {
    Deque<List<R>> pending = new ArrayDeque<>();
    pending.push(rows);
    while (!pending.isEmpty()) {
      List<R> part = pending.pop();
      Optional<SQLException> refusal =
          commit(target, part, pending.isEmpty() && records.getAsBoolean(), after);
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
      PostgresTable<R> target, List<R> rows, boolean records, RowsWritten<R> after)
      throws IOException, InterruptedException {
    Optional<SQLException> refusal =
        transactions.commit(
            "writing %d rows to %s".formatted(rows.size(), target),
            target,
            (open, statements) -> {
              int changed = write(open, statements, target, rows, records);
              after.in(open, rows, changed);
            });
    if (records && refusal.isEmpty()) {
      recorded = watermark;
    }
    return refusal;
  }

  private <R> int write(
      Connection open,
      TableStatements statements,
      PostgresTable<R> target,
      List<R> rows,
      boolean records)
      throws SQLException, IOException {
    if (expectsNew) {
      try {
        return write(open, statements, target, rows, records, true);
      } catch (SQLException e) {
        if (!CONFLICTS.contains(String.valueOf(e.getSQLState()))) {
          throw e;
        }
        // Sent before a recovery, or a row to refuse: the upsert shows which.
        LOG.info("{} has rows that were expected to be new: {}", target, e.getMessage());
        expectsNew = false;
        open.rollback();
      }
    }
    return write(open, statements, target, rows, records, false);
  }

  private <R> int write(
      Connection open,
      TableStatements statements,
      PostgresTable<R> target,
      List<R> rows,
      boolean records,
      boolean inserting)
      throws SQLException, IOException {
    if (guard.isPresent()) {
      if (records) {
        guard.get().recordProgress(open, watermark);
      } else {
        guard.get().check(open);
      }
    }
    int changed = 0;
    for (RowOrder.Part<R> part : target.order().parts(rows)) {
      changed += statements.write(target, part, inserting);
    }
    return changed;
  }
}
