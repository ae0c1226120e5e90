package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.report.Report;
import io.firstresponse.report.ReportRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The whole product in one process and less than a minute: an embedded PostgreSQL, Flink, the last
 * four weeks of a support desk that is made up, out of order and with duplicates; then what a
 * support lead would ask, every row held against the window query over the same messages, and the
 * report as an HTML file.
 */
public final class Demo {

  private static final int DAYS = 28;
  private static final int DISORDER_SECONDS = 60;
  private static final long MESSAGES = 1_000_000;
  // All are sent within the days, however early they were sent before they came.
  private static final double EVENT_RATE = MESSAGES / (DAYS * 86_400.0 - 2 * DISORDER_SECONDS);

  private static final List<String> WORKLOAD =
      List.of(
          "--response-mode", "any-agent",
          "--results", "live",
          "--source.type", "datagen",
          "--source.datagen.traffic", "support-desk",
          "--source.datagen.count", Long.toString(MESSAGES),
          "--source.datagen.rate", "50000",
          "--source.datagen.event-rate", Double.toString(EVENT_RATE),
          "--source.datagen.agents", "24",
          "--source.datagen.disorder", DISORDER_SECONDS + " s",
          "--source.datagen.duplicates", "0.02",
          "--event-time.max-out-of-orderness", DISORDER_SECONDS + " s");

  private static final String TITLE = "Response times of the demo";

  private final PrintStream out;
  private final Connection database;
  private boolean waitingSeen;

  private Demo(PrintStream out, Connection database) {
    this.out = out;
    this.database = database;
  }

