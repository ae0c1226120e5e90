package io.firstresponse.system.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.SqlFiles;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.util.PSQLWarning;
import tools.jackson.databind.JsonNode;

/**
 * The queries of users over a year of sessions: every panel of the support dashboard over its usual
 * week, and the queries of the documents. Each runs on the rows and on stored figures, and its cost
 * is printed. With {@code -Dfigures.sessions=10000000} the year has the size of the documents; then
 * each query has to cost the server less than a second, except for long periods on the rows. That
 * takes some 10 minutes and 4 GB of disk.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS) // A system property may make the run long.
class FiguresScaleIT {

  private static final int DAYS = 365;
  private static final long SESSIONS = Long.getLong("figures.sessions", 18_250);
  private static final long A_DAY = SESSIONS / DAYS;
  private static final boolean FULL_SIZE = SESSIONS >= 10_000_000;
  private static final LocalDate FIRST = LocalDate.of(2025, 1, 1);
  private static final LocalDate LAST = FIRST.plusDays(DAYS - 1);

  /** A query that has taken this number of seconds is not repeated. */
  private static final double LONG = 3;

  private static final Pattern CPU = Pattern.compile("([\\d.]+) s user, ([\\d.]+) s system");

  /** Queries of the days that a dashboard or a page shows. They have to be fast on the rows too. */
  private static final List<String> OF_DAYS =
      List.of(
          "select * from waiting_now order by opened_at limit 100",
          "select count(*) from response_sessions where responded_at is null and closed_at is null",
          "select queue_at('%s 12:00Z')".formatted(LAST.minusDays(30)),
          "select * from queue_at_each(array(select generate_series(timestamptz '%s', '%s', '15 minutes')))"
              .formatted(LAST.minusDays(30), LAST.minusDays(29)),
          "select is_first_reply, count(*), percentile_disc(0.5) within group (order by response_seconds) from replies('%s', '%s') group by 1"
              .formatted(LAST.minusDays(6), LAST.plusDays(1)),
          "select responder_id, count(*), percentile_disc(array[0.5, 0.9]) within group (order by response_seconds) from response_sessions where opened_at >= '%s' and responder_id is not null group by 1"
              .formatted(LAST.minusDays(6)),
          "select avg((response_seconds is not null and response_seconds <= 180)::integer) from response_sessions where opened_at >= '%s'"
              .formatted(LAST.minusDays(29)),
          "select sum(business_seconds) from response_sessions where opened_at >= '%s'"
              .formatted(LAST.minusDays(6)),
          last(7, "select sum(within_target) / sum(sessions) from sla_attainment")
              + " and target = '3 minutes'",
          last(7, "select * from response_times_by_hour"));

  /** Queries of many days. They have to be fast on stored figures. */
  private static final List<String> OF_MANY_DAYS =
      List.of(
          "select day, sessions, median_seconds, p90_seconds from response_times_by_day",
          "select * from response_times_by_day",
          last(30, "select * from response_times_by_day"),
          "select * from response_times_by_hour",
          last(30, "select * from response_times_by_agent"),
          last(90, "select * from response_times_by_agent"),
          last(90, "select * from sla_attainment"),
          "select target, sum(within_target) / sum(sessions) from sla_attainment group by 1",
          last(30, "select * from response_time_distribution"),
          "select * from response_time_distribution",
          last(28, "select weekday, hour, sum(sessions), sum(total_seconds) from hour_of_week")
              + " group by 1, 2",
          "select weekday, hour, sum(sessions) from hour_of_week group by 1, 2");

  private static String last(int days, String query) {
    return query + " where day >= '%s'".formatted(LAST.minusDays(days - 1));
  }

  private final Dashboard dashboard = Dashboard.read("support.json");

  @Test
  void aYearOfSessions() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      create(database);
      try (Connection reader = reader(database)) {
        lookAt(reader, "from the rows", OF_DAYS, true);
        lookAtDashboard(reader, "from the rows");
        lookAt(reader, "from the rows", OF_MANY_DAYS, false);
        database.execute(SqlFiles.read("optional/rollups.sql"));
        try (Connection owner = connect(database)) {
          ask(owner, "once", "select refresh_figures()", "select refresh_figures()", 1);
        }
        assertThat(database.count("select count(*) from kept_days")).isEqualTo(DAYS);
        lookAt(reader, "kept", OF_DAYS, true);
        lookAtDashboard(reader, "kept");
        lookAt(reader, "kept", OF_MANY_DAYS, true);
      }
      assertThat(database.strings(SqlFiles.read("maintenance/reconcile-figures.sql"))).isEmpty();
      aRecoveryFindsWhatIsRecent(database);
    }
  }

  private static void aRecoveryFindsWhatIsRecent(TestDatabase database) throws SQLException {
    String recent =
        "select * from tbl_result where b_ts >= '%1$s 23:00Z' or a_ts >= '%1$s 23:00Z' or closed_ts >= '%1$s 23:00Z'"
            .formatted(LAST);
    try (Connection owner = connect(database);
        Statement statement = owner.createStatement()) {
      ask(owner, "a recovery", recent, recent, 3);
      // PostgreSQL prefers a sequential scan of a small table.
      statement.execute("set enable_seqscan = off");
      StringBuilder plan = new StringBuilder();
      try (ResultSet line = statement.executeQuery("explain " + recent)) {
        while (line.next()) {
          plan.append(line.getString(1)).append('\n');
        }
      }
      assertThat(plan).contains("tbl_result_recent");
    }
  }

  /** Runs the query of every panel, as Grafana would for the last week of the year. */
  private void lookAtDashboard(Connection reader, String how) throws SQLException {
    Instant end = LAST.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC).minusSeconds(1);
    GrafanaSql grafana = new GrafanaSql(end.minusSeconds(6 * 86_400), end);
    Map<String, String> variables = new LinkedHashMap<>(Map.of("target", "3 minutes"));
    for (JsonNode variable : dashboard.variables()) {
      String name = variable.get("name").asString();
      if (variable.path("includeAll").asBoolean(false)) {
        variables.put(name, GrafanaSql.ALL);
      } else if (variable.get("type").asString().equals("query") && !name.equals("target")) {
        try (Statement statement = reader.createStatement();
            ResultSet value =
                statement.executeQuery(
                    grafana.expand(variable.get("query").asString(), variables))) {
          value.next();
          variables.put(name, value.getString(1));
        }
      }
    }
    assertThat(dashboard.panels()).hasSizeGreaterThan(20);
    for (JsonNode panel : dashboard.panels()) {
      String title = "panel " + panel.get("title").asString();
      String query = grafana.expand(panel.at("/targets/0/rawSql").asString(), variables);
      withinASecond(ask(reader, how, title, query, 3), title);
    }
  }

  private static void lookAt(Connection reader, String how, List<String> queries, boolean fast)
      throws SQLException {
    for (String query : queries) {
      Cost cost = ask(reader, how, query, query, 3);
      if (fast) {
        withinASecond(cost, query);
      }
    }
  }

  /**
   * Checks the cost of a query. A small year is checked for its answers only, because its times
   * depend on the machine.
   */
  private static void withinASecond(Cost cost, String what) {
    assertThat(cost.rows()).as(what).isPositive();
    if (FULL_SIZE) {
      assertThat(cost.cpuSeconds()).as(what).isLessThan(1);
    }
  }

  private record Cost(double seconds, double cpuSeconds, long rows) {}

  /** Runs a query several times, or once in a small year, and prints the lowest cost. */
  private static Cost ask(Connection connection, String how, String what, String query, int times)
      throws SQLException {
    List<Cost> costs = new ArrayList<>();
    double spent = 0;
    try (Statement statement = connection.createStatement()) {
      while (costs.size() < (FULL_SIZE ? times : 1) && spent < LONG) {
        statement.clearWarnings();
        long start = System.nanoTime();
        long rows = 0;
        try (ResultSet result = statement.executeQuery(query)) {
          while (result.next()) {
            rows++;
          }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        costs.add(new Cost(seconds, cpuSeconds(statement.getWarnings()), rows));
        spent += seconds;
      }
    }
    double seconds = costs.stream().mapToDouble(Cost::seconds).min().orElseThrow();
    double cpu = costs.stream().mapToDouble(Cost::cpuSeconds).min().orElseThrow();
    System.out.printf("%8.3f s %8.3f s CPU  %s: %s%n", seconds, cpu, how, what);
    return new Cost(seconds, cpu, costs.get(0).rows());
  }

  /** The CPU time that the server reports for a statement. */
  private static double cpuSeconds(SQLWarning warning) {
    for (SQLWarning said = warning; said != null; said = said.getNextWarning()) {
      if (said instanceof PSQLWarning statistics) {
        Matcher cpu = CPU.matcher(String.valueOf(statistics.getServerErrorMessage().getDetail()));
        if (cpu.find()) {
          return Double.parseDouble(cpu.group(1)) + Double.parseDouble(cpu.group(2));
        }
      }
    }
    throw new AssertionError("The server did not say what a statement cost: " + warning);
  }

  private static Connection reader(TestDatabase database) throws SQLException {
    Connection connection = connect(database);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set role first_response_reader");
    }
    return connection;
  }

  /**
   * Connects so that one server process runs each statement and reports its CPU time, which does
   * not depend on other programs.
   */
  private static Connection connect(TestDatabase database) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            database.url() + "?preferQueryMode=simple", EmbeddedPostgresServer.USER, "");
    try (Statement statement = connection.createStatement()) {
      statement.execute("set max_parallel_workers_per_gather = 0");
      statement.execute("set client_min_messages = log");
      statement.execute("set log_statement_stats = on");
    }
    return connection;
  }

  private static void create(TestDatabase database) {
    SqlFiles.install(ResponseMode.ANY_AGENT).forEach(database::execute);
    database.execute(SqlFiles.read("optional/roles.sql"));
    database.execute(
        "insert into business_calendar values ('support', 'Europe/Berlin')",
        "insert into business_hours"
            + " select 'support', d, '09:00', '17:00' from generate_series(1, 5) d",
        "update report_settings set calendar = 'support'");
    database.execute(
        Stream.concat(
                Stream.of("select setseed(0.5)"),
                IntStream.range(0, DAYS).mapToObj(FiguresScaleIT::sessions))
            .toArray(String[]::new));
    database.execute(
        """
        insert into tbl_late (b, a, ts, direct, automated, watermark)
        select i * 7919 %% 1000000, 1 + i %% 200, ts, i %% 2 = 0, false, ts + interval '1 hour'
        from (select i, timestamptz '%s 00:17Z' + i * interval '1 day' * %d / %d as ts
              from generate_series(1::bigint, %3$d) i) late
        """
            .formatted(FIRST, DAYS - 1, SESSIONS / 100),
        "insert into tbl_correction"
            + " (b, b_ts, asked_a, was_a, became_a, became_a_ts, cause_a, cause_ts, cause_direct)"
            + " select b, b_ts, asked_a, -1, a, a_ts, a, a_ts, true from tbl_result"
            + " where a_ts is not null and b % 100 = 7");
    SqlFiles.statements("optional/indexes-for-readers.sql").forEach(database::execute);
    database.execute(SqlFiles.read("optional/indexes-for-recovery.sql"));
    database.execute("vacuum analyze");
  }

  /**
   * The sessions of a day. One in 33 is never answered; the others are answered a second to most of
   * a day later, by the agent asked or by another one.
   */
  private static String sessions(int day) {
    return """
        insert into tbl_result (b, b_ts, asked_a, a, a_ts, updated_at)
        select b, b_ts, asked_a,
          case when waits then -1 when random() < 0.8 then asked_a else 1 + floor(random() * 200) end,
          case when not waits then b_ts + interval '1 us' * floor(1000000 * exp(random() * 11.3)) end,
          b_ts + interval '1 day'
        from (
          select i, random() < 0.03 as waits, 1 + floor(random() * 200) as asked_a,
            timestamptz '%s 00:00Z' + (i %% %d) * interval '1 day' / %d as b_ts
          from generate_series(%d::bigint, %d) i) s
        cross join lateral (
          select case when waits then 1000000000 + i else i * 7919 %% 1000000 end as b) customer
        """
        .formatted(FIRST.plusDays(day), A_DAY, A_DAY, day * A_DAY, (day + 1) * A_DAY - 1);
  }
}
