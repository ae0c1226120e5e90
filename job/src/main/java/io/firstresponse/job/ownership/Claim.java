package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.SqlState;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes key groups over: it deletes the rows of {@code tbl_writer} whose key groups overlap with
 * those of the new writer, and inserts the row of the new writer. Parts of deleted rows outside the
 * new writer's key groups are inserted again without an owner, so that the rows of a table always
 * cover all key groups.
 *
 * <p>Deleting a row waits for the transaction of its writer. If that transaction does not end,
 * because its client stands still, its session is ended. The session is found by the lock that it
 * holds, so that neither connection poolers nor reused process ids matter.
 */
final class Claim {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  /** A lock timeout, and a statement timeout where that is shorter. */
  private static final Set<String> TIMEOUTS =
      Set.of(SqlState.LOCK_NOT_AVAILABLE, SqlState.QUERY_CANCELED);

  /** How long the last transaction of an earlier writer, or another claim, may take. */
  private static final String LOCK_TIMEOUT = "2s";

  private final WriterTable table;
  private final KeyGroups groups;
  private final Attempt attempt;
  private final InitialProgress progress;
  private final UUID owner;

  /**
   * @param owner what marks the new row as the writer's
   */
  Claim(
      WriterTable table, KeyGroups groups, Attempt attempt, InitialProgress progress, UUID owner) {
    this.table = table;
    this.groups = groups;
    this.attempt = attempt;
    this.progress = progress;
    this.owner = owner;
  }

  /**
   * Takes the key groups over, in a transaction that the caller commits.
   *
   * @throws SQLException also if an earlier writer has not ended; its session has been ended, so
   *     that the next try succeeds
   * @throws TakenOverException if an attempt that was started later writes
   * @throws SupersededException if a job that was submitted later writes the table
   */
  void run(Connection connection) throws SQLException, IOException {
    try {
      take(connection);
    } catch (SQLException e) {
      if (TIMEOUTS.contains(String.valueOf(e.getSQLState()))) {
        connection.rollback();
        endHolders(connection);
      }
      throw e;
    }
  }

