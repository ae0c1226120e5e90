package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.options.BadOptionException;
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
 * The product in one process and less than a minute: an embedded PostgreSQL, Flink, and generated
 * messages. It prints what a support lead would ask, compares every row with the window query over
 * the same messages, and writes the report. The messages can go through a Kafka broker, which is a
 * second process.
 */
public final class Demo {

  private static final int COPY_CHARACTERS = 60_000;

  private static final String TITLE = "Response times of the demo";

  private final PrintStream out;
  private final DemoTraffic traffic;
  private final List<String> sink;
  private final Connection database;
  private boolean waitingSeen;

  private Demo(PrintStream out, DemoTraffic traffic, List<String> sink, Connection database) {
    this.out = out;
    this.traffic = traffic;
    this.sink = sink;
    this.database = database;
  }

  public static void main(String[] args) {
    TemporaryFolder.own();
    try {
      System.exit(run(System.out, DemoOptions.parse(args)) ? 0 : 1);
    } catch (BadOptionException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (ExecutionException e) {
      System.err.printf("The job failed: %s (log: %s)%n", FailureReason.of(e), LocalRun.logFile());
      System.exit(1);
    } catch (Exception e) {
      // Thrown on, it would end this thread only; threads of Flink would keep the process alive.
      e.printStackTrace();
      System.exit(1);
    }
  }

  /** Returns whether every row is right. */
  private static boolean run(PrintStream out, DemoOptions options) throws Exception {
    out.println("Starting an embedded PostgreSQL ...");
    // A demo that is interrupted ends it in TemporaryFolder, with the folder of its data.
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setRegisterShutdownHook(false).start();
        Connection database = postgres.getPostgresDatabase().getConnection()) {
      int port = postgres.getPort();
      out.printf(
          "  postgresql://postgres@localhost:%d/postgres, as long as the demo runs%n%n", port);
      List<String> sink =
          List.of(
              "--sink.jdbc.url",
              "jdbc:postgresql://localhost:%d/postgres".formatted(port),
              "--sink.jdbc.user",
              "postgres",
              "--sink.jdbc.create-tables",
              "true");
      DemoTraffic traffic =
          new DemoTraffic(options.messages(), Instant.now().truncatedTo(ChronoUnit.DAYS));
      Demo demo = new Demo(out, traffic, sink, database);
      if (!options.kafka()) {
        return demo.run(traffic.source(), options.stay(), port, Optional.empty());
      }
      out.println("Starting a Kafka broker ...");
      try (DemoBroker broker = DemoBroker.start(besideLog("demo-kafka.log"))) {
        String servers = broker.bootstrapServers();
        out.printf("  %s, as long as the demo runs%n%n", servers);
        return demo.run(demo.topic(servers), options.stay(), port, Optional.of(servers));
      }
    }
  }

  private boolean run(
      List<String> source, boolean stay, int port, Optional<String> bootstrapServers)
      throws Exception {
    List<String> args = new ArrayList<>(sink);
    args.addAll(source);
    args.addAll(
        List.of(
            "--response-mode",
            "any-agent",
            "--results",
            "live",
            "--event-time.max-out-of-orderness",
            DemoTraffic.DISORDER_SECONDS + " s"));
    boolean exact = job(JobOptions.parse(args.toArray(String[]::new))) && compare();
    Path report = report();
    if (stay) {
      DemoStay.untilEnded(out, port, report, bootstrapServers);
    }
    return exact;
  }

  /** Writes the messages to a topic, and returns the options of a job that reads them there. */
  private List<String> topic(String bootstrapServers) throws Exception {
    out.printf("Writing %,d messages to the topic %s ...%n%n", traffic.count(), DemoTopic.NAME);
    DemoTopic.write(bootstrapServers, traffic.messages(sink));
    List<String> source =
        new ArrayList<>(
            List.of(
                "--source.type",
                "kafka",
                "--source.kafka.bootstrap-servers",
                bootstrapServers,
                "--source.kafka.topics",
                DemoTopic.NAME,
                "--source.kafka.end",
                "latest"));
    source.addAll(DemoTopic.FIELDS);
    return source;
  }

