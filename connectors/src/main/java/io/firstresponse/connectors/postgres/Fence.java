package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import javax.annotation.Nullable;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps out of a table whoever wrote a part of it before. An attempt of a task that Flink has given
 * up may go on for a while, as when its process was stopped and wakes up; it must not write then.
 *
 * <p>A table {@code tbl_writer} has a row for each writer of a target, with the key groups that it
 * writes. Whoever begins to write takes away the rows that overlap with its own groups, and puts in
 * its own. Each transaction of a writer begins with a lock on its row: it fails where the row is
 * gone, and taking a row away waits until it has ended. So what the writer before has written is
 * there when the claim is committed, and nothing comes after. One that does not end, because its
 * client stands still, has its session ended; it is found by the lock that it holds, so that
 * neither connection poolers nor reused process ids matter.
 *
 * <p>The row also tells how far the writer has come. Rows cover all key groups at all times: what
 * is left of a row that was taken away stays, with nobody's name on it.
 *
 * <p>Of two jobs the one that was submitted later writes, by the database's clock. Of two attempts
 * of one job it is the one from the later checkpoint, and of those the later one of an execution:
 * an attempt may stand still before it claims, and claim long after its successor. Of two
 * executions from one checkpoint it is the one that claims later. Not thread-safe.
 */
public final class Fence {

  private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

  /** A lock timeout, and a statement's where that is shorter. */
  private static final Set<String> WAITED_LONG = Set.of("55P03", "57014");

  /** How long the last transaction of the writer before may take, and a claim at the same time. */
  private static final String PATIENCE = "2s";

  /** Where PostgreSQL's time begins; a watermark before it says nothing. */
  private static final long FIRST_MILLIS = -210_866_803_200_000L;

  private static final String OWN = " where target = ? and first_group = ? and owner = ?";

  private static final String OVERLAPPING =
      " where target = ? and (all_groups <> ? or (first_group <= ? and last_group >= ?))";

  /** What is told of how far a writer has come. */
  public enum Telling {
    /** Nothing at any time. */
    NOTHING,
    /** Nothing until this writer tells; what was told before holds no longer. */
    ANEW,
    /** What was told before, until this writer tells. */
    ON
  }

  /**
   * Which job it is.
   *
   * @param at when it was submitted, by the database's clock; the same for all its writers
   * @param host where it was submitted; empty if that is not known
   * @param jobId Flink's id of the job; empty if that is not known
   */
  public record Submission(OffsetDateTime at, String host, String jobId) {

    /** Host and job, for a person to find the job by. */
    @Override
    public String toString() {
      return "submitted at %s on host %s, job %s"
          .formatted(at, host.isEmpty() ? "unknown" : host, jobId.isEmpty() ? "unknown" : jobId);
    }
  }

  /**
   * Which attempt of which job it is.
   *
   * @param submission of the job
   * @param checkpoint the id of the one that it starts from; 0 without one
   * @param execution within which attempts are counted; a JobManager that takes over from another
   *     begins a new one
   * @param number how many attempts of the task there were before in this execution
   */
  public record Attempt(Submission submission, long checkpoint, String execution, int number) {

    OffsetDateTime submitted() {
      return submission.at();
    }
  }

  private final String table;
  private final String target;
  private final KeyGroupRange groups;
  private final int allGroups;
  private final Attempt attempt;
  private final Telling telling;
  private final UUID owner = UUID.randomUUID();

  /**
   * @param schema where {@code tbl_writer} is
   * @param target the name of what is written
   * @param groups the key groups whose rows this writer writes
   * @param allGroups how many key groups there are
   * @param attempt which one writes
   * @param telling what is told of how far the writer has come
   */
  public Fence(
      String schema,
      String target,
      KeyGroupRange groups,
      int allGroups,
      Attempt attempt,
      Telling telling) {
    this.table = new Identifier(schema).quoted() + ".tbl_writer";
    this.target = Objects.requireNonNull(target);
    this.groups = groups;
    this.allGroups = allGroups;
    this.attempt = attempt;
    this.telling = telling;
  }