  private void take(Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local lock_timeout = '" + LOCK_TIMEOUT + "'");
    }
    table.lock(connection);
    refuseIfSuperseded(connection);
    refuseIfTakenOver(connection);
    List<WriterRange> taken = takeAway(connection);
    WriterRange before = WriterRange.progressOf(taken);
    List<WriterRange> rest = new ArrayList<>();
    for (WriterRange range : taken) {
      rest.add(range.cut(range.first(), groups.first() - 1));
      rest.add(range.cut(groups.last() + 1, range.last()));
    }
    rest.removeIf(WriterRange::isEmpty);
    WriterRange own =
        new WriterRange(
            groups.first(),
            groups.last(),
            attempt.checkpoint(),
            attempt.execution(),
            attempt.number(),
            progress == InitialProgress.CONTINUED ? before.completeThrough() : null,
            before.reportedAt());
    insert(connection, rest, own);
  }

  private void refuseIfSuperseded(Connection connection) throws SQLException, IOException {
    Optional<Submission> last = table.lastSubmission(connection, groups.target());
    if (last.filter(job -> job.isLaterThan(attempt.submission())).isPresent()) {
      connection.rollback();
      SupersededException ended =
          new SupersededException(groups.target(), attempt.submission(), last.get());
      LOG.warn(ended.getMessage());
      throw ended;
    }
  }

  private void refuseIfTakenOver(Connection connection) throws SQLException, IOException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select %s from %s%s".formatted(WriterTable.ATTEMPT, table, KeyGroups.OVERLAPPING))) {
      groups.bindOverlapping(select);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Attempt other = WriterTable.attempt(row, 1);
          if (attempt.isFollowedBy(other)) {
            connection.rollback();
            throw new TakenOverException(
                "Attempt %d from checkpoint %d writes %s, which was started later: this one, attempt %d from checkpoint %d, does not begin."
                    .formatted(
                        other.number(),
                        other.checkpoint(),
                        groups,
                        attempt.number(),
                        attempt.checkpoint()));
          }
        }
      }
    }
  }

  /** Deletes the rows that overlap, and returns what they were. */
  private List<WriterRange> takeAway(Connection connection) throws SQLException {
    List<WriterRange> taken = new ArrayList<>();
    Set<Submission> replaced = new LinkedHashSet<>();
    boolean sameNumber = true;
    try (PreparedStatement delete =
        connection.prepareStatement(
            "delete from "
                + table
                + KeyGroups.OVERLAPPING
                + " returning first_group, last_group, restored_checkpoint, execution, attempt,"
                + " complete_through, reported_at, all_groups, owner, "
                + WriterTable.SUBMISSION)) {
      groups.bindOverlapping(delete);
      try (ResultSet row = delete.executeQuery()) {
        while (row.next()) {
          sameNumber &= row.getInt(8) == groups.all();
          if (row.getObject(9) != null) {
            replaced.add(WriterTable.submission(row, 10));
          }
          taken.add(
              new WriterRange(
                  row.getInt(1),
                  row.getInt(2),
                  row.getLong(3),
                  row.getString(4),
                  row.getInt(5),
                  row.getObject(6, OffsetDateTime.class),
                  row.getObject(7, OffsetDateTime.class)));
        }
      }
    }
    replaced.removeIf(job -> job.at().isEqual(attempt.submission().at()));
    for (Submission job : replaced) {
      LOG.info("{}: the job {} takes over from the job {}", groups, attempt.submission(), job);
    }
    if (!taken.isEmpty() && sameNumber) {
      return taken;
    }
    // Key groups of another number are other keys, so all rows have been taken away.
    return List.of(WriterRange.ofProgress(0, groups.all() - 1, WriterRange.progressOf(taken)));
  }

  private void insert(Connection connection, List<WriterRange> rest, WriterRange own)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into "
                + table
                + " (target, first_group, last_group, all_groups, owner, submitted_at,"
                + " restored_checkpoint, execution, attempt, complete_through, reported_at,"
                + " host, job_id, alive_at)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, case when ? then now() end)")) {
      for (WriterRange range : rest) {
        add(insert, range, null);
      }
      add(insert, own, owner);
      insert.executeBatch();
    }
  }

  private void add(PreparedStatement insert, WriterRange range, @Nullable UUID by)
      throws SQLException {
    insert.setString(1, groups.target());
    insert.setInt(2, range.first());
    insert.setInt(3, range.last());
    insert.setInt(4, groups.all());
    insert.setObject(5, by, Types.OTHER);
    insert.setObject(6, attempt.submission().at());
    insert.setLong(7, range.checkpoint());
    insert.setString(8, range.execution());
    insert.setInt(9, range.attempt());
    insert.setObject(10, range.completeThrough(), Types.TIMESTAMP_WITH_TIMEZONE);
    insert.setObject(11, range.reportedAt(), Types.TIMESTAMP_WITH_TIMEZONE);
    insert.setString(12, attempt.submission().host());
    insert.setString(13, attempt.submission().jobId());
    insert.setBoolean(14, by != null && progress != InitialProgress.NOT_RECORDED);
    insert.addBatch();
  }

  /** Ends the sessions that hold the locks this claim needs, if they belong to the same user. */
  private void endHolders(Connection connection) throws SQLException {
    try (PreparedStatement end =
        connection.prepareStatement(
            """
            select pid, pg_terminate_backend(pid)
            from pg_stat_activity
            where usename = current_user and pid <> pg_backend_pid() and pid in (
              select l.pid from pg_locks l
              where l.granted and l.locktype = 'transactionid'
                and l.transactionid in (select xmax from %1$s %2$s)
              union all
              select l.pid from pg_locks l
              where l.granted and l.locktype = 'relation' and state = 'idle in transaction'
                and l.relation = '%3$s'::regclass and l.mode = 'ShareUpdateExclusiveLock'
                and l.database = (select oid from pg_database where datname = current_database()))
            """
                .formatted(table, KeyGroups.OVERLAPPING, table.name().replace("'", "''")))) {
      groups.bindOverlapping(end);
      try (ResultSet ended = end.executeQuery()) {
        while (ended.next()) {
          LOG.warn(
              "Ended the session of process {}, which kept a claim of {} waiting",
              ended.getInt(1),
              groups.target());
        }
      }
    }
    connection.commit();
  }
}
