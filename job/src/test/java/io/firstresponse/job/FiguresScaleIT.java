package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

/**
 * What dashboards ask of a year of sessions, from the rows and from kept figures: the same answers,
 * and how long they take. {@code -Dfigures.sessions=10000000} makes it the size of the documents;
 * that takes some 20 minutes and 4 GB.
 */
class FiguresScaleIT {

  private static final int DAYS = 365;
  private static final long A_DAY = Long.getLong("figures.sessions", 18_250) / DAYS;
  private static final LocalDate FIRST = LocalDate.of(2025, 1, 1);

  /** Of the year, but where the query has a number of days. */
  private static final List<String> QUERIES =
      List.of(
          "select day, sessions, median_seconds, p90_seconds from response_times_by_day",
          "select * from response_times_by_day",
          last(30, "select * from response_times_by_day"),
          last(7, "select * from response_times_by_hour"),
          "select * from response_times_by_hour",
          last(30, "select * from response_times_by_agent"),
          last(90, "select * from response_times_by_agent"),
          last(90, "select * from sla_attainment"),
          "select target, sum(within_target) / sum(sessions) from sla_attainment group by 1",
          last(30, "select * from response_time_distribution"),
          "select * from response_time_distribution",
          "select weekday, hour, sum(sessions) from hour_of_week group by 1, 2",
          "select is_first_reply, count(*) from response_sessions where opened_at >= date '%s' group by 1"
              .formatted(FIRST.plusDays(DAYS - 7)),
          "select sum(business_seconds) from response_sessions where opened_at >= date '%s'"
              .formatted(FIRST.plusDays(DAYS - 7)));

  private static String last(int days, String query) {
    return query + " where day >= '%s'".formatted(FIRST.plusDays(DAYS - days));
  }

  @Test
  void aYearOfSessions() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      database.execute(
          "insert into business_calendar values ('support', 'Europe/Berlin')",
          "insert into business_hours"
              + " select 'support', d, '09:00', '17:00' from generate_series(1, 5) d",
          "update report_settings set calendar = 'support'");
      database.execute(
          Stream.concat(
                  Stream.of("select setseed(0.5)"),
                  IntStream.range(0, DAYS)
                      .boxed()
                      .flatMap(day -> Stream.of(opens(day), answers(day))))
              .toArray(String[]::new));
      database.execute("vacuum analyze tbl_result");
      database.execute(FiguresIT.indexesForReaders());
      database.execute(TestDatabase.resource("/sql/14-indexes-for-recovery.sql"));
      ask(database, "from the rows");
      database.execute(TestDatabase.resource("/sql/13-rollups.sql"));
      time(database, "the first time", "select refresh_figures()", 1);
      assertThat(database.count("select count(*) from kept_days")).isEqualTo(DAYS);
      ask(database, "kept");
      assertThat(database.strings(TestDatabase.resource("/sql/reconcile-figures.sql"))).isEmpty();

      String recent =
          "select * from tbl_result where b_ts >= '%1$s 23:00Z' or a_ts >= '%1$s 23:00Z'"
              .formatted(FIRST.plusDays(DAYS - 1));
      time(database, "a recovery's look-up", recent, 3);
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        // Small tables are faster read than looked up in.
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
  }

  private static void ask(TestDatabase database, String how) throws SQLException {
    for (String query : QUERIES) {
      assertThat(time(database, how, query, 3)).as(query).isPositive();
    }
  }

  /** Prints the best time; returns how many rows there are. */
  private static long time(TestDatabase database, String how, String query, int times)
      throws SQLException {
    long best = Long.MAX_VALUE;
    long rows = 0;
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        try (ResultSet result = statement.executeQuery(query)) {
          for (rows = 0; result.next(); rows++) {}
        }
        best = Math.min(best, System.nanoTime() - start);
      }
    }
    System.out.printf("%8.3f s  %s: %s%n", best / 1e9, how, query);
    return rows;
  }

  private static String opens(int day) {
    return """
        insert into tbl_result (b, b_ts, asked_a)
        select case when random() < 0.03 then 1000000000 + i else i * 7919 %% 1000000 end,
          timestamptz '%s 00:00Z' + (i %% %d) * interval '1 day' / %d, 1 + floor(random() * 200)
        from generate_series(%d::bigint, %d) i
        """
        .formatted(FIRST.plusDays(day), A_DAY, A_DAY, day * A_DAY, (day + 1) * A_DAY - 1);
  }

  /** From a second to most of a day later, by the agent asked or another one. */
  private static String answers(int day) {
    return """
        update tbl_result
        set a = case when random() < 0.8 then asked_a else 1 + floor(random() * 200) end,
          a_ts = b_ts + interval '1 us' * floor(1000000 * exp(random() * 11.3)),
          updated_at = b_ts + interval '1 day'
        where b < 1000000000 and b_ts >= '%s 00:00Z' and b_ts < '%s 00:00Z'
        """
        .formatted(FIRST.plusDays(day), FIRST.plusDays(day + 1));
  }
}
