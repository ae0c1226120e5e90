package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.Figures.Hours;
import io.firstresponse.job.testing.Figures.Settings;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kept figures are those of the rows, whatever was written, deleted, set and refreshed when, and by
 * whom at the same time. {@code -Drollups.seeds=100} tries more seeds.
 */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class RollupsIT {

  private static final Instant START = Instant.parse("2026-03-24T00:00:00Z");
  private static final int DAYS = 9;

  private static final List<Settings> SETTINGS =
      List.of(
          FiguresIT.KOLKATA,
          FiguresIT.BERLIN,
          // Another holiday, which is all that is different.
          new Settings(
              FiguresIT.BERLIN.zone(),
              FiguresIT.BERLIN.gap(),
              FiguresIT.BERLIN.targets(),
              FiguresIT.BERLIN.hours(),
              Set.of(LocalDate.of(2026, 3, 25)),
              false),
          // Closed sessions count, which is all that is different.
          new Settings(
              FiguresIT.BERLIN.zone(),
              FiguresIT.BERLIN.gap(),
              FiguresIT.BERLIN.targets(),
              FiguresIT.BERLIN.hours(),
              FiguresIT.BERLIN.holidays(),
              true),
          // Other hours.
          new Settings(
              FiguresIT.BERLIN.zone(),
              FiguresIT.BERLIN.gap(),
              FiguresIT.BERLIN.targets(),
              Map.of(DayOfWeek.TUESDAY, List.of(FiguresIT.hours("07:00", "19:00"))),
              Set.of(),
              false),
          // Other targets.
          new Settings(
              ZoneId.of("America/Los_Angeles"),
              Duration.ofHours(1),
              Map.of(
                  "30 seconds", Duration.ofSeconds(30),
                  "4 minutes", Duration.ofMinutes(4),
                  "11 hours", Duration.ofHours(11)),
              FiguresIT.BERLIN.hours(),
              Set.of(),
              false));

  private static final List<List<Duration>> BRACKETS =
      List.of(FiguresIT.BRACKETS, List.of(Duration.ofSeconds(20), Duration.ofMinutes(45)));

  private static IntStream seeds() {
    return IntStream.rangeClosed(1, Integer.getInteger("rollups.seeds", 2));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void figuresAreThoseOfTheRows(int seed) throws Exception {
    ResponseMode mode = seed % 2 == 0 ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
    Random random = new Random(seed);
    long kept = 0;
    try (TestDatabase database = database(mode);
        Connection open = database.connect();
        Statement uncommitted = open.createStatement()) {
      open.setAutoCommit(false);
      uncommitted.execute("set lock_timeout = '1s'");
      Settings settings = set(database, SETTINGS.get(1), BRACKETS.get(0));
      List<Duration> brackets = BRACKETS.get(0);
      database.execute(insert(mode, random, 200));
      for (int step = 0; step < 12; step++) {
        for (int i = random.nextInt(4); i > 0; i--) {
          String change = change(mode, random);
          if (random.nextInt(3) == 0) {
            // Committed after the next refresh, or before.
            uncommitted.execute(change);
          } else {
            // So that neither waits for the other's rows.
            open.commit();
            database.execute(change);
          }
        }
        if (random.nextInt(6) == 0) {
          settings = SETTINGS.get(random.nextInt(SETTINGS.size()));
          brackets = BRACKETS.get(random.nextInt(BRACKETS.size()));
          set(database, settings, brackets);
        }
        if (random.nextInt(3) > 0) {
          refresh(database);
        }
        if (random.nextInt(2) == 0) {
          open.commit();
        }
        Figures figures = new Figures(mode, FiguresIT.sessions(database, mode), settings);
        FiguresIT.compare(database, figures, brackets);
        kept += database.count("select count(*) from kept_days");
      }
      open.commit();
      FiguresIT.compare(
          database, new Figures(mode, FiguresIT.sessions(database, mode), settings), brackets);
      assertThat(database.strings(TestDatabase.resource("/sql/maintenance/reconcile-figures.sql")))
          .isEmpty();
      refresh(database);
      assertThat(
              database.strings("select day from reporting_days except select day from kept_days"))
          .as("days that are not kept after a refresh")
          .isEmpty();
      assertThat(database.strings(TestDatabase.resource("/sql/maintenance/reconcile-figures.sql")))
          .isEmpty();
    }
    assertThat(kept).as("days that were kept, over all steps").isGreaterThan(20);
  }

  /**
   * What a transaction that has not ended wrote is not in what is kept, and is not missed later.
   */
  @Test
  void aRefreshDoesNotOvertakeWhoWrites() throws Exception {
    try (TestDatabase database = database(ResponseMode.ANY_AGENT);
        Connection writer = database.connect();
        Statement write = writer.createStatement()) {
      writer.setAutoCommit(false);
      database.execute(session(1, "2026-03-24 10:10Z"), session(2, "2026-03-26 10:10Z"));
      refresh(database);
      assertThat(kept(database)).containsExactly("2026-03-24", "2026-03-25", "2026-03-26");

      // Begun before the refresh, committed after it; the hour is noted by nobody else.
      write.execute(session(3, "2026-03-24 10:20Z"));
      refresh(database);
      assertThat(kept(database)).hasSize(3);
      writer.commit();
      assertThat(kept(database)).containsExactly("2026-03-25", "2026-03-26");
      assertThat(sessions(database))
          .containsExactly("2026-03-24 2", "2026-03-25 0", "2026-03-26 1");

      // The hour is noted already, by one who has committed.
      write.execute(session(4, "2026-03-24 10:30Z"));
      assertThat(database.count("select count(*) from rollup_written")).isEqualTo(1);
      refresh(database);
      writer.commit();
      assertThat(kept(database)).containsExactly("2026-03-25", "2026-03-26");
      assertThat(sessions(database)).contains("2026-03-24 3");
      refresh(database);
      assertThat(kept(database)).hasSize(3);
      assertThat(sessions(database)).contains("2026-03-24 3");

      // What is taken back was never there.
      write.execute("delete from tbl_result where b < 3");
      refresh(database);
      writer.rollback();
      assertThat(kept(database)).hasSize(3);
      assertThat(sessions(database)).contains("2026-03-24 3");
    }
  }

  @Test
  void whoWritesDoesNotWaitForARefresh() throws Exception {
    try (TestDatabase database = database(ResponseMode.ANY_AGENT);
        Connection refresher = database.connect();
        Statement refresh = refresher.createStatement()) {
      refresher.setAutoCommit(false);
      database.execute(session(1, "2026-03-24 10:10Z"));
      refresh.execute("select refresh_figures()");
      // Its note is deleted by the refresh, which may yet be rolled back.
      database.execute("set lock_timeout = '1s'", session(2, "2026-03-24 10:20Z"));
      refresher.commit();
      assertThat(kept(database)).isEmpty();
      assertThat(sessions(database)).containsExactly("2026-03-24 2");
      refresh(database);
      assertThat(kept(database)).containsExactly("2026-03-24");

      refresh.execute("select refresh_figures()");
      database.execute("set lock_timeout = '1s'", "delete from tbl_result where b = 2");
      refresher.rollback();
      assertThat(sessions(database)).containsExactly("2026-03-24 1");
    }
  }

  @Test
  void refreshesWaitForOneAnother() throws Exception {
    try (TestDatabase database = database(ResponseMode.ANY_AGENT);
        Connection first = database.connect();
        Statement refresh = first.createStatement()) {
      first.setAutoCommit(false);
      database.execute(session(1, "2026-03-24 10:10Z"));
      refresh.execute("select refresh_figures()");
      CompletableFuture<Void> second = CompletableFuture.runAsync(() -> refresh(database));
      Await.until(
          "the second one waits",
          Duration.ofSeconds(30),
          () ->
              database.count(
                      "select count(*) from pg_locks where not granted and database ="
                          + " (select oid from pg_database where datname = current_database())")
                  == 1);
      first.commit();
      second.join();
      assertThat(kept(database)).containsExactly("2026-03-24");
      assertThat(database.count("select sum(sessions) from response_times_by_hour")).isEqualTo(1);
    }
  }

  /** Queries use the stored figures, so that a comparison without differences has checked them. */
  @Test
  void whatIsKeptIsToldAndReconciled() throws Exception {
    try (TestDatabase database = database(ResponseMode.ANY_AGENT)) {
      database.execute(session(1, "2026-03-24 10:10Z"), session(2, "2026-03-26 10:10Z"));
      refresh(database);
      String reconcile = TestDatabase.resource("/sql/maintenance/reconcile-figures.sql");
      assertThat(database.strings(reconcile)).isEmpty();
      database.execute(
          "update rollup_figures set sessions = 7 where day = '2026-03-24'",
          "update rollup_agent_figures set answered = 5 where day = '2026-03-26'",
          "update rollup_clock_hour_figures set sessions = 9 where day = '2026-03-26'");
      assertThat(sessions(database))
          .containsExactly("2026-03-24 7", "2026-03-25 0", "2026-03-26 1");
      assertThat(database.count("select sum(sessions) from hour_of_week where day = '2026-03-26'"))
          .isEqualTo(9 * 24);
      assertThat(database.strings(reconcile)).hasSize(4);

      database.execute("delete from rollup_settings");
      assertThat(database.strings(reconcile)).as("computed anew").isEmpty();
      refresh(database);
      assertThat(database.strings(reconcile)).isEmpty();
      assertThat(kept(database)).hasSize(3);

      database.execute("truncate tbl_result", session(3, "2026-03-27 10:10Z"));
      database.execute(session(4, "2026-03-23 10:10Z"));
      assertThat(database.strings("select sessions from response_times_by_day order by day"))
          .containsExactly("1", "0", "0", "0", "1");
      database.execute(TestDatabase.resource("/sql/maintenance/remove-rollups.sql"));
      assertThat(database.strings(reconcile)).isEmpty();
      database.execute(TestDatabase.resource("/sql/optional/rollups.sql"));
      refresh(database);
      assertThat(kept(database)).hasSize(5);
    }
  }

  @Test
  void aRefreshThatWouldNotSeeWhatIsCommittedIsRefused() throws Exception {
    try (TestDatabase database = database(ResponseMode.ANY_AGENT);
        Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      assertThatThrownBy(() -> statement.execute("select refresh_figures()"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("call it in a transaction that is read committed");
    }
  }

  /** Tables, views and rollups, as an operator makes them. */
  private static TestDatabase database(ResponseMode mode) {
    TestDatabase database = TestDatabase.create(mode);
    Configuration options = database.options("--source.type", "datagen");
    new TableCheck(new ResultDatabase(options), options).run();
    database.execute(
        TestDatabase.resource("/sql/optional/rollups.sql"),
        "delete from response_target",
        "insert into response_target (within) values ('10 s'), ('3 min'), ('12 h')");
    return database;
  }

  private static void refresh(TestDatabase database) {
    database.execute("select refresh_figures()");
  }

  private static List<String> kept(TestDatabase database) throws SQLException {
    return database.strings("select day from kept_days order by 1");
  }

  private static List<String> sessions(TestDatabase database) throws SQLException {
    return database.strings("select day, sessions from response_times_by_day order by 1");
  }

  private static String session(long customer, String at) {
    return "insert into tbl_result (b, b_ts, a, a_ts, asked_a) values (%d, '%s', 7, timestamptz '%s' + interval '5 min', 7)"
        .formatted(customer, at, at);
  }

  private static Settings set(TestDatabase database, Settings settings, List<Duration> brackets) {
    List<String> sql = new ArrayList<>();
    sql.add("begin");
    sql.add("delete from response_target");
    settings
        .targets()
        .values()
        .forEach(
            within ->
                sql.add(
                    "insert into response_target (within) values ('%d s')"
                        .formatted(within.toSeconds())));
    sql.add("delete from response_bracket");
    brackets.forEach(
        upTo -> sql.add("insert into response_bracket values ('" + upTo.toSeconds() + " s')"));
    sql.add("update report_settings set calendar = null");
    sql.add("delete from business_calendar");
    if (settings.hours() != null) {
      sql.add("insert into business_calendar values ('c', '" + settings.zone() + "')");
      settings.hours().forEach((day, hours) -> hours.forEach(h -> sql.add(hours(day, h))));
      settings
          .holidays()
          .forEach(day -> sql.add("insert into business_holiday values ('c', '" + day + "')"));
    }
    sql.add(
        "update report_settings set time_zone = '%s', conversation_gap = '%d s', calendar = %s, closed_counts = %s"
            .formatted(
                settings.zone(),
                settings.gap().toSeconds(),
                settings.hours() == null ? "null" : "'c'",
                settings.closedCounts()));
    sql.add("commit");
    database.execute(sql.toArray(String[]::new));
    return settings;
  }

  private static String hours(DayOfWeek day, Hours hours) {
    return "insert into business_hours values ('c', %d, '%s', '%s')"
        .formatted(
            day.getValue(),
            hours.opens(),
            hours.closes().equals(LocalTime.MIDNIGHT) ? "24:00" : hours.closes());
  }

  /** What a job does, what a recovery does, and what a person does by hand. */
  private static String change(ResponseMode mode, Random random) {
    String day = START.plus(Duration.ofDays(random.nextInt(DAYS))).toString();
    String some = " and b % 7 = " + random.nextInt(7) + " and b_ts >= '" + day + "'";
    String responder = mode == ResponseMode.ANY_AGENT ? "a" : "rsp_a";
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> insert(mode, random, 1 + random.nextInt(30));
      case 3 ->
          // Answered by whoever was asked.
          "update tbl_result set %s = %s, a_ts = b_ts + interval '%d s', updated_at = now() where %s = -1 and closed_ts is null%s"
              .formatted(
                  responder,
                  mode == ResponseMode.ANY_AGENT ? "asked_a" : "a",
                  random.nextInt(100_000),
                  responder,
                  some);
      case 4 -> "delete from tbl_result where true" + some;
      case 7 ->
          "update tbl_result set closed_ts = b_ts + interval '%d s', updated_at = now() where %s = -1%s"
              .formatted(random.nextInt(100_000), responder, some);
      // A change by hand, which has no time.
      case 5 -> "update tbl_result set a_ts = a_ts + interval '17 s' where a_ts is not null" + some;
      case 6 -> "update tbl_result set b_ts = b_ts - interval '25 h' where a_ts is not null" + some;
      default ->
          "delete from tbl_result where b_ts < (select min(b_ts) + interval '20 h' from tbl_result)"
              + some;
    };
  }

  private static String insert(ResponseMode mode, Random random, int rows) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Instant asked = START.plusMillis(random.nextLong(DAYS * 86_400_000L));
      Instant answered = asked.plusMillis(random.nextLong(1L << (8 + random.nextInt(22))));
      int agent = 1 + random.nextInt(4);
      boolean open = random.nextInt(4) == 0;
      values.add(
          "(%d, '%s', %d, %s, %d)"
              .formatted(
                  random.nextInt(Integer.MAX_VALUE),
                  asked,
                  open ? -1 : mode == ResponseMode.ANY_AGENT ? 1 + random.nextInt(4) : agent,
                  open ? "null" : "'" + answered + "'",
                  agent));
    }
    return "insert into tbl_result (b, b_ts, %s, a_ts, %s) values "
            .formatted(
                mode == ResponseMode.ANY_AGENT ? "a" : "rsp_a",
                mode == ResponseMode.ANY_AGENT ? "asked_a" : "a")
        + String.join(", ", values);
  }
}
