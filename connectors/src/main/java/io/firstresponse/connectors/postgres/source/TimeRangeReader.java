package io.firstresponse.connectors.postgres.source;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import io.firstresponse.connectors.postgres.connection.SqlFailure;
import io.firstresponse.connectors.postgres.connection.SqlState;
import io.firstresponse.connectors.postgres.connection.TimestampRange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads splits one after the other, earlier ones first, over one connection, in the order of time,
 * some thousand rows at a time through a cursor.
 *
 * <p>An endless split is read in passes. A pass has a snapshot of the table, at the database's
 * {@code now()}. It reads the rows after the position that the pass before did not see: those of
 * transactions that had not ended then, which it recognizes by the transaction id of the row. The
 * position is behind the latest row by the overlap: a row that a pass does not see is committed
 * later, and so, as the overlap promises, its time is not before the position. Rows ahead of the
 * clock are held until the clock reaches them, so that the latest row is never ahead of it. A
 * checkpoint has the position only. A new connection may lead to another server, with other
 * transaction ids; its first pass reads everything after the position.
 */
final class TimeRangeReader<T> implements SplitReader<TimedRow<T>, TimeRangeSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(TimeRangeReader.class);

  /** Some hundred kilobytes; several such batches are in memory at once. */
  private static final int BATCH_ROWS = 5_000;

  private static final String ADVICE =
      "Look whether the server runs and can be reached from here. No row is lost: the job goes on"
          + " from its last checkpoint.";

  private final PostgresConnections connections;
  private final TimedTable table;
  private final RowMapper<T> mapper;
  private final long overlap;
  private final Duration pollInterval;

  private final PriorityQueue<TimeRangeSplit> waiting = new PriorityQueue<>(TimeRangeSplit.BY_TIME);
  // The split that is read, from the position on.
  @Nullable private TimeRangeSplit current;
  @Nullable private Pass pass;
  private long notBefore = System.nanoTime();
  private boolean awake;

  // What the passes over this connection saw.
  @Nullable private volatile Connection connection;
  private OptionalLong unseen = OptionalLong.empty();
  private long clock = Long.MIN_VALUE;
  private final PriorityQueue<TimedRow<T>> ahead =
      new PriorityQueue<>(Comparator.comparing((TimedRow<T> row) -> row.time()));

  private final RetryPolicy.Failures failures;
  private volatile boolean aborted;

  TimeRangeReader(
      PostgresConnections connections,
      TimedTable table,
      RowMapper<T> mapper,
      long overlap,
      Duration pollInterval,
      RetryPolicy retries) {
    this.connections = connections;
    this.table = table;
    this.mapper = mapper;
    this.overlap = overlap;
    this.pollInterval = pollInterval;
    this.failures = retries.failures();
  }

  @Override
  public void handleSplitsChanges(SplitsChange<TimeRangeSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("Splits are not taken back: " + change);
    }
    waiting.addAll(change.splits());
  }

  /**
   * The next rows; none if there are none yet.
   *
   * @throws IOException if the database was away for too long, or a failure stays
   */
  @Override
  public RecordsWithSplitIds<TimedRow<T>> fetch() throws IOException {
    if (current == null) {
      current = waiting.poll();
    }
    RecordsBySplits.Builder<TimedRow<T>> batch = new RecordsBySplits.Builder<>();
    if (current == null || !isDue()) {
      return batch.build();
    }
    try {
      long position = read(current, batch);
      if (pass == null || position != current.from()) {
        // Only with progress: otherwise a failure at one place would be tried again for ever.
        failures.reset();
      }
      if (pass != null || current.isEndless()) {
        current = current.at(position);
      } else {
        batch.addFinishedSplit(current.splitId());
        current = null;
      }
      return batch.build();
    } catch (SQLException e) {
      failed(e);
      // Rows that were read before the failure are read again.
      return new RecordsBySplits.Builder<TimedRow<T>>().build();
    }
  }

  /** Waits until the next pass or attempt is due; false if woken up earlier. */
  private synchronized boolean isDue() throws IOException {
    try {
      long left = notBefore - System.nanoTime();
      while (left > 0 && !awake) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = notBefore - System.nanoTime();
      }
      awake = false;
      return left <= 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the next look at " + table);
    }
  }

  @Override
  public synchronized void wakeUp() {
    awake = true;
    notifyAll();
  }

  /** Breaks the connection, from another thread, so that nobody waits for a server that hangs. */
  void abort() {
    aborted = true;
    Connection open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.info("Breaking the connection to {} failed; it times out by itself", connections, e);
      }
    }
  }

  @Override
  public void close() {
    if (!aborted) {
      connections.close();
    }
  }

  /**
   * Reads up to a batch. At the end of the split, or of the pass, {@link #pass} is null.
   *
   * @return the position
   */
  private long read(TimeRangeSplit split, RecordsBySplits.Builder<TimedRow<T>> batch)
      throws SQLException {
    if (pass == null) {
      pass = new Pass(split);
    }
    Pass reading = pass;
    int rows = 0;
    while (rows < BATCH_ROWS && reading.next()) {
      rows++;
      T value = mapper.map(reading.rows, reading.time);
      if (reading.time == null) {
        batch.add(split, new TimedRow<>(value, null, reading.position));
        continue;
      }
      boolean isAhead = split.isEndless() && reading.time > clock;
      reading.releaseUntil(isAhead ? clock : reading.time, batch);
      if (isAhead && mapper.isTimed(value)) {
        ahead.add(new TimedRow<>(value, reading.time, reading.position));
      } else {
        reading.deliver(value, reading.time, batch);
      }
    }
    if (rows < BATCH_ROWS) {
      reading.releaseUntil(clock, batch);
      reading.end();
      pass = null;
    }
    return reading.position;
  }

  /** One snapshot of the table: first the rows without a time, if they belong to the split. */
  private final class Pass {

    private final TimeRangeSplit split;
    private final long start = System.nanoTime();
    private final long unseenAfter;
    private PreparedStatement statement;
    private ResultSet rows;
    private boolean isTimed;
    private long position;
    // That of the present row.
    @Nullable private Long time;

    Pass(TimeRangeSplit split) throws SQLException {
      this.split = split;
      this.position = split.from();
      Connection open = connect();
      try (Statement look = open.createStatement()) {
        // For this transaction only: a pooler may give the next one another session.
        look.execute("set transaction isolation level repeatable read");
        if (split.isEndless()) {
          // The first statement takes the snapshot, which the transaction keeps.
          try (ResultSet moment =
              look.executeQuery("select now(), txid_snapshot_xmin(txid_current_snapshot())")) {
            moment.next();
            // A clock that is set back must not move the position back.
            clock = Math.max(clock, TimedTable.micros(moment.getObject(1, OffsetDateTime.class)));
            unseenAfter = moment.getLong(2);
          }
        } else {
          unseenAfter = 0;
        }
      }
      query(open, !split.untimed());
    }

    private void query(Connection open, boolean timed) throws SQLException {
      isTimed = timed;
      boolean from = timed && split.from() != TimeRangeSplit.BEGINNING;
      boolean to = timed && !split.isEndless();
      boolean written = unseen.isPresent();
      statement =
          open.prepareStatement(
              timed ? table.timedQuery(from, to, written) : table.untimedQuery(written));
      statement.setFetchSize(BATCH_ROWS);
      int parameter = 0;
      if (from) {
        statement.setString(++parameter, TimedTable.parameter(split.from()));
      }
      if (to) {
        statement.setString(++parameter, TimedTable.parameter(split.to()));
      }
      if (written) {
        statement.setString(++parameter, Long.toString(unseen.getAsLong() & 0xFFFF_FFFFL));
      }
      rows = statement.executeQuery();
    }

    boolean next() throws SQLException {
      while (!rows.next()) {
        statement.close();
        if (isTimed) {
          return false;
        }
        query(connect(), true);
      }
      OffsetDateTime given = isTimed ? rows.getObject(1, OffsetDateTime.class) : null;
      time = given == null ? null : (Long) TimedTable.micros(given);
      return true;
    }

    /** Delivers held rows that are no longer ahead of the clock. */
    void releaseUntil(long limit, RecordsBySplits.Builder<TimedRow<T>> batch) {
      while (!ahead.isEmpty() && ahead.element().time() <= limit) {
        TimedRow<T> row = ahead.remove();
        deliver(row.value(), row.time(), batch);
      }
    }

    void deliver(T value, long at, RecordsBySplits.Builder<TimedRow<T>> batch) {
      long read = split.isEndless() ? Math.min(at, clock) : at;
      if (read >= TimestampRange.EARLIEST_MICROS + overlap) {
        position = Math.max(position, split.isEndless() ? read - overlap : read);
      }
      batch.add(split, new TimedRow<>(value, at, position));
    }

    void end() throws SQLException {
      connect().commit();
      if (split.isEndless()) {
        unseen = OptionalLong.of(unseenAfter);
        notBefore = start + pollInterval.toNanos();
      }
    }
  }

  private Connection connect() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = connections.getOrEstablishConnection();
      connection = open;
      if (aborted) {
        throw new SQLException("the reader is closed", SqlState.QUERY_CANCELED);
      }
      // Without transactions there are no cursors, and the driver fetches all rows at once.
      open.setAutoCommit(false);
      open.setReadOnly(true);
    }
    return open;
  }

  /** Decides whether to try again, and when. */
  private void failed(SQLException failure) throws IOException {
    drop();
    if (aborted) {
      return;
    }
    String state = failure.getSQLState();
    SqlFailure kind = SqlFailure.of(failure);
    String where = "%s in %s".formatted(table.quotedName(), connections);
    switch (kind) {
      case PERMANENT, FATAL ->
          throw SqlFailure.exception("Reading " + where, failure, SqlFailure.advice(failure));
      case ROW ->
          // The mapper accepts every value of a column, so the query, or a view, fails.
          throw SqlFailure.permanent(
              "Reading %s failed. SQLSTATE %s: %s. Look at the view, or at the row that it names."
                  .formatted(where, state, SqlFailure.line(failure)),
              failure);
      case RETRY, RECONNECT, LOGIN -> {}
    }
    long wait = failures.waitMillis(kind, failure, "reading " + where, ADVICE);
    LOG.warn(
        "Reading {} in {} failed with SQLSTATE {}; trying again in {} ms: {}",
        table.quotedName(),
        connections,
        state,
        wait,
        failure.getMessage());
    notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
  }

  private void drop() {
    pass = null;
    unseen = OptionalLong.empty();
    ahead.clear();
    Connection dropped = connection;
    connection = null;
    try {
      if (dropped != null) {
        // Not close(): it would write to a server that may no longer read.
        dropped.abort(Runnable::run);
      }
      connections.closeConnection();
    } catch (SQLException e) {
      LOG.info("Giving up the connection to {} failed; a new one is made", connections, e);
    }
  }
}
