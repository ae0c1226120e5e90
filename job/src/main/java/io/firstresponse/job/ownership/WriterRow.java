package io.firstresponse.job.ownership;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row of {@code tbl_writer} that a writer owns. Each transaction of the writer locks it, by
 * {@link #lock} or by an update. That fails if another writer has taken the row away.
 */
final class WriterRow {

  private static final Logger LOG = LoggerFactory.getLogger(WriterRow.class);

  /** PostgreSQL's first timestamp. A watermark before it is no progress. */
  private static final long FIRST_MILLIS = -210_866_803_200_000L;

  private static final String OWN = " where target = ? and first_group = ? and owner = ?";

  private final WriterTable table;
  private final KeyGroups groups;
  private final Attempt attempt;
  private final UUID owner = UUID.randomUUID();

  WriterRow(WriterTable table, KeyGroups groups, Attempt attempt) {
    this.table = table;
    this.groups = groups;
    this.attempt = attempt;
  }

  /** What marks the row as this writer's. */
  UUID owner() {
    return owner;
  }

  /** Locks the row until the transaction ends. */
  void lock(Connection connection) throws SQLException, IOException {
    try (PreparedStatement lock =
        connection.prepareStatement("select 1 from " + table + OWN + " for no key update")) {
      bindOwn(lock, 1);
      try (ResultSet row = lock.executeQuery()) {
        if (row.next()) {
          return;
        }
      }
    }
    throw lost(connection);
  }

  /** Records progress, in milliseconds; the end of time stands for the end of the input. */
  void recordProgress(Connection connection, long watermark) throws SQLException, IOException {
    String alive = watermark == Long.MAX_VALUE ? "null" : "now()";
    update(
        connection,
        "complete_through = ?, reported_at = now(), alive_at = " + alive,
        time(watermark));
  }

  /** Records that the writer runs. */
  void recordAlive(Connection connection) throws SQLException, IOException {
    update(connection, "alive_at = now()");
  }

  /** Takes recorded progress back to a watermark, in milliseconds, if it is beyond that. */
  void limitProgress(Connection connection, long watermark) throws SQLException, IOException {
    OffsetDateTime time = time(watermark);
    update(
        connection,
        "complete_through = case when complete_through <= ? then complete_through"
            + " when complete_through is not null then ? end, reported_at = now(), alive_at = now()",
        time,
        time);
  }

  private void update(Connection connection, String columns, OffsetDateTime... times)
      throws SQLException, IOException {
    try (PreparedStatement update =
        connection.prepareStatement("update " + table + " set " + columns + OWN)) {
      for (int i = 0; i < times.length; i++) {
        update.setObject(i + 1, times[i]);
      }
      bindOwn(update, times.length + 1);
      if (update.executeUpdate() == 1) {
        return;
      }
    }
    throw lost(connection);
  }

  private IOException lost(Connection connection) throws SQLException {
    Optional<Submission> last = table.lastSubmission(connection, groups.target());
    connection.rollback();
    if (last.filter(job -> job.isLaterThan(attempt.submission())).isPresent()) {
      SupersededException ended =
          new SupersededException(groups.target(), attempt.submission(), last.get());
      LOG.warn(ended.getMessage());
      return ended;
    }
    return new TakenOverException(
        "Another attempt of this task has begun to write %s: this one writes no more."
            .formatted(groups));
  }

  private void bindOwn(PreparedStatement statement, int from) throws SQLException {
    statement.setString(from, groups.target());
    statement.setInt(from + 1, groups.first());
    statement.setObject(from + 2, owner);
  }

  /** A watermark as a timestamp of PostgreSQL; null if it is before the first one. */
  @Nullable private static OffsetDateTime time(long watermark) {
    if (watermark < FIRST_MILLIS) {
      return null;
    }
    return watermark == Long.MAX_VALUE
        ? OffsetDateTime.MAX
        : Instant.ofEpochMilli(watermark).atOffset(ZoneOffset.UTC);
  }
}
