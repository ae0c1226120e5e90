package io.firstresponse.connectors.postgres;

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
 * some thousand rows at once through a cursor.
 *
 * <p>An endless split is read in passes. A pass sees the table as it is at one moment, the
 * database's {@code now()}, and reads from the position on what the pass before has not seen: rows
 * of transactions that were not over then, told by the transaction id that wrote the row. The
 * position stays the overlap behind the latest row read: whatever is not visible in a pass will be
 * committed later, and so, by what the overlap promises, bears a time that is not further back.
 * Rows ahead of the clock are held until it reaches them, so that the latest row is never ahead of
 * it. The position is all that a checkpoint keeps. With a new connection, to another server
 * perhaps, transaction ids say nothing, and the first pass reads all from the position on.
 */
final class TimeRangeReader<T> implements SplitReader<TimedRow<T>, TimeRangeSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(TimeRangeReader.class);

  /** Some hundred kilobytes; several such batches are in memory at once. */
  private static final int ROWS_AT_ONCE = 5_000;

  private static final long FIRST_WAIT_MILLIS = 100;
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  private final PostgresConnections connections;
  private final TimedTable table;
  private final RowMapper<T> mapper;
  private final long overlap;
  private final Duration pollInterval;
  private final Duration retryTimeout;

  private final PriorityQueue<TimeRangeSplit> waiting = new PriorityQueue<>(TimeRangeSplit.BY_TIME);
  // The split being read, from the position on.
  @Nullable private TimeRangeSplit current;
  @Nullable private Pass pass;
  private long notBefore = System.nanoTime();
  private boolean awake;

  // What the passes over this connection have seen.
  @Nullable private volatile Connection connection;
  private OptionalLong unseen = OptionalLong.empty();
  private long clock = Long.MIN_VALUE;
  private final PriorityQueue<TimedRow<T>> ahead =
      new PriorityQueue<>(Comparator.comparing((TimedRow<T> row) -> row.time()));

  private int failures;
  private long firstFailure;
  private volatile boolean aborted;

  TimeRangeReader(
      PostgresConnections connections,
      TimedTable table,
      RowMapper<T> mapper,
      long overlap,
      Duration pollInterval,
      Duration retryTimeout) {
    this.connections = connections;
    this.table = table;
    this.mapper = mapper;
    this.overlap = overlap;
    this.pollInterval = pollInterval;
    this.retryTimeout = retryTimeout;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<TimeRangeSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("Splits are not taken back: " + change);
    }
    waiting.addAll(change.splits());
  }

  /**
   * The next rows, or none yet.
   *
   * @throws IOException if the database stayed away for too long, or said something that trying
   *     again does not change
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
        // Not before there is progress, or a failure at the same place would be met for ever.
        failures = 0;
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
      // What was read before the failure comes again.
      return new RecordsBySplits.Builder<TimedRow<T>>().build();
    }
  }

  /** Waits until there is something to do; false if woken up before. */
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

  /** Breaks the connection, from another thread, so that no one waits for a server that hangs. */
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

  /** Reads up to a batch; when the split or its pass is read to the end, there is no pass. */
  private long read(TimeRangeSplit split, RecordsBySplits.Builder<TimedRow<T>> batch)
      throws SQLException {
    if (pass == null) {
      pass = new Pass(split);
    }
    Pass reading = pass;
    int rows = 0;
    while (rows < ROWS_AT_ONCE && reading.next()) {
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
    if (rows < ROWS_AT_ONCE) {
      reading.releaseUntil(clock, batch);
      reading.end();
      pass = null;
    }
    return reading.position;
  }

  /** One look at the table: first the rows without a time, if they belong to the split. */
  private final class Pass {

    private final TimeRangeSplit split;
    private final long start = System.nanoTime();
    private final long unseenAfter;
    private PreparedStatement statement;
    private ResultSet rows;
    private boolean isTimed;
    private long position;
    // Of the row at hand.
    @Nullable private Long time;

    Pass(TimeRangeSplit split) throws SQLException {
      this.split = split;
      this.position = split.from();
      Connection open = connect();
      try (Statement look = open.createStatement()) {
        // For this transaction alone: a pooler may give the next one another session.
        look.execute("set transaction isolation level repeatable read");
        if (split.isEndless()) {
          // The snapshot is that of this statement until the transaction ends.
          try (ResultSet moment =
              look.executeQuery("select now(), txid_snapshot_xmin(txid_current_snapshot())")) {
            moment.next();
            // A clock that was set back must not take the position back.
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
      statement.setFetchSize(ROWS_AT_ONCE);
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

    /** Delivers rows that were ahead of the clock and are not any more. */
    void releaseUntil(long limit, RecordsBySplits.Builder<TimedRow<T>> batch) {
      while (!ahead.isEmpty() && ahead.element().time() <= limit) {
        TimedRow<T> row = ahead.remove();
        deliver(row.value(), row.time(), batch);
      }
    }

    void deliver(T value, long at, RecordsBySplits.Builder<TimedRow<T>> batch) {
      long read = split.isEndless() ? Math.min(at, clock) : at;
      if (read >= Column.EARLIEST_MICROS + overlap) {
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
        throw new SQLException("the reader is closed", "57014");
      }
      // Without transactions there are no cursors, and all rows would come at once.
      open.setAutoCommit(false);
      open.setReadOnly(true);
    }
    return open;
  }

  /** Decides whether to try again; if so, sets when. */
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
          // The mapper takes whatever a column holds: it is the query, or a view, that fails.
          throw SqlFailure.permanent(
              "Reading %s failed. SQLSTATE %s: %s. Look at the view, or at the row that it names."
                  .formatted(where, state, SqlFailure.line(failure)),
              failure);
      case RETRY, RECONNECT, LOGIN -> {}
    }
    failures++;
    if (failures == 1) {
      firstFailure = System.nanoTime();
    }
    Duration failing = Duration.ofNanos(System.nanoTime() - firstFailure);
    if (failing.compareTo(retryTimeout) >= 0) {
      String gaveUp =
          "Gave up reading %s after %d attempts in %.1f s. The last failure was SQLSTATE %s: %s. "
              .formatted(
                  where, failures, failing.toMillis() / 1000.0, state, SqlFailure.line(failure));
      if (kind == SqlFailure.LOGIN) {
        throw SqlFailure.permanent(gaveUp + SqlFailure.remedy(failure), failure);
      }
      throw new IOException(
          gaveUp
              + "Look whether the server runs and can be reached from here. No row is lost: the job"
              + " goes on from its last checkpoint.",
          failure);
    }
    long wait =
        Math.min(
            Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(failures - 1, 10)),
            retryTimeout.minus(failing).toMillis() + 1);
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
