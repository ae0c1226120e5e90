package io.firstresponse.local;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.job.FailureReason;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.RunOutcome;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.tables.ResultDatabase;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * {@code scripts/replay}: computes the sessions of a period again from their messages, with a Flink
 * in this process, into tables beside the live ones in the same database, and shows where they
 * differ. It only reads the live tables. Exit codes: 0 when all sessions are the same, 1 when some
 * differ, 2 when the comparison failed.
 */
public final class Replay {

  private static final int SAME = 0;
  private static final int DIFFERENT = 1;
  private static final int NOT_DONE = 2;

  /** The comparison reads all rows of the tables. */
  private static final Duration LONGEST_STATEMENT = Duration.ofHours(2);

  private final PrintStream out;
  private final PrintStream err;

  Replay(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    try {
      TemporaryFolder.own();
      System.exit(new Replay(System.out, System.err).run(List.of(args)));
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      System.exit(NOT_DONE);
    }
  }

  /** Returns the exit code. */
  int run(List<String> args) {
    try {
      return replay(ReplayOptions.parse(args));
    } catch (BadOptionException e) {
      err.println(e.getMessage());
    } catch (ExecutionException e) {
      err.printf("The job failed: %s (log: %s)%n", FailureReason.of(e), LocalRun.logFile());
    } catch (SQLException e) {
      err.printf("PostgreSQL: %s%n", e.getMessage().replaceAll("\\s+", " "));
    } catch (Exception e) {
      // The exit code of the JVM for an exception, 1, means that sessions differ.
      e.printStackTrace(err);
    }
    return NOT_DONE;
  }

  private int replay(ReplayOptions asked) throws Exception {
    List<String> own = new ArrayList<>(asked.job());
    List<String> settings = LocalFlink.takeSettings(own);
    Configuration options = JobOptions.parse(own.toArray(String[]::new));
    ReplayPeriod period = ReplayInput.period(options, asked.period());
    Configuration bounded = ReplayInput.bounded(options, period, asked.schema());
    String liveSchema = options.get(SinkOptions.SCHEMA);

    try (PostgresConnections connections = connections(options)) {
      Connection connection = connect(connections);
      ReplayTables tables = new ReplayTables(connection, liveSchema, asked.schema());
      tables.liveMode();
      tables.prepare(period, asked.again());
      connection.commit();
    }
    out.printf(
        "Sessions that opened from %s to %s, from messages sent from %s to %s, into schema %s%n",
        ReplayPeriod.iso(period.from()),
        ReplayPeriod.iso(period.to()),
        ReplayPeriod.iso(period.readFrom()),
        ReplayPeriod.iso(period.readTo()),
        asked.schema());
    if (!job(bounded, settings)) {
      return NOT_DONE;
    }
    out.printf("%nComparing with schema %s ...%n", liveSchema);
    try (PostgresConnections connections = connections(options)) {
      Connection connection = connect(connections);
      ReplayTables tables = new ReplayTables(connection, liveSchema, asked.schema());
      return compare(asked, new Comparison(connection, tables, period, bounded), connection);
    }
  }

  private boolean job(Configuration options, List<String> settings) throws Exception {
    LocalFlink flink = LocalFlink.configured(System.getProperty(LocalRun.CONF_PROPERTY), settings);
    JobClient client = flink.start(options);
    out.printf("running; web page %s, log %s%n", flink.webPage(), LocalRun.logFile());
    RunOutcome outcome =
        RunOutcome.of(
            new Progress(out, Duration.ofSeconds(5), () -> -1, flink::lastFailure)
                .await(client)
                .getAllAccumulatorResults(),
            options);
    outcome.deadLetters().forEach(out::println);
    out.println(outcome.conservation());
    if (!outcome.conservation().holds()) {
      err.println("Messages were lost; the tables of the replay are not complete.");
    }
    outcome.failure().ifPresent(err::println);
    return outcome.conservation().holds() && outcome.failure().isEmpty();
  }

  private int compare(ReplayOptions asked, Comparison comparison, Connection connection)
      throws SQLException, IOException {
    Comparison.Result result = comparison.run();
    new ReplayReport(out, asked).print(result, comparison.rows(asked.shown()));
    if (asked.out() != null) {
      comparison.write(asked.out());
    }
    connection.commit();
    return result.same() ? SAME : DIFFERENT;
  }

  private static PostgresConnections connections(Configuration options) {
    Configuration patient = new Configuration(options);
    if (patient.get(SinkOptions.SOCKET_TIMEOUT).compareTo(LONGEST_STATEMENT) < 0) {
      patient.set(SinkOptions.SOCKET_TIMEOUT, LONGEST_STATEMENT);
    }
    return new ResultDatabase(patient).connections();
  }

  private static Connection connect(PostgresConnections connections) throws SQLException {
    try {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      throw ResultDatabase.unreachable(connections, e);
    }
  }
}