  public static void main(String[] args) {
    TemporaryFolder.own();
    if (args.length > 0) {
      System.err.println(
          "The demo takes no arguments; scripts/run-local runs the job as you like.");
      System.exit(2);
    }
    try {
      System.exit(run(System.out) ? 0 : 1);
    } catch (ExecutionException e) {
      System.err.printf("The job failed: %s (log: %s)%n", FailureReason.of(e), LocalRun.logFile());
      System.exit(1);
    } catch (Exception e) {
      // Thrown on, it would end this thread alone: Flink's go on, and the process with them.
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static boolean run(PrintStream out) throws Exception {
    out.println("Starting an embedded PostgreSQL ...");
    // If the demo is interrupted, it ends with the temporary folder that its data are in.
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setRegisterShutdownHook(false).start();
        Connection database = postgres.getPostgresDatabase().getConnection()) {
      List<String> args = new ArrayList<>(WORKLOAD);
      Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
      args.addAll(
          List.of(
              "--source.datagen.start",
              today.minus(DAYS, ChronoUnit.DAYS).plusSeconds(DISORDER_SECONDS).toString(),
              "--sink.jdbc.url",
              "jdbc:postgresql://localhost:%d/postgres".formatted(postgres.getPort()),
              "--sink.jdbc.user",
              "postgres",
              "--sink.jdbc.create-tables",
              "true"));
      Configuration options = OptionParser.parse(args.toArray(String[]::new));
      out.printf(
          "  postgresql://postgres@localhost:%d/postgres, as long as the demo runs%n%n",
          postgres.getPort());
      Demo demo = new Demo(out, database);
      boolean exact = demo.job(options) && demo.compare(options);
      demo.report(LocalDate.ofInstant(today, ZoneOffset.UTC));
      return exact;
    }
  }

  private boolean job(Configuration options) throws Exception {
    out.println(
        "Running the job: a million messages of the last four weeks, up to 60 s out of order, one in"
            + " fifty a duplicate; live results.");
    LocalFlink flink =
        LocalFlink.configured(
            System.getProperty(LocalRun.CONF_PROPERTY),
            List.of(
                "execution.runtime-mode=STREAMING",
                "execution.checkpointing.interval=3 s",
                RestartStrategyOptions.RESTART_STRATEGY.key() + "=none"));
    var client = flink.start(options);
    out.printf("  Flink's web page: %s   log: %s%n%n", flink.webPage(), LocalRun.logFile());
    JobExecutionResult result =
        new Progress(out, Duration.ofSeconds(2), this::rowsWritten, flink::lastFailure)
            .await(client);
    Map<String, Object> counts = result.getAllAccumulatorResults();
    Conservation conservation = Conservation.of(counts);
    out.printf(
        "%nDone: %,d messages, %,d sessions, %,d answered, %,d late.%n%s%n%n",
        conservation.read(),
        Conservation.value(counts, Count.OPENED),
        Conservation.value(counts, Count.ANSWERED),
        conservation.late(),
        conservation);
    show("Seen waiting while messages still came, and answered since", "demo/answered.sql");
    show("Told at once, and corrected when a message came out of order", "demo/corrected.sql");
    show("What a support lead asks", "demo/summary.sql");
    show("Slowest agents", "demo/slowest-agents.sql");
    show("Fastest agents", "demo/fastest-agents.sql");
    return conservation.holds();
  }

  /** Stores the same messages and holds every row against the window query over them. */
  private boolean compare(Configuration options) throws Exception {
    out.println("Comparing every row with the window query over the same messages ...");
    try (Statement statement = database.createStatement()) {
      statement.execute("create table tbl (a bigint, b bigint, ts timestamptz, direct boolean)");
      store(options);
      statement.execute("analyze tbl");
      statement.execute("create table expected as " + resource("sql/mode/any-agent/window-query.sql"));
      statement.execute(resource("demo/difference.sql"));
    }
    long sessions = count("select count(*) from expected");
    long different = count("select count(*) from difference");
    if (different > 0) {
      show("The first rows that differ", "demo/first-differences.sql");
      out.printf("exact: no, %,d of %,d sessions differ%n", different, sessions);
      return false;
    }
    out.printf("exact: yes, %,d sessions compared%n", sessions);
    return sessions > 0;
  }

  /** What a support lead would pin on the wall, beside the log. */
  private void report(LocalDate today) throws SQLException, IOException {
    Path file = Path.of(LocalRun.logFile()).resolveSibling("demo-report.html").toAbsolutePath();
    Report.read(
            database,
            "public",
            new ReportRequest(
                TITLE,
                Optional.of(today.minusDays(DAYS)),
                Optional.of(today.minusDays(1)),
                Optional.empty()))
        .write(file);
    out.printf("%nreport: %s%n", file);
  }

  private void store(Configuration options) throws SQLException, IOException {
    Workload workload = Workload.from(options);
    long messages = options.get(JobOptions.DATAGEN_COUNT);
    CopyIn copy =
        database
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy tbl (a, b, ts, direct) from stdin");
    StringBuilder lines = new StringBuilder();
    for (long i = 0; i < messages; i++) {
      Message message = workload.message(i);
      lines
          .append(message.a())
          .append('\t')
          .append(message.b())
          .append('\t')
          .append(Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS))
          .append('\t')
          .append(message.direct())
          .append('\n');
      if (lines.length() > 60_000 || i == messages - 1) {
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        lines.setLength(0);
      }
    }
    copy.endCopy();
  }

  private long rowsWritten() {
    try {
      rememberWaiting();
      return count(
          "select coalesce(sum(n_tup_ins + n_tup_upd), 0) from pg_stat_user_tables"
              + " where relname = 'tbl_result'");
    } catch (SQLException | IOException e) {
      return -1;
    }
  }

  /** Keeps some sessions that are open and not final, to look at them again at the end. */
  private void rememberWaiting() throws SQLException, IOException {
    if (!waitingSeen && count("select count(*) from tbl_result where not final and a = -1") > 0) {
      try (Statement statement = database.createStatement()) {
        statement.execute(resource("demo/waiting.sql"));
      }
      waitingSeen = true;
    }
  }

  private long count(String query) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void show(String title, String query) throws SQLException, IOException {
    out.println(title);
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery(resource(query))) {
      TextTable.print(out, TextTable.of(rows));
    }
    out.println();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