  /**
   * Locks the writer's row until the transaction ends, which must not have done anything before.
   *
   * @throws TakenOverException if another attempt has taken its place
   * @throws SupersededException if a job that was submitted later has
   */
  public void hold(Connection connection) throws SQLException, IOException {
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

  /**
   * Does what {@link #hold} does, and tells how far the writer will have come when the transaction
   * is committed.
   *
   * @param watermark in milliseconds since the epoch; the end of time stands for the end of input
   */
  public void tell(Connection connection, long watermark) throws SQLException, IOException {
    boolean ends = watermark == Long.MAX_VALUE;
    String alive = ends ? "null" : "now()";
    if (!update(
        connection,
        "complete_through = ?, told_at = now(), alive_at = " + alive,
        time(watermark))) {
      throw lost(connection);
    }
  }

  /**
   * Does what {@link #hold} does, and reports that the writer is there, though it has nothing to
   * write.
   */
  void beat(Connection connection) throws SQLException, IOException {
    if (!update(connection, "alive_at = now()")) {
      throw lost(connection);
    }
  }

  /**
   * Does what {@link #hold} does, and takes back what was told of the time after a watermark.
   *
   * @param watermark in milliseconds since the epoch
   */
  public void tellNoMoreThan(Connection connection, long watermark)
      throws SQLException, IOException {
    OffsetDateTime time = time(watermark);
    String least =
        "complete_through = case when complete_through <= ? then complete_through"
            + " when complete_through is not null then ? end, told_at = now(), alive_at = now()";
    if (!update(connection, least, time, time)) {
      throw lost(connection);
    }
  }

  private boolean update(Connection connection, String columns, OffsetDateTime... times)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("update " + table + " set " + columns + OWN)) {
      for (int i = 0; i < times.length; i++) {
        update.setObject(i + 1, times[i]);
      }
      bindOwn(update, times.length + 1);
      return update.executeUpdate() == 1;
    }
  }

  /** Whether it is told how far the writer has come. */
  boolean tells() {
    return telling != Telling.NOTHING;
  }

  /**
   * Takes the place of the writers before, in a transaction that has to be committed then.
   *
   * @throws SQLException also if one of those has not ended; it has been made to, so that trying
   *     again helps
   * @throws TakenOverException if an attempt that was started later has begun to write
   * @throws SupersededException if a job that was submitted later writes the target
   */
  void claim(Connection connection) throws SQLException, IOException {
    try {
      take(connection);
    } catch (SQLException e) {
      if (WAITED_LONG.contains(e.getSQLState())) {
        connection.rollback();
        endHolders(connection);
      }
      throw e;
    }
  }

  private void take(Connection connection) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local lock_timeout = '" + PATIENCE + "'");
      // One claim after the other: each sees the rows that the one before has left.
      statement.execute("lock table " + table + " in share update exclusive mode");
    }
    refuseIfSuperseded(connection);
    refuseIfTakenOver(connection);
    int first = groups.getStartKeyGroup();
    int last = groups.getEndKeyGroup();
    List<Part> before = takeAway(connection);
    Part known = Part.covering(before);
    List<Part> left = new ArrayList<>();
    for (Part part : before) {
      left.add(part.cut(part.first, first - 1));
      left.add(part.cut(last + 1, part.last));
    }
    left.removeIf(Part::isNothing);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into "
                + table
                + " (target, first_group, last_group, all_groups, owner, submitted_at,"
                + " restored_checkpoint, execution, attempt, complete_through, told_at,"
                + " host, job_id, alive_at)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, case when ? then now() end)")) {
      for (Part part : left) {
        add(insert, part, null);
      }
      OffsetDateTime through = telling == Telling.ON ? known.through : null;
      add(
          insert,
          new Part(
              first,
              last,
              attempt.checkpoint,
              attempt.execution,
              attempt.number,
              through,
              known.told),
          owner);
      insert.executeBatch();
    }
  }

  /** The rows that were taken away: all of them, if they were of another number of groups. */
  private List<Part> takeAway(Connection connection) throws SQLException {
    List<Part> taken = new ArrayList<>();
    Set<Submission> replaced = new LinkedHashSet<>();
    boolean sameGroups = true;
    try (PreparedStatement delete =
        connection.prepareStatement(
            "delete from "
                + table
                + OVERLAPPING
                + " returning first_group, last_group, restored_checkpoint, execution, attempt,"
                + " complete_through, told_at, all_groups, submitted_at, host, job_id, owner")) {
      bindOverlapping(delete);
      try (ResultSet row = delete.executeQuery()) {
        while (row.next()) {
          sameGroups &= row.getInt(8) == allGroups;
          if (row.getObject(12) != null) {
            replaced.add(submission(row, 9));
          }
          taken.add(
              new Part(
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
    replaced.removeIf(job -> job.at().isEqual(attempt.submitted()));
    for (Submission job : replaced) {
      LOG.info(
          "{}, key groups {} to {}: the job {} takes over from the job {}",
          target,
          groups.getStartKeyGroup(),
          groups.getEndKeyGroup(),
          attempt.submission,
          job);
    }
    if (!taken.isEmpty() && sameGroups) {
      return taken;
    }
    Part known = Part.covering(taken);
    return List.of(new Part(0, allGroups - 1, 0, "", 0, known.through, known.told));
  }

  private void refuseIfSuperseded(Connection connection) throws SQLException, IOException {
    Submission later = lastSubmission(connection);
    if (later != null && later.at().isAfter(attempt.submitted())) {
      connection.rollback();
      throw superseded(later);
    }
  }

  private void refuseIfTakenOver(Connection connection) throws SQLException, IOException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select restored_checkpoint, attempt from "
                + table
                + OVERLAPPING
                + " and submitted_at = ? and (restored_checkpoint > ?"
                + " or (restored_checkpoint = ? and execution = ? and attempt > ?)) limit 1")) {
      bindOverlapping(select);
      select.setObject(5, attempt.submitted());
      select.setLong(6, attempt.checkpoint);
      select.setLong(7, attempt.checkpoint);
      select.setString(8, attempt.execution);
      select.setInt(9, attempt.number);
      try (ResultSet later = select.executeQuery()) {
        if (later.next()) {
          long checkpoint = later.getLong(1);
          int number = later.getInt(2);
          connection.rollback();
          throw new TakenOverException(
              "Attempt %d from checkpoint %d writes %s, key groups %d to %d, which was started later: this one, attempt %d from checkpoint %d, does not begin."
                  .formatted(
                      number,
                      checkpoint,
                      target,
                      groups.getStartKeyGroup(),
                      groups.getEndKeyGroup(),
                      attempt.number,
                      attempt.checkpoint));
        }
      }
    }
  }

  @Nullable private Submission lastSubmission(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select submitted_at, host, job_id from "
                + table
                + " where target = ? order by submitted_at desc, job_id desc limit 1")) {
      select.setString(1, target);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? submission(row, 1) : null;
      }
    }
  }

  private static Submission submission(ResultSet row, int first) throws SQLException {
    return new Submission(
        row.getObject(first, OffsetDateTime.class),
        row.getString(first + 1),
        row.getString(first + 2));
  }

  private IOException lost(Connection connection) throws SQLException {
    Submission last = lastSubmission(connection);
    connection.rollback();
    if (last != null && last.at().isAfter(attempt.submitted())) {
      return superseded(last);
    }
    return new TakenOverException(
        "Another attempt of this task has begun to write %s, key groups %d to %d: this one writes no more."
            .formatted(target, groups.getStartKeyGroup(), groups.getEndKeyGroup()));
  }

  private SupersededException superseded(Submission later) {
    SupersededException ended =
        new SupersededException(
            "A job that was submitted later, at %s, writes %s: this one, submitted at %s, ends. Two jobs need tables of their own. (The later job: %s.)"
                .formatted(later.at(), target, attempt.submitted(), later));
    LOG.warn(ended.getMessage());
    return ended;
  }

  /** Ends the sessions that keep this claim from its locks, as far as they are this user's. */
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
                .formatted(table, OVERLAPPING, table.replace("'", "''")))) {
      bindOverlapping(end);
      try (ResultSet ended = end.executeQuery()) {
        while (ended.next()) {
          LOG.warn(
              "Ended the session of process {}, which held back who writes {} now",
              ended.getInt(1),
              target);
        }
      }
    }
    connection.commit();
  }

  private void add(PreparedStatement insert, Part part, @Nullable UUID by) throws SQLException {
    insert.setString(1, target);
    insert.setInt(2, part.first);
    insert.setInt(3, part.last);
    insert.setInt(4, allGroups);
    insert.setObject(5, by, Types.OTHER);
    insert.setObject(6, attempt.submitted());
    insert.setLong(7, part.checkpoint);
    insert.setString(8, part.execution);
    insert.setInt(9, part.attempt);
    insert.setObject(10, part.through, Types.TIMESTAMP_WITH_TIMEZONE);
    insert.setObject(11, part.told, Types.TIMESTAMP_WITH_TIMEZONE);
    insert.setString(12, attempt.submission.host());
    insert.setString(13, attempt.submission.jobId());
    insert.setBoolean(14, by != null && tells());
    insert.addBatch();
  }

  private void bindOwn(PreparedStatement statement, int from) throws SQLException {
    statement.setString(from, target);
    statement.setInt(from + 1, groups.getStartKeyGroup());
    statement.setObject(from + 2, owner);
  }

  private void bindOverlapping(PreparedStatement statement) throws SQLException {
    statement.setString(1, target);
    statement.setInt(2, allGroups);
    statement.setInt(3, groups.getEndKeyGroup());
    statement.setInt(4, groups.getStartKeyGroup());
  }

  /** A watermark as PostgreSQL tells it. */
  @Nullable private static OffsetDateTime time(long watermark) {
    if (watermark < FIRST_MILLIS) {
      return null;
    }
    return watermark == Long.MAX_VALUE
        ? OffsetDateTime.MAX
        : Instant.ofEpochMilli(watermark).atOffset(ZoneOffset.UTC);
  }

  @Override
  public String toString() {
    return target + " by way of " + table;
  }

  /** Some key groups, who wrote them, how far they have come, if it is known, and since when. */
  private record Part(
      int first,
      int last,
      long checkpoint,
      String execution,
      int attempt,
      @Nullable OffsetDateTime through,
      @Nullable OffsetDateTime told) {

    /** What holds for all of these: the least of each, and nothing if nothing is known of one. */
    static Part covering(List<Part> parts) {
      Part least = null;
      for (Part part : parts) {
        least =
            least == null
                ? part
                : new Part(
                    0,
                    0,
                    0,
                    "",
                    0,
                    lesser(least.through, part.through),
                    lesser(least.told, part.told));
      }
      return least == null ? new Part(0, 0, 0, "", 0, null, null) : least;
    }

    @Nullable private static OffsetDateTime lesser(
        @Nullable OffsetDateTime one, @Nullable OffsetDateTime other) {
      if (one == null || other == null) {
        return null;
      }
      return one.isBefore(other) ? one : other;
    }

    Part cut(int from, int to) {
      return new Part(
          Math.max(first, from), Math.min(last, to), checkpoint, execution, attempt, through, told);
    }

    boolean isNothing() {
      return first > last;
    }
  }
}
