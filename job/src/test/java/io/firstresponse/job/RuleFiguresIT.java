package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.RuleFigures;
import io.firstresponse.job.testing.RuleFigures.Labelled;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.WindowQuery;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Targets by rule, figures by label, who has given up, and conversations: against plain Java, from
 * the rows and from kept figures.
 */
class RuleFiguresIT {

  private static final String COUNTS =
      "sessions, answered, unanswered, closed, given_up, within_target, running, missed, share, met";

  private static final String PERCENTILES = ", median_seconds, p90_of_all_seconds";

  private static final String BUSINESS =
      ", business_sessions, business_within_target, business_running, business_missed";

  /** Mistakes are refused, so that each finds the same rows. */
  private static TestDatabase forMistakes;

  @BeforeAll
  static void create() {
    forMistakes = TestDatabase.create(ResponseMode.ANY_AGENT);
    SqlFiles.install(ResponseMode.ANY_AGENT).forEach(forMistakes::execute);
    forMistakes.execute(
        "insert into business_calendar values ('c', 'UTC')",
        "insert into response_target (within, label, calendar) values ('2 min', 'c', 'c')");
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
      RuleScenario scenario = new RuleScenario(database, mode, zone, seed);
      compare(database, scenario);
      if (seed <= 2) {
        // From the rows they take their time.
        compareOthers(database, scenario);
      }
      queue(database, scenario);
      conversations(database, mode, zone, scenario);

      // Sessions whose labels are not there yet are in the figures, and their days are not kept.
      database.execute("delete from tbl_labels where labels = 6");
      scenario.labels.remove(6L);
      database.execute(SqlFiles.read("optional/rollups.sql"), "select refresh_figures()");
      compare(database, scenario);
      assertThat(
              database.strings(
                  "select distinct day from response_times_by_day where day not in (select day from kept_days) order by 1"))
          .hasSizeBetween(1, 6);
      scenario.insertLabels(6);
      scenario.labels.putAll(RuleScenario.LABELS);
      compare(database, scenario);
      refreshAndCompare(database, scenario);

      // Who has given up depends on the time that it is, and on nothing that is kept.
      scenario.limit = null;
      database.execute("update report_settings set waiting_limit = null");
      assertThatAllIsKept(database);
      compare(database, scenario);
      compareOthers(database, scenario);

      LocalDate from = TeamFiguresIT.FIRST.plusDays(12);
      scenario.change(2, Map.of("team", "blue", "channel", "chat"), scenario.other, from);
      compare(database, scenario);
      refreshAndCompare(database, scenario);

      scenario.outsideCounts = false;
      scenario.closedCounts = true;
      scenario.changeHours("10:30", "15:00");
      database.execute("update report_settings set outside_counts = false, closed_counts = true");
      compare(database, scenario);
      refreshAndCompare(database, scenario);

      scenario.members.remove(scenario.members.size() - 1);
      scenario.labels.put(1L, Map.of("channel", "phone"));
      database.execute(
          "delete from agent_team where agent_id = 4",
          "update tbl_labels set label = '{\"channel\": \"phone\"}' where labels = 1",
          "update tbl_result set labels = 2 where labels = 5 and b_ts >= '2026-03-20'");
      compare(database, scenario);
      refreshAndCompare(database, scenario);
    }
  }

  private static void refreshAndCompare(TestDatabase database, RuleScenario scenario)
      throws SQLException {
    database.execute("select refresh_figures()");
    assertThatAllIsKept(database);
    compare(database, scenario);
    compareOthers(database, scenario);
  }

  private static void assertThatAllIsKept(TestDatabase database) throws SQLException {
    assertThat(database.strings("select day from reporting_days except select day from kept_days"))
        .isEmpty();
  }

  private static void compare(TestDatabase database, RuleScenario scenario) throws SQLException {
    List<Labelled> sessions = scenario.sessions();
    RuleFigures figures = scenario.figures();
    Function<Labelled, String> day = s -> s.day().toString();
    FiguresIT.assertRows(
        database,
        "select day::text, target collate \"C\", "
            + COUNTS
            + PERCENTILES
            + BUSINESS
            + " from sla_attainment"
            + " where day in (select day from response_times_by_day where sessions > 0) order by 1, 2",
        figures.attainment(sessions, scenario.rules, s -> List.of(day.apply(s))));
    FiguresIT.assertRows(
        database,
        "select day::text, coalesce(team, '') collate \"C\", target collate \"C\", "
            + COUNTS
            + PERCENTILES
            + BUSINESS
            + " from sla_attainment_by_team order by 1, 2, 3",
        figures.attainment(
            sessions,
            scenario.rules,
            s -> List.of(day.apply(s), s.team() == null ? "" : s.team())));
    byLabel(database, scenario, sessions, figures);
  }

  /** Who waits and who has given up in all views, and the second computation in SQL. */
  private static void compareOthers(TestDatabase database, RuleScenario scenario)
      throws SQLException {
    List<Labelled> sessions = scenario.sessions();
    RuleFigures figures = scenario.figures();
    assertThat(database.strings(SqlFiles.read("maintenance/reconcile-figures.sql"))).isEmpty();
    long open = sessions.stream().filter(s -> s.session().isOpen()).count();
    long gone = sessions.stream().filter(s -> figures.hasGivenUp(s.session())).count();
    assertThat(open - gone).isPositive();
    assertThat(gone > 0).isEqualTo(scenario.limit != null);
    assertThat(database.count("select count(*) from waiting_now")).isEqualTo(open - gone);
    assertThat(database.count("select queue_at(now())")).isEqualTo(open - gone);
    for (String counts :
        List.of(
            "count(*) filter (where status = 'open'), count(*) filter (where status = 'given up') from response_sessions",
            "sum(unanswered), sum(given_up) from response_times_by_day",
            "sum(unanswered), sum(given_up) from response_times_by_month",
            "sum(unanswered), sum(given_up) from response_times_by_hour",
            "sum(unanswered), sum(given_up) from response_times_by_team",
            "sum(unanswered), sum(given_up) from reply_times_by_day",
            "sum(asked_unanswered), sum(asked_given_up) from response_times_by_agent",
            "sum(unanswered), sum(given_up) from hour_of_week",
            "sum(sessions) filter (where bracket = 'unanswered'),"
                + " coalesce(sum(sessions) filter (where bracket = 'given up'), 0) from response_time_distribution")) {
      assertThat(database.strings("select " + counts))
          .as(counts)
          .containsExactly("%d %d".formatted(open - gone, gone));
    }
  }

  private static void byLabel(
      TestDatabase database, RuleScenario scenario, List<Labelled> sessions, RuleFigures figures)
      throws SQLException {
    LocalDate from = TeamFiguresIT.FIRST.plusDays(3);
    LocalDate to = TeamFiguresIT.FIRST.plusDays(28);
    List<List<Object>> expected =
        figures.attainment(
            sessions.stream().filter(s -> !s.day().isBefore(from) && !s.day().isAfter(to)).toList(),
            scenario.rules,
            s -> List.of(s.labels() == null ? "" : s.labels().getOrDefault("channel", "")));
    // The function has no percentiles.
    expected.forEach(row -> row.subList(12, 14).clear());
    FiguresIT.assertRows(
        database,
        "select coalesce(value, '') collate \"C\", target collate \"C\", %s%s from sla_attainment_by_label('channel', '%s', '%s') order by 1, 2"
            .formatted(COUNTS, BUSINESS, from, to),
        expected);
    assertThat(
            database.strings(
                """
                select * from (
                  select value, jsonb_object_agg(target, share) as shares,
                    jsonb_object_agg(target, running) as running,
                    min(sessions) filter (where target = '1 minute') as sessions,
                    min(unanswered) filter (where target = '1 minute') as unanswered,
                    min(given_up) filter (where target = '1 minute') as given_up
                  from sla_attainment_by_label('channel', '%1$s', '%2$s', 'team', 'week')
                  group by value, team, period_first_day) a
                full join (
                  select value, within_targets as shares, running, sessions, unanswered, given_up
                  from response_times_by_label('channel', '%1$s', '%2$s', 'team', 'week')) b
                on a::text = b::text
                where a is null or b is null
                """
                    .formatted(from, to)))
        .isEmpty();
  }

  /** Who has given up by a moment did not wait then, whether somebody answered later or not. */
  private static void queue(TestDatabase database, RuleScenario scenario) throws SQLException {
    String before = database.strings("select waiting_limit from report_settings").get(0);
    database.execute("update report_settings set waiting_limit = '5 hours'");
    long limit = Duration.ofHours(5).toNanos() / 1000;
    List<Session> sessions = scenario.sessions().stream().map(Labelled::session).toList();
    // Also at the very moments at which somebody asks, is answered, or gives up.
    String moments =
        "select %s, waiting, queue_at(at) from queue_at_each(array(select opened_at + n * interval '2.5 hours'"
                .formatted(RuleScenario.micros("at"))
            + " from response_sessions cross join generate_series(0, 2) n where customer_id % 3 = 1"
            + " union select responded_at from response_sessions where customer_id % 5 = 1))";
    for (String row : database.strings(moments)) {
      String[] columns = row.split(" ", -1);
      long at = Long.parseLong(columns[0]);
      long waiting =
          sessions.stream()
              .filter(s -> s.openedAt() <= at && at - s.openedAt() <= limit)
              .filter(s -> s.isOpen() || s.endedAt() > at)
              .count();
      assertThat(List.of(columns[1], columns[2]))
          .as(columns[0])
          .containsOnly(Long.toString(waiting));
    }
    database.execute("update report_settings set waiting_limit = '" + before + "'");
  }

  private static void conversations(
      TestDatabase database, ResponseMode mode, ZoneId zone, RuleScenario scenario)
      throws SQLException {
    List<Labelled> sessions = scenario.sessions();
    Figures plain =
        new Figures(
            mode,
            sessions.stream().map(Labelled::session).toList(),
            new Figures.Settings(zone, Duration.ofHours(9), Map.of(), null, Set.of(), false));
    FiguresIT.assertRows(
        database,
        "select customer_id, coalesce(only_agent_id, 0), %s, sessions, replies, responders, closed, first_reply_seconds, last_status, %s, labels ->> 'channel' from conversations order by 1, 2, 3"
            .formatted(RuleScenario.micros("opened_at"), RuleScenario.micros("last_at")),
        scenario
            .figures()
            .conversations(
                sessions, plain::isFirst, s -> mode == ResponseMode.ANY_AGENT ? 0 : s.asked()));
    String some = "from conversations where opened_at >= '2026-03-15' and opened_at < '2026-03-22'";
    String function = "from conversations('2026-03-15', '2026-03-22')";
    assertThat(
            database.strings(
                "(select * %1$s except all select * %2$s) union all (select * %2$s except all select * %1$s)"
                    .formatted(some, function)))
        .isEmpty();
    // A gap of centuries, which every PostgreSQL has: there is never a second conversation.
    database.execute("update report_settings set conversation_gap = '1000 years'");
    assertThat(
            database.count(
                "select count(*) - count(distinct (customer_id, only_agent_id)) from conversations"))
        .isZero();
    database.execute("update report_settings set conversation_gap = '9 hours'");
  }

  /** The example of the page: a label "team" comes before the team, and no labels are none. */
  @Test
  void severalTargetsApplyToOneSession() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      SqlFiles.install(ResponseMode.ANY_AGENT).forEach(database::execute);
      database.execute(
          "insert into agent_team (agent_id, team) values (1, 'sales')",
          "insert into tbl_labels values (1, '{\"channel\": \"email\", \"priority\": \"urgent\"}'),"
              + " (2, '{\"channel\": \"email\"}'), (3, '{\"priority\": \"urgent\", \"team\": \"vip\"}')",
          "insert into tbl_result (b, b_ts, asked_a, a, a_ts, labels) select n, '2026-03-02 10:00Z', 1, 1,"
              + " timestamptz '2026-03-02 10:00Z' + seconds * interval '1 s', n"
              + " from (values (1, 240), (2, 4000), (3, 60)) s (n, seconds)",
          "insert into tbl_result (b, b_ts, asked_a) values (4, '2026-03-02 10:00Z', 2)",
          "delete from response_target where name <> '3 minutes'",
          "insert into response_target (within, label, goal, applies_to) values"
              + " ('1 hour', 'email', 0.8, '{\"channel\": \"email\"}'),"
              + " ('10 minutes', 'urgent', 0.95, '{\"priority\": \"urgent\", \"team\": \"sales\"}')");
      assertThat(
              database.strings(
                  "select target, sessions, within_target, missed, share, met, median_seconds from sla_attainment order by target collate \"C\""))
          .containsExactly(
              "3 minutes 4 1 3 0.25 null 240",
              "email, 1 hour 2 1 1 0.5 f 240",
              "urgent, 10 minutes 1 1 0 1 t 240");
      assertThat(
              database.strings(
                  "select value, sessions, unanswered from response_times_by_label('priority', '2026-03-02', '2026-03-02') order by 1"))
          .containsExactly("urgent 2 0", "null 2 1");
      database.execute("update report_settings set waiting_limit = '3 days'");
      assertThat(
              database.strings(
                  "select sessions, answered, unanswered, given_up, (within_targets ->> '3 minutes') from response_times_by_day"))
          .containsExactly("4 3 0 1 0.25");
    }
  }

  /** The example of the page: by customer a wait of two hours is in no row. */
  @Test
  void oneCustomerWhoWritesToTwoInboxes() {
    long customer = 7;
    long sales = 1;
    long support = 2;
    List<Message> byCustomer =
        List.of(
            new Message(sales, customer, hour(9), false, false),
            new Message(support, customer, hour(10), false, false),
            new Message(support, customer, hour(10) + 300_000_000L, true, false),
            new Message(sales, customer, hour(11), true, false));
    assertThat(seconds(WindowQuery.sessions(ResponseMode.ANY_AGENT, byCustomer)))
        .containsExactly(3900L);
    // The feed has the id of the conversation as b.
    List<Message> byConversation =
        byCustomer.stream()
            .map(m -> new Message(m.a(), m.a() == sales ? 71 : 72, m.ts(), m.direct(), false))
            .toList();
    assertThat(seconds(WindowQuery.sessions(ResponseMode.ANY_AGENT, byConversation)))
        .containsExactlyInAnyOrder(7200L, 300L);
  }

  private static long hour(int hour) {
    return hour * 3_600_000_000L;
  }

  private static List<Long> seconds(List<Session> sessions) {
    return sessions.stream().map(s -> (s.endedAt() - s.openedAt()) / 1_000_000).toList();
  }

  /** What is no rule, and a calendar that is not there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into response_target (within, applies_to) values ('2 min', '[]')",
        "insert into response_target (within, applies_to) values ('2 min', '{\"priority\": 1}')",
        "insert into response_target (within, applies_to) values ('2 min', '{\"channel\": [\"chat\"]}')",
        "insert into response_target (within, applies_to) values ('2 min', null)",
        "insert into response_target (within, calendar) values ('2 min', 'nowhere')",
        "insert into response_target (within, valid_from, valid_until) values ('2 min', '2026-01-02', '2026-01-01')",
        "delete from business_calendar",
        "update report_settings set waiting_limit = '0'",
        "update report_settings set waiting_limit = '100 years'",
        "select * from response_times_by_label('channel', '2026-01-01', '2026-01-02', 'channel')",
      })
  void mistakesAreRefused(String sql) {
    assertThatThrownBy(() -> forMistakes.execute(sql))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("2"));
  }
}
