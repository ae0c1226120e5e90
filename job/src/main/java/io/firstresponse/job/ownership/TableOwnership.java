package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.SqlState;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.DatabaseOptions;
import io.firstresponse.job.options.SinkOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.annotation.Nullable;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;

/**
 * Decides, when a job is submitted, whether it may write its tables.
 *
 * <p>A job that goes on from state may always: upgrades and recoveries do. A job without state is
 * refused if another job writes the tables now, or if they have rows of another run, unless its
 * options say what to do then. If it may begin with empty tables, earlier writers are fenced off
 * here, by rows without an owner in {@code tbl_writer} that its tasks replace. So of two jobs that
 * are submitted at once, one finds the other, or replaces it before it has written anything.
 */
public final class TableOwnership {

  /** Writers report at least every 20 s. */
  private static final String ALIVE = "alive_at > clock_timestamp() - interval '1 minute'";

  /** Longer than a transaction of a writer takes as a rule. */
  private static final String LOCK_TIMEOUT = "30s";

  /** The tables of one run's rows: of those that a job without state would find. */
  private static final List<String> TARGETS = List.of("tbl_result", "tbl_late", "tbl_correction");

  /** What ids, names and labels mean does not depend on the run, so these rows stay. */
  private static final List<String> LASTING = List.of("tbl_agent", "tbl_customer", "tbl_labels");

  private final PostgresConnections connections;
  private final DatabaseOptions names;
  private final ReadableConfig options;
  private final ReadableConfig flink;
  private final String schema;
  private final WriterTable writers;
  private final TableIdentity identity;
  private final BulkLoad load;
  private final boolean loads;

  /**
   * @param names the options that lead to the database, for messages
   * @param flink the configuration that the job is submitted with
   * @param loads whether the job may fill an empty table without its keys
   */
  public TableOwnership(
      PostgresConnections connections,
      DatabaseOptions names,
      ReadableConfig options,
      ReadableConfig flink,
      boolean loads) {
    this.connections = connections;
    this.names = names;
    this.options = options;
    this.flink = flink;
    this.schema = options.get(SinkOptions.SCHEMA);
    this.writers = WriterTable.in(schema);
    this.identity = new TableIdentity(schema);
    this.load = new BulkLoad(schema);
    this.loads = loads;
  }

  /**
   * The job that wrote last, and its progress.
   *
   * @param alive whether it reported within the last minute
   * @param silentSeconds how long ago it reported
   */
  private record Writer(
      Submission job, boolean alive, double silentSeconds, @Nullable String completeThrough) {

    /** Whether there may be messages that are in its state and in no row. */
    boolean isUnfinished() {
      return completeThrough != null && !completeThrough.equals("infinity");
    }

    String progress() {
      return completeThrough == null ? "" : ", complete through " + completeThrough;
    }
  }

