package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.Identifier;
import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.options.BadOptionException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
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
 * <p>A job that goes on from state takes over unasked: upgrades and recoveries do. One that does
 * not is refused if another job writes the tables now, or if they have rows of another run, unless
 * its options say what to do about it. If it may begin anew, everybody who wrote before is fenced
 * off here, by reservations in {@code tbl_writer} that its tasks replace: so of two jobs that are
 * submitted at once one sees the other, or replaces it before it has written anything.
 */
public final class TableOwnership {

  /** Writers report every 20 s at least. */
  private static final String ALIVE = "alive_at > clock_timestamp() - interval '1 minute'";

  /** Longer than a transaction of a writer takes as a rule. */
  private static final String PATIENCE = "30s";

  /** Insufficient privilege. */
  private static final String NO_RIGHTS = "42501";

  private static final List<String> TARGETS = List.of("tbl_result", "tbl_late", "tbl_correction");

  private final PostgresConnections connections;
  private final ReadableConfig options;
  private final ReadableConfig flink;
  private final String schema;
  private final BulkLoad load;
  private final boolean loads;

  /**
   * @param flink the configuration that the job is submitted with
   */
  public TableOwnership(ResultDatabase database, ReadableConfig options, ReadableConfig flink) {
    this.connections = database.connections();
    this.options = options;
    this.flink = flink;
    this.schema = options.get(SinkOptions.SCHEMA);
    this.load = new BulkLoad(schema);
    this.loads = database.loads();
  }

  /** The job that wrote last, and its progress. */
  private record Writer(
      Fence.Submission job, boolean alive, double silent, @Nullable String through) {

    /** Whether there may be messages that are in its state and in no row. */
    boolean isUnfinished() {
      return through != null && !through.equals("infinity");
    }

    String progress() {
      return through == null ? "" : ", complete through " + through;
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
      throw ResultDatabase.unreachable(connections, e);
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
        return identity(connection);
      } catch (SQLException e) {
        throw ResultDatabase.refused(connections, e);
      }
    } catch (SQLException e) {
      throw ResultDatabase.unreachable(connections, e);
    }
  }

  private Optional<String> identity(Connection connection) throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement("select to_regclass(?) is not null")) {
      exists.setString(1, table("tbl_identity"));
      try (ResultSet row = exists.executeQuery()) {
        row.next();
        return row.getBoolean(1)
            ? Optional.of(unasked(connection, schema).tables())
            : Optional.empty();
      }
    }
  }

  /** The start of a job of which nothing is asked. */
  static JobStart unasked(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select clock_timestamp(), (select id from %s.tbl_identity)"
                    .formatted(new Identifier(schema).quoted()))) {
      row.next();
      return new JobStart(
          row.getObject(1, OffsetDateTime.class), host(), row.getString(2), false, false);
    }
  }

  private JobStart take(Connection connection) throws SQLException {
    boolean startsOver = options.get(SinkOptions.START_OVER);
    boolean takesOver = options.get(SinkOptions.TAKE_OVER);
    execute(connection, "set local lock_timeout = '" + PATIENCE + "'");
    // The lock of writers that begin: nobody begins meanwhile.
    execute(
        connection, "lock table %s in share update exclusive mode".formatted(table("tbl_writer")));
    JobStart start = unasked(connection, schema);
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
      // Flink finds its state, if it has any. Without it, all rows are the same job's.
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
    String tables = renewIdentity(connection);
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
      if (!NO_RIGHTS.equals(e.getSQLState())) {
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
   * Whether it is the job that writes, recovered: where JobManagers fail over in application mode,
   * main runs again, for a job with the same id.
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
                    .formatted(ALIVE, table("tbl_writer")))) {
      return row.next()
          ? Optional.of(
              new Writer(
                  new Fence.Submission(
                      row.getObject(1, OffsetDateTime.class), row.getString(2), row.getString(3)),
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
                other.silent,
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

  /** Takes the place of all writers, whose transactions this waits for: nothing comes after. */
  private void fenceOff(Connection connection, JobStart start) throws SQLException {
    execute(connection, "delete from " + table("tbl_writer"));
    try (PreparedStatement reserve =
        connection.prepareStatement(
            "insert into %s (target, first_group, last_group, all_groups, submitted_at, host) values (?, 0, 0, 1, ?, ?)"
                .formatted(table("tbl_writer")))) {
      for (String target : TARGETS) {
        reserve.setString(1, target);
        reserve.setObject(2, start.submitted());
        reserve.setString(3, start.host());
        reserve.addBatch();
      }
      reserve.executeBatch();
    }
  }

  /** Triggers of stored figures see each deletion. */
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

  /** From now on, state of whoever wrote before does not fit. */
  private String renewIdentity(Connection connection) throws SQLException {
    String id = UUID.randomUUID().toString();
    execute(connection, "update %s set id = '%s'".formatted(table("tbl_identity"), id));
    return id;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String table(String name) {
    return new Identifier(schema).quoted() + '.' + name;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