  private boolean job(Configuration options) throws Exception {
    out.printf(
        "Running the job: %,d messages of the last four weeks, up to %d s out of order, one in fifty a"
            + " duplicate, most conversations closed, a bot in three of ten; live results.%n",
        traffic.count(), DemoTraffic.DISORDER_SECONDS);
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
        "%nDone: %,d messages, %,d sessions, %,d answered, %,d closed, %,d late.%n%s%n%n",
        conservation.messages(),
        Conservation.value(counts, Count.OPENED),
        Conservation.value(counts, Count.ANSWERED),
        Conservation.value(counts, Count.CLOSED),
        conservation.late(),
        conservation);
    try (Statement statement = database.createStatement()) {
      statement.execute(resource("demo/settings.sql"));
    }
    if (waitingSeen) {
      show("Waiting while messages were still arriving, and answered since", "demo/answered.sql");
    }
    show("Provisional rows that a message out of order has corrected", "demo/corrected.sql");
    show("What a support lead asks", "demo/summary.sql");
    show("By channel", "demo/channels.sql");
    show("By team", "demo/teams.sql");
    show("Slowest agents", "demo/slowest-agents.sql");
    show("Fastest agents", "demo/fastest-agents.sql");
    return conservation.holds();
  }

  /** Stores the same messages and compares every row with the window query over them. */
  private boolean compare() throws Exception {
    out.println("Comparing every row with the window query over the same messages ...");
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "create table tbl (a bigint, b bigint, ts timestamptz, direct boolean, closes boolean, labels bigint)");
      store();
      statement.execute("analyze tbl");
      statement.execute(
          "create table expected as " + resource("sql/mode/any-agent/window-query.sql"));
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

  /** Writes the report beside the log, and returns its file. */
  private Path report() throws SQLException, IOException {
    LocalDate today = LocalDate.ofInstant(traffic.today(), ZoneOffset.UTC);
    Path file = besideLog("demo-report.html");
    Report.read(
            database,
            "public",
            new ReportRequest(
                TITLE,
                Optional.of(today.minusDays(DemoTraffic.DAYS)),
                Optional.of(today.minusDays(1)),
                Optional.empty()))
        .write(file);
    out.printf("%nreport: %s%n", file);
    return file;
  }

  private static Path besideLog(String name) {
    return Path.of(LocalRun.logFile()).resolveSibling(name).toAbsolutePath();
  }

  private void store() throws SQLException {
    CopyIn copy =
        database
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy tbl (a, b, ts, direct, closes, labels) from stdin");
    StringBuilder lines = new StringBuilder();
    for (Message message : (Iterable<Message>) traffic.messages(sink)::iterator) {
      if (message.automated()) {
        // The job ignores what a bot writes, and the window query knows no bots.
        continue;
      }
      lines
          .append(message.a())
          .append('\t')
          .append(message.b())
          .append('\t')
          .append(Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS))
          .append('\t')
          .append(message.direct())
          .append('\t')
          .append(message.closes())
          .append('\t')
          .append(message.labels() == Message.NO_LABELS ? "\\N" : message.labels())
          .append('\n');
      if (lines.length() > COPY_CHARACTERS) {
        write(copy, lines);
      }
    }
    write(copy, lines);
    copy.endCopy();
  }

  private static void write(CopyIn copy, StringBuilder lines) throws SQLException {
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    lines.setLength(0);
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

  /** Stores sessions that are open and not final, to show at the end how they were answered. */
  private void rememberWaiting() throws SQLException, IOException {
    if (!waitingSeen
        && count("select count(*) from tbl_result where not final and a = -1 and closed_ts is null")
            > 0) {
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