  /**
   * Makes the tables ready for the job, and says how it starts.
   *
   * @throws BadOptionException in one line, when it may not write them, or they cannot be reached
   */
  public JobStart take() {
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      JobStart start = take(connection);
      connection.commit();
      return start;
    } catch (SQLException e) {
      throw names.unreachable(connections, e);
    }
  }

  /**
   * The identity of the rows that the tables have now; empty if the tables do not exist.
   *
   * @throws BadOptionException in one line, when they cannot be reached or read
   */
  public Optional<String> tables() {
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      try {
        return identity.exists(connection)
            ? Optional.of(identity.startNow(connection).tables())
            : Optional.empty();
      } catch (SQLException e) {
        throw names.refused(connections, e, SinkOptions.SCHEMA.key());
      }
    } catch (SQLException e) {
      throw names.unreachable(connections, e);
    }
  }

  private JobStart take(Connection connection) throws SQLException {
    boolean startsOver = options.get(SinkOptions.START_OVER);
    boolean takesOver = options.get(SinkOptions.TAKE_OVER);
    execute(connection, "set local lock_timeout = '" + LOCK_TIMEOUT + "'");
    // No writer begins until this is decided.
    writers.lock(connection);
    JobStart start = identity.startNow(connection);
    if (flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent()) {
      if (startsOver) {
        throw new BadOptionException(
            "%s: cannot be meant together with a savepoint: rows from before it would be missing. Give one of the two."
                .formatted(SinkOptions.START_OVER.key()));
      }
      return start;
    }
    Optional<Writer> writer = writer(connection);
    if (writer.filter(this::isThisJob).isPresent()) {
      // Flink finds the job's state, if it has any. If not, all rows are those of this job.
      restore(connection);
      return adopting(start, start.tables());
    }
    boolean alive = writer.filter(Writer::alive).isPresent();
    if (alive && !takesOver) {
      throw inUse(writer.get(), startsOver);
    }
    restore(connection);
    boolean written = hasRows(connection) || writer.filter(Writer::isUnfinished).isPresent();
    if (!startsOver && (alive || written)) {
      if (!takesOver) {
        throw written(writer);
      }
      return adopting(start, UUID.randomUUID().toString());
    }
    fenceOff(connection, start);
    if (startsOver) {
      empty(connection);
    }
    String tables = UUID.randomUUID().toString();
    identity.set(connection, tables);
    return new JobStart(start.submitted(), start.host(), tables, false, loads);
  }

  private void restore(Connection connection) throws SQLException {
    try {
      if (load.restore(connection)) {
        System.out.printf(
            "%s: a load of tbl_result in schema %s of %s was interrupted: the table has been emptied and has its keys again%n",
            SinkOptions.BULK.key(), schema, connections);
      }
    } catch (SQLException e) {
      if (!SqlState.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
      throw new BadOptionException(
          "%s: a load of tbl_result in schema %s of %s was interrupted, and only the owner of the table can make its keys again. Submit the job once as the owner."
              .formatted(SinkOptions.USER.key(), schema, connections));
    }
  }

  private static JobStart adopting(JobStart start, String tables) {
    return new JobStart(start.submitted(), start.host(), tables, true, false);
  }

  /**
   * Whether this is the job that wrote last. Where JobManagers fail over in application mode, the
   * program runs again for a job that recovers, with the same id.
   */
  private boolean isThisJob(Writer writer) {
    boolean failsOver = !flink.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase("none");
    return failsOver
        && flink
            .getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID)
            .filter(writer.job.jobId()::equals)
            .isPresent();
  }

  private Optional<Writer> writer(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select submitted_at, max(host), max(job_id),
                  coalesce(bool_or(owner is not null and %1$s), false) as alive,
                  extract(epoch from clock_timestamp() - max(alive_at)),
                  min(complete_through)::text
                from %2$s
                where target = 'tbl_result'
                group by submitted_at
                order by alive desc, submitted_at desc
                limit 1
                """
                    .formatted(ALIVE, writers))) {
      return row.next()
          ? Optional.of(
              new Writer(
                  WriterTable.submission(row, 1),
                  row.getBoolean(4),
                  row.getDouble(5),
                  row.getString(6)))
          : Optional.empty();
    }
  }

  private boolean hasRows(Connection connection) throws SQLException {
    for (String target : TARGETS) {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery("select exists (select from %s)".formatted(table(target)))) {
        row.next();
        if (row.getBoolean(1)) {
          return true;
        }
      }
    }
    return false;
  }

  private BadOptionException inUse(Writer other, boolean startsOver) {
    return new BadOptionException(
        "%s: a job writes the tables in schema %s of %s now: %s%s, heard of %.0f s ago. Give another schema, or stop that job first (if it has ended already, wait a minute from then). With %s true this job ends it%s; one that goes on from its state, with a savepoint, need not ask."
            .formatted(
                SinkOptions.SCHEMA.key(),
                schema,
                connections,
                other.job,
                other.progress(),
                other.silentSeconds,
                SinkOptions.TAKE_OVER.key(),
                startsOver ? "" : " and replaces its rows"));
  }

  private BadOptionException written(Optional<Writer> other) {
    return new BadOptionException(
        "%s: the tables in schema %s of %s have rows of another run%s. To go on from its state, give its savepoint or last checkpoint (flink run -s PATH, run-local --state DIR). To begin anew, give another schema, or %s true, which deletes the rows first, or %s true, which replaces them as it goes."
            .formatted(
                SinkOptions.SCHEMA.key(),
                schema,
                connections,
                other.map(w -> " (the job %s%s)".formatted(w.job, w.progress())).orElse(""),
                SinkOptions.START_OVER.key(),
                SinkOptions.TAKE_OVER.key()));
  }

  /** Replaces all writers, and waits for their transactions: they write nothing afterwards. */
  private void fenceOff(Connection connection, JobStart start) throws SQLException {
    execute(connection, "delete from " + writers);
    try (PreparedStatement reserve =
        connection.prepareStatement(
            "insert into %s (target, first_group, last_group, all_groups, submitted_at, host) values (?, 0, 0, 1, ?, ?)"
                .formatted(writers))) {
      List<String> targets = new ArrayList<>(TARGETS);
      targets.addAll(LASTING);
      for (String target : targets) {
        reserve.setString(1, target);
        reserve.setObject(2, start.submitted());
        reserve.setString(3, start.host());
        reserve.addBatch();
      }
      reserve.executeBatch();
    }
  }

  /** Deletes row by row: triggers of stored figures have to see each deletion. */
  private void empty(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>(TARGETS);
    tables.add("tbl_dead_letter");
    List<String> counts = new ArrayList<>();
    for (String name : tables) {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select count(*) from " + table(name))) {
        row.next();
        counts.add("%s %,d".formatted(name, row.getLong(1)));
      }
    }
    System.out.printf(
        "%s: deleting the rows in schema %s of %s: %s%n",
        SinkOptions.START_OVER.key(), schema, connections, String.join(", ", counts));
    for (String name : tables) {
      execute(connection, "delete from " + table(name));
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String table(String name) {
    return OwnershipTables.quoted(schema, name);
  }
}
