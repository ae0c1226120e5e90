package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.Figures.Settings;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures by team, kind of reply, week, month and any period, and what is running. */
class TeamFiguresIT {

  static final LocalDate FIRST = LocalDate.of(2026, 3, 9);

  record Member(long agent, String team, LocalDate from, LocalDate until) {}

  /** Agents 5 and 6 are in no team, and nobody is in more than one. */
  static final List<Member> MEMBERS =
      List.of(
          new Member(1, "red", LocalDate.MIN, LocalDate.MAX),
          new Member(2, "red", LocalDate.MIN, FIRST.plusDays(9)),
          new Member(2, "blue", FIRST.plusDays(10), LocalDate.MAX),
          new Member(3, "blue", FIRST.plusDays(3), FIRST.plusDays(3)),
          new Member(3, "green", FIRST.plusDays(20), FIRST.plusDays(29)),
          new Member(4, "green", FIRST.plusDays(14), LocalDate.MAX));

  /** Mistakes are refused, so that each finds the same rows. */
  private static TestDatabase forMistakes;

  @BeforeAll
  static void create() {
    forMistakes = TestDatabase.create(ResponseMode.ANY_AGENT);
    SqlFiles.install(ResponseMode.ANY_AGENT).forEach(forMistakes::execute);
    forMistakes.execute(
        "insert into agent_team values (1, 'red', '2026-02-01', '2026-03-31')",
        "insert into agent_team (agent_id, team, valid_from) values (1, 'red', '2026-04-01')",
        "insert into agent_team (agent_id, team) values (9223372036854775807, 'red')");
  }

  @AfterAll
  static void close() throws Exception {
    forMistakes.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       Europe/Berlin,       1",
    "ADDRESSED_AGENT, Asia/Kolkata,        2",
    "ANY_AGENT,       America/Los_Angeles, 3",
    "ADDRESSED_AGENT, America/St_Johns,    4",
    "ANY_AGENT,       UTC,                 5",
  })
  void theFiguresAreThoseOfTheRows(ResponseMode mode, ZoneId zone, long seed) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      SqlFiles.install(mode).forEach(database::execute);
      Settings settings =
          new Settings(
              zone,
              Duration.ofHours(9),
              FiguresIT.BERLIN.targets(),
              FiguresIT.BERLIN.hours(),
              FiguresIT.BERLIN.holidays(),
              seed % 3 == 0);
      set(database, settings);
      database.execute(insert(mode, new Random(seed)));
      List<Member> members = new ArrayList<>(MEMBERS);
      members.forEach(member -> database.execute(insert(member)));
      compare(database, mode, settings, members);

      database.execute(SqlFiles.read("optional/rollups.sql"), "select refresh_figures()");
      assertThat(database.strings("select distinct grain from kept_periods order by 1"))
          .containsExactly("day", "month", "week");
      compare(database, mode, settings, members);

      // Some periods are kept and others are not.
      String responder = mode == ResponseMode.ANY_AGENT ? "a" : "rsp_a";
      database.execute(
          "delete from tbl_result where b % 17 = 3 and b_ts >= '2026-03-25'",
          "update tbl_result set closed_ts = b_ts + interval '3 s' where %s = -1 and b %% 3 = 1 and b_ts >= '2026-04-05'"
              .formatted(responder),
          "update tbl_result set a_ts = a_ts + interval '17 s' where %s <> -1 and b %% 19 = 2 and b_ts >= '2026-04-01'"
              .formatted(responder));
      assertThat(database.count("select count(*) from kept_periods where grain = 'week'"))
          .isBetween(1L, 5L);
      compare(database, mode, settings, members);
      database.execute("select refresh_figures()");
      compare(database, mode, settings, members);

      Member moved = members.remove(members.size() - 1);
      database.execute("delete from agent_team where agent_id = " + moved.agent());
      compare(database, mode, settings, members);
      database.execute("select refresh_figures()");
      compare(database, mode, settings, members);
    }
  }

  private static void compare(
      TestDatabase database, ResponseMode mode, Settings settings, List<Member> members)
      throws SQLException {
    List<Session> sessions = FiguresIT.sessions(database, mode);
    Figures figures = new Figures(mode, sessions, settings);
    String times = FiguresIT.times(figures);
    Function<Session, LocalDate> day = session -> figures.dayOf(session.openedAt());
    Function<Session, String> team = session -> team(members, session, day.apply(session));
    Function<Session, String> first = session -> figures.isFirst(session) ? "true" : "false";
    String teamColumn = "coalesce(team, '') collate \"C\"";
    check(
        database,
        "select day::text, " + teamColumn + times + " from response_times_by_team",
        2,
        figures.by(s -> List.of(day.apply(s).toString(), team.apply(s))));
    check(
        database,
        "select day::text, is_first_reply::text" + times + " from reply_times_by_day",
        2,
        figures.by(s -> List.of(day.apply(s).toString(), first.apply(s))));
    check(
        database,
        "select day::text, "
            + teamColumn
            + ", is_first_reply::text"
            + times
            + " from reply_times_by_team",
        3,
        figures.by(s -> List.of(day.apply(s).toString(), team.apply(s), first.apply(s))));
    check(
        database,
        "select day::text, coalesce(agent_id, 0)::text, is_first_reply::text"
            + times
            + " from reply_times_by_agent",
        3,
        figures.by(
            s ->
                List.of(
                    day.apply(s).toString(),
                    Long.toString(s.isAnswered() ? s.responder() : 0),
                    first.apply(s))));
    Function<Session, LocalDate> week =
        day.andThen(d -> d.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
    check(
        database,
        "select week::text" + times + " from response_times_by_week where sessions > 0",
        1,
        figures.by(s -> List.of(week.apply(s).toString())));
    check(
        database,
        "select month::text" + times + " from response_times_by_month where sessions > 0",
        1,
        figures.by(s -> List.of(day.apply(s).withDayOfMonth(1).toString())));

    // Any period: the ends of weeks are cut.
    LocalDate from = FIRST.plusDays(4);
    LocalDate to = FIRST.plusDays(30);
    Figures some =
        new Figures(
            mode,
            sessions.stream()
                .filter(s -> !day.apply(s).isBefore(from) && !day.apply(s).isAfter(to))
                .toList(),
            settings);
    check(
        database,
        "select '' as nothing%s from response_times('%s', '%s')".formatted(times, from, to),
        1,
        some.by(s -> List.of("")));
    check(
        database,
        "select period_first_day::text, opened_in_business_time::text%s from response_times('%s', '%s', 'week', 'business_time')"
            .formatted(times, from, to),
        2,
        some.by(
            s ->
                List.of(
                    (week.apply(s).isBefore(from) ? from : week.apply(s)).toString(),
                    Boolean.toString(figures.openedInBusinessTime(s)))));
    check(
        database,
        "select %s, is_first_reply::text%s from response_times('%s', '%s', 'team', 'first_reply')"
            .formatted(teamColumn, times, from, to),
        2,
        // Of a session that is cut off from the one before it, all of them decide.
        some.by(s -> List.of(team.apply(s), first.apply(s))));
    assertThat(
            database.strings(
                """
                select * from (
                  select day, team, target, sessions, answered, unanswered, closed, within_target, running,
                    missed, share,
                    business_within_target, business_share, met
                  from sla_attainment_by_team where day between '%1$s' and '%2$s') views
                full join (
                  select period_first_day as day, team, target, sessions, answered, unanswered, closed,
                    within_target, running, missed, share, business_within_target, business_share, met
                  from sla_attainment('%1$s', '%2$s', 'day', 'team')) function
                on views::text = function::text
                where views is null or function is null
                """
                    .formatted(from, to)))
        .isEmpty();
    assertThat(
            database.count(
                "select count(*) from response_times_by_agent r where team is distinct from"
                    + " (select t.team from agent_team t where t.agent_id = r.agent_id"
                    + " and r.day >= t.valid_from and r.day <= t.valid_until)"))
        .isZero();
  }

  private static void check(
      TestDatabase database, String query, int keys, List<List<Object>> expected)
      throws SQLException {
    StringBuilder order = new StringBuilder(" order by 1");
    for (int i = 2; i <= keys; i++) {
      order.append(", ").append(i);
    }
    FiguresIT.assertRows(database, query + order, expected);
  }

  static String team(List<Member> members, Session session, LocalDate day) {
    long agent = session.isAnswered() ? session.responder() : session.asked();
    return members.stream()
        .filter(m -> m.agent() == agent && !day.isBefore(m.from()) && !day.isAfter(m.until()))
        .map(Member::team)
        .findFirst()
        .orElse("");
  }

  static String insert(Member member) {
    return "insert into agent_team values (%d, '%s', '%s', '%s')"
        .formatted(
            member.agent(),
            member.team(),
            member.from().equals(LocalDate.MIN) ? "-infinity" : member.from(),
            member.until().equals(LocalDate.MAX) ? "infinity" : member.until());
  }

  private static void set(TestDatabase database, Settings settings) {
    database.execute(
        "delete from response_target",
        "insert into response_target (within, goal) values ('10 s', null), ('3 min', 0.4), ('12 h', 0.9)",
        "insert into business_calendar values ('c', '" + settings.zone() + "')");
    settings
        .hours()
        .forEach(
            (weekday, hours) ->
                hours.forEach(
                    h ->
                        database.execute(
                            "insert into business_hours values ('c', %d, '%s', '%s')"
                                .formatted(
                                    weekday.getValue(),
                                    h.opens(),
                                    h.closes().equals(LocalTime.MIDNIGHT)
                                        ? "24:00"
                                        : h.closes()))));
    settings
        .holidays()
        .forEach(
            holiday ->
                database.execute("insert into business_holiday values ('c', '" + holiday + "')"));
    database.execute(
        "update report_settings set calendar = 'c', time_zone = '%s', conversation_gap = '%d s', closed_counts = %s"
            .formatted(settings.zone(), settings.gap().toSeconds(), settings.closedCounts()));
  }

  /**
   * Sessions of 120 customers, each after the one before it; some are closed, some wait at the end.
   */
  static String insert(ResponseMode mode, Random random) {
    boolean any = mode == ResponseMode.ANY_AGENT;
    List<String> values = new ArrayList<>();
    for (int customer = 0; customer < 120; customer++) {
      Instant time =
          FIRST
              .atStartOfDay(ZoneId.of("UTC"))
              .toInstant()
              .plusSeconds((long) random.nextInt(20 * 86_400));
      long asked = 1L + random.nextInt(6);
      for (int n = 1 + random.nextInt(9); n > 0; n--) {
        asked = any ? 1 + random.nextInt(6) : asked;
        long responder = any ? 1 + random.nextInt(6) : asked;
        boolean open = n == 1 && random.nextInt(3) == 0;
        boolean closed = !open && random.nextInt(6) == 0;
        Instant ended = time.plusMillis((long) (1000 * Math.exp(12 * random.nextDouble())));
        values.add(
            "(%d, '%s', %d, %d, %s, %s)"
                .formatted(
                    customer,
                    time,
                    asked,
                    open || closed ? -1 : responder,
                    open || closed ? "null" : "'" + ended + "'",
                    closed ? "'" + ended + "'" : "null"));
        time = ended.plusSeconds(random.nextInt(4) == 0 ? 9 * 3600 : random.nextInt(40 * 3600));
      }
    }
    return "insert into tbl_result (b, b_ts, %s, a_ts, closed_ts) values "
            .formatted(any ? "asked_a, a" : "a, rsp_a")
        + String.join(", ", values);
  }

  /** A session younger than the target is neither within it nor missed. */
  @Test
  void whoWaitsNotYetTooLongIsRunning() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      SqlFiles.install(ResponseMode.ANY_AGENT).forEach(database::execute);
      database.execute(
          SqlFiles.read("optional/rollups.sql"),
          "delete from response_target",
          "insert into response_target (within, goal) values ('1 hour', 0.5), ('30 days', 0.5)",
          "insert into agent_team (agent_id, team) values (1, 'red')",
          // Yesterday: within an hour, later, not answered. Just now: not answered, by two.
          "insert into tbl_result (b, b_ts, asked_a, a, a_ts) select n, now() - interval '2 days', 1, 1,"
              + " now() - interval '2 days' + n * interval '45 min' from generate_series(1, 2) n",
          "insert into tbl_result (b, b_ts, asked_a) values (3, now() - interval '2 days', 1),"
              + " (4, now() - interval '1 min', 1), (5, now() - interval '1 s', 2)");
      String sums =
          "select target, sum(sessions), sum(within_target), sum(running), sum(missed) from %s group by 1 order by 1";
      for (int time = 0; time < 2; time++) {
        for (String figures :
            List.of(
                "sla_attainment",
                "sla_attainment_by_week",
                "sla_attainment_by_month",
                "sla_attainment_by_team",
                "sla_attainment(reporting_today() - 3, reporting_today() + 1)")) {
          assertThat(database.strings(sums.formatted(figures)))
              .as(figures)
              .containsExactly("1 hour 5 1 2 2", "30 days 5 2 3 0");
        }
        assertThat(
                database.strings(
                    "select target, share, met from sla_attainment(reporting_today() - 3, reporting_today() + 1) order by 1"))
            .containsExactly("1 hour 0.3333333333333333 f", "30 days 1 t");
        assertThat(
                database.strings(
                    "select sum((running->>'1 hour')::int), sum((running->>'30 days')::int) from response_times_by_day"))
            .containsExactly("2 3");
        database.execute("select refresh_figures()");
      }
      // Business has not been open since.
      database.execute(
          "insert into business_calendar values ('never', 'UTC')",
          "update report_settings set calendar = 'never'");
      assertThat(
              database.strings(
                  "select target, business_sessions, business_within_target, business_running, business_missed"
                      + " from sla_attainment(reporting_today() - 3, reporting_today() + 1) order by 1"))
          .containsExactly("1 hour 5 2 3 0", "30 days 5 2 3 0");
      database.execute("update report_settings set outside_counts = false");
      assertThat(
              database.count(
                  "select sum(business_sessions) + sum(sessions_in_business_time) from sla_attainment"))
          .isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into agent_team values (1, 'blue', '2026-01-01', '2026-02-01')",
        "insert into agent_team values (1, 'blue', '2026-03-31')",
        "insert into agent_team (agent_id, team) values (1, 'red')",
        "insert into agent_team (agent_id, team) values (2, '')",
        "insert into agent_team (agent_id, team) values (-1, 'red')",
        "insert into agent_team values (2, 'red', '2026-01-02', '2026-01-01')",
        "select * from response_times('2026-01-01', '2026-01-02', 'tem')",
        "select * from response_times('2026-01-02', '2026-01-01')",
        "select * from response_times('-infinity', '2026-01-01')",
      })
  void mistakesAreRefused(String sql) {
    assertThatThrownBy(() -> forMistakes.execute(sql))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("2"));
  }
}
