package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.firstresponse.job.options.BadOptionException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The data in the page, against the views; what views do not have of several days, in plain Java.
 */
class ReportFiguresIT {

  /** Clocks change in it, and conversations go on that began before. */
  private static final LocalDate FROM = LocalDate.of(2026, 3, 20);

  private static final LocalDate TO = LocalDate.of(2026, 4, 8);
  private static final ReportRequest DAYS =
      new ReportRequest("March & April", Optional.of(FROM), Optional.of(TO), Optional.empty());
  private static final String OF_PERIOD =
      " where (opened_at at time zone 'Europe/Berlin')::date between ? and ?";
  private static final Offset<Double> NEARLY = Offset.offset(1e-9);

  @ParameterizedTest
  @CsvSource({
    "any-agent, false, false",
    "addressed-agent, true, true",
    "any-agent, true, false",
  })
  void figuresOfSeveralDays(String mode, boolean calendar, boolean closedCounts) throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded(mode, 400, 12, 7)) {
      database.execute("update report_settings set closed_counts = " + closedCounts);
      if (calendar) {
        openOfficeHours(database);
      }
      JsonNode data = database.data(DAYS);
      assertThat(data.at("/about/mode").asText()).isEqualTo(mode);
      assertThat(data.at("/about/timeZone").asText()).isEqualTo("Europe/Berlin");
      assertThat(data.at("/about/target").asText()).isEqualTo("3 minutes");
      JsonNode total = data.at("/figures/total");
      assertThat(total.get("business").isNull()).isEqualTo(!calendar);
      checkFigures(database, total, OF_PERIOD, FROM, TO);
      checkTargets(database, data);
      checkDays(database, data);
      checkBrackets(database, data);
      checkHours(database, data);
      checkAgents(database, data);
      for (String first : List.of("true", "false")) {
        JsonNode replies =
            data.at("/figures/" + (first.equals("true") ? "first" : "later") + "Replies");
        checkFigures(
            database,
            replies,
            OF_PERIOD
                + " and (customer_id, opened_at, asked_agent_id) in (select customer_id, opened_at,"
                + " asked_agent_id from replies('-infinity', 'infinity') where is_first_reply = "
                + first
                + ")",
            FROM,
            TO);
        assertThat(replies.get("sessions").asInt()).isGreaterThan(50);
      }
    }
  }

  /** Of one day, the views have everything themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"any-agent", "addressed-agent"})
  void aSingleDayIsWhatTheViewsHave(String mode) throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded(mode, 400, 5, 3)) {
      openOfficeHours(database);
      LocalDate day = LocalDate.of(2026, 3, 29);
      JsonNode data =
          database.data(
              new ReportRequest("A day", Optional.of(day), Optional.of(day), Optional.empty()));
      assertThat(data.at("/figures/days")).hasSize(1);
      List<List<String>> agents =
          database.rows(
              "select agent_id, asked, asked_unanswered, answered, median_seconds, p90_seconds,"
                  + " p95_seconds, mean_seconds, business_median_seconds,"
                  + " within_targets->>'1 hour', business_within_targets->>'3 minutes', asked_closed"
                  + " from response_times_by_agent where day = ? order by agent_id",
              day);
      assertThat(agents).hasSize(5);
      List<JsonNode> told = sortedAgents(data);
      for (int i = 0; i < agents.size(); i++) {
        JsonNode agent = told.get(i);
        JsonNode figures = agent.get("figures");
        List<String> row = agents.get(i);
        assertThat(agent.get("agent").asText()).isEqualTo(row.get(0));
        assertThat(agent.get("asked").asText()).isEqualTo(row.get(1));
        assertThat(agent.get("askedUnanswered").asText()).isEqualTo(row.get(2));
        assertThat(agent.get("askedClosed").asText()).isEqualTo(row.get(11));
        assertThat(figures.path("answered").asText("0")).isEqualTo(row.get(3));
        if (!row.get(3).equals("0")) {
          double answered = figures.get("answered").asDouble();
          assertSame(figures.get("median"), row.get(4));
          assertSame(figures.get("p90"), row.get(5));
          assertSame(figures.get("p95"), row.get(6));
          assertSame(figures.get("mean"), row.get(7));
          assertSame(figures.at("/business/median"), row.get(8));
          assertThat(figures.at("/within/2").asDouble() / answered)
              .isCloseTo(Double.parseDouble(row.get(9)), NEARLY);
          assertThat(figures.at("/business/within/1").asDouble() / answered)
              .isCloseTo(Double.parseDouble(row.get(10)), NEARLY);
        }
      }
    }
  }

  @Test
  void theUsualDaysAreThirtyUpToTheLastWithASession() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 50, 3, 1)) {
      LocalDate last =
          LocalDate.parse(database.rows("select max(day) from reporting_days").get(0).get(0));
      JsonNode usual = database.data(ReportRequest.usual());
      assertThat(usual.at("/about/from").asText()).isEqualTo(last.minusDays(29).toString());
      assertThat(usual.at("/about/to").asText()).isEqualTo(last.toString());
      assertThat(usual.at("/figures/days")).hasSize(30);

      JsonNode since =
          database.data(
              new ReportRequest(
                  "x", Optional.of(last.plusDays(3)), Optional.empty(), Optional.empty()));
      assertThat(since.at("/about/to").asText()).isEqualTo(last.plusDays(3).toString());
      JsonNode until =
          database.data(
              new ReportRequest("x", Optional.empty(), Optional.of(TO), Optional.empty()));
      assertThat(until.at("/about/from").asText()).isEqualTo(TO.minusDays(29).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"any-agent", "addressed-agent"})
  void emptyTables(String mode) throws Exception {
    try (ReportDatabase database = new ReportDatabase(mode)) {
      JsonNode data = database.data(ReportRequest.usual());
      assertThat(data.at("/figures/total/sessions").asInt()).isZero();
      assertThat(data.at("/figures/total/median").isNull()).isTrue();
      assertThat(data.at("/figures/days")).hasSize(30).allMatch(day -> day.get("figures").isNull());
      assertThat(data.at("/figures/agents")).isEmpty();
      assertThat(data.at("/figures/hours")).isEmpty();
      assertThat(data.at("/figures/brackets")).hasSize(10);
      assertThat(data.at("/waiting/sessions").asInt()).isZero();
      assertThat(data.at("/waiting/longest")).isEmpty();
      assertThat(data.at("/surprises/late/messages").asInt()).isZero();

      database.execute("delete from response_target", "delete from response_bracket");
      JsonNode bare = database.data(ReportRequest.usual());
      assertThat(bare.at("/about/target").isNull()).isTrue();
      assertThat(bare.at("/about/targets")).isEmpty();
      assertThat(bare.at("/figures/total/within")).isEmpty();
      assertThat(bare.at("/figures/brackets")).hasSize(1);
    }
  }

  @Test
  void agentsAndCustomersHaveTheirNames() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 400, 5, 11)) {
      JsonNode data = database.data(DAYS);
      assertThat(data.at("/figures/agents")).hasSize(5).allMatch(row -> row.get("name").isNull());
      assertThat(data.at("/waiting/longest/0/customerName").isNull()).isTrue();
      String named = data.at("/figures/agents/0/agent").asText();
      database.execute(
          "insert into tbl_agent (agent, id, name) values (%s, 'U1', '</script>Ann')"
              .formatted(named),
          "insert into tbl_customer (customer, id) select distinct b, 'c' || b from tbl_result");
      data = database.data(DAYS);
      assertThat(data.at("/figures/agents"))
          .hasSize(5)
          .allSatisfy(
              row ->
                  assertThat(row.get("name").asText("-"))
                      .isEqualTo(row.get("agent").asText().equals(named) ? "</script>Ann" : "-"));
      for (JsonNode row : data.at("/waiting/longest")) {
        assertThat(row.get("customerName").asText()).isEqualTo("c" + row.get("customer").asText());
        assertThat(row.get("askedAgentName").isNull())
            .isEqualTo(!row.get("askedAgent").asText().equals(named));
      }
    }
  }

  @Test
  void whoWaitsAndWhatWasLateOrCorrected() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 400, 5, 11)) {
      database.execute(
          "insert into tbl_late (b, a, ts, direct, automated, watermark)"
              + " select b, 5, b_ts + interval '1 s', b % 3 > 0, false, b_ts + interval '10 min' from tbl_result",
          "insert into tbl_late (b, a, ts, direct, closes, automated, watermark)"
              + " select b, -1, b_ts + interval '2 s', false, true, false, b_ts + interval '10 min' from tbl_result",
          "insert into tbl_correction (b, b_ts, asked_a, was_a, was_closed_ts, became_a, cause_a, cause_ts, cause_direct, cause_closes)"
              + " select b, b_ts, asked_a, -1, b_ts, -1, 1, b_ts, false, true from tbl_result where b % 8 = 5",
          "insert into tbl_correction (b, b_ts, asked_a, was_a, was_a_ts, became_a, became_a_ts, cause_a, cause_ts, cause_direct)"
              + " select b, b_ts, asked_a, -1, null, a, a_ts, 1, b_ts, true from tbl_result where b % 4 = 0 and a_ts is not null"
              + " union all select b, b_ts, asked_a, 1, b_ts, a, a_ts, 1, b_ts, true from tbl_result where b % 4 = 1 and a_ts is not null"
              + " union all select b, b_ts, asked_a, 1, b_ts, -1, null, 1, b_ts, true from tbl_result where b % 4 = 2"
              + " union all select b, b_ts, asked_a, 1, b_ts, null, null, 1, b_ts, true from tbl_result where b % 4 = 3");
      JsonNode data = database.data(DAYS);

      List<List<String>> waiting =
          database.rows(
              "select customer_id, asked_agent_id, to_char(opened_at at time zone 'Europe/Berlin', 'YYYY-MM-DD HH24:MI:SS')"
                  + " from waiting_now");
      assertThat(waiting).hasSizeGreaterThan(20);
      assertThat(data.at("/waiting/sessions").asInt()).isEqualTo(waiting.size());
      assertThat(data.at("/waiting/longest")).hasSize(20);
      for (int i = 0; i < 20; i++) {
        JsonNode row = data.at("/waiting/longest/" + i);
        assertThat(
                List.of(
                    row.get("customer").asText(),
                    row.get("askedAgent").asText(),
                    row.get("openedAt").asText()))
            .isEqualTo(waiting.get(i));
        assertThat(row.get("seconds").asDouble()).isPositive();
      }
      assertThat(data.at("/waiting/longestSeconds"))
          .isEqualTo(data.at("/waiting/longest/0/seconds"));

      List<String> late =
          database
              .rows(
                  "select count(*), count(*) filter (where effect = 'answer unseen'),"
                      + " count(*) filter (where effect = 'question unseen'), count(*) filter (where effect = 'none'),"
                      + " date_part('epoch', max(lateness)), max(overstated_seconds),"
                      + " count(*) filter (where effect = 'close unseen') from late_messages"
                      + " where (sent_at at time zone 'Europe/Berlin')::date between ? and ?",
                  FROM,
                  TO)
              .get(0);
      List<String> keys =
          List.of(
              "messages",
              "effects/answersUnseen",
              "effects/questionsUnseen",
              "effects/withoutEffect",
              "longestSeconds",
              "effects/mostOverstatedSeconds",
              "effects/closesUnseen");
      for (int i = 0; i < keys.size(); i++) {
        assertSame(data.at("/surprises/late/" + keys.get(i)), late.get(i));
      }
      assertThat(data.at("/surprises/late/messages").asInt()).isGreaterThan(100);
      assertThat(data.at("/surprises/late/effects/closesUnseen").asInt()).isGreaterThan(100);

      String corrected =
          "select count(*) from tbl_correction where (b_ts at time zone 'Europe/Berlin')::date between ? and ?";
      JsonNode corrections = data.at("/surprises/corrections");
      assertSame(corrections.get("rows"), one(database, corrected));
      assertSame(
          corrections.get("answerFound"),
          one(database, corrected + " and not cause_closes and b % 4 = 0"));
      assertSame(
          corrections.get("answerChanged"),
          one(database, corrected + " and not cause_closes and b % 4 = 1"));
      assertSame(
          corrections.get("answerLost"),
          one(database, corrected + " and not cause_closes and b % 4 = 2"));
      assertSame(
          corrections.get("sessionDeleted"),
          one(database, corrected + " and not cause_closes and b % 4 = 3"));
      assertSame(corrections.get("closeChanged"), one(database, corrected + " and cause_closes"));
      assertThat(corrections.get("sessionDeleted").asInt()).isPositive();
      assertThat(corrections.get("closeChanged").asInt()).isPositive();
    }
  }

  @Test
  void effectsOfLateMessagesWaitForAnIndexWhereThereIsMuch() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 100, 5, 4)) {
      database.execute(
          "insert into tbl_late (b, a, ts, direct, automated, watermark)"
              + " select b, 5, b_ts, true, false, b_ts + interval '1 min' from tbl_result",
          "analyze",
          // A table as large as that would take long to fill.
          "update pg_class set reltuples = 1e8 where oid = 'tbl_result'::regclass");
      JsonNode without = database.data(DAYS).at("/surprises/late");
      assertThat(without.get("effects").isNull()).isTrue();
      assertThat(without.get("messages").asInt()).isPositive();
      assertThat(without.get("longestSeconds").asInt()).isEqualTo(60);
      database.execute(
          "create index on tbl_result (b, b_ts)",
          "update pg_class set reltuples = 1e8 where oid = 'tbl_result'::regclass");
      JsonNode with = database.data(DAYS).at("/surprises/late");
      assertThat(with.at("/effects/answersUnseen").asInt()).isPositive();
      assertThat(with.get("messages")).isEqualTo(without.get("messages"));
    }
  }

  @Test
  void howFarItIsComplete() throws Exception {
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      assertThat(complete(database).get("at").isNull()).isTrue();
      assertThat(complete(database).get("infinite").asBoolean()).isFalse();
      String writer =
          "insert into tbl_writer (target, first_group, last_group, all_groups, submitted_at, complete_through, reported_at)"
              + " values ('tbl_result', %s, 128, now(), '%s', '2026-03-29 01:00:02Z')";
      database.execute(
          writer.formatted("0, 63", "2026-03-29 01:00:01.5Z"),
          writer.formatted("64, 127", "infinity"));
      assertThat(complete(database).get("at").asText()).isEqualTo("2026-03-29 03:00:01");
      assertThat(complete(database).get("reportedAt").asText()).isEqualTo("2026-03-29 03:00:02");
      database.execute("update tbl_writer set complete_through = 'infinity'");
      assertThat(complete(database).get("at").isNull()).isTrue();
      assertThat(complete(database).get("infinite").asBoolean()).isTrue();
      database.execute("drop view data_complete_through cascade");
      assertThat(complete(database).isNull()).isTrue();
    }
  }

  @Test
  void whateverIsInATitleOrATargetStaysText() throws Exception {
    String wild =
        "</script><script>alert(1)</script><!-- {{data}} $1 \\u003c & \"it's\" \u2028 \u00e9 \u5ba2";
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      database.execute("insert into response_target (within, label) values ('5 min', '</ScRiPt>')");
      ReportRequest request =
          new ReportRequest(
              wild, Optional.empty(), Optional.empty(), Optional.of("</ScRiPt>, 5 minutes"));
      String html = database.report(request).html();
      JsonNode data = ReportDatabase.data(html);
      assertThat(data.at("/about/title").asText()).isEqualTo(wild);
      assertThat(data.at("/about/target").asText()).isEqualTo("</ScRiPt>, 5 minutes");
      assertThat(html).doesNotContainIgnoringCase("</script><script>alert");
      assertThat(html.toLowerCase(Locale.ROOT).split("</script>", -1)).hasSize(4);
    }
  }

  @Test
  void theSameDataGiveTheSamePage() throws Exception {
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 100, 5, 2)) {
      Function<String, String> timeless =
          html -> html.replaceAll("\"(madeAt|seconds|longestSeconds)\" : [^,}]*", "");
      assertThat(timeless.apply(database.report(DAYS).html()))
          .isEqualTo(timeless.apply(database.report(DAYS).html()));
    }
  }

  @Test
  void whatIsWrongNamesTheOption() throws Exception {
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      assertThatThrownBy(
              () ->
                  database.report(
                      new ReportRequest("x", Optional.of(TO), Optional.of(FROM), Optional.empty())))
          .isInstanceOf(BadOptionException.class)
          .hasMessage("from: 2026-04-08 is after to 2026-03-20.");
      assertThatThrownBy(
              () ->
                  database.report(
                      new ReportRequest(
                          "x", Optional.empty(), Optional.empty(), Optional.of("2 min"))))
          .isInstanceOf(BadOptionException.class)
          .hasMessage(
              "target: there is no '2 min' in response_target for all sessions; there is 1 minute, 3 minutes, 1 hour.");
      for (String schema : List.of("nowhere", "public", "x\"; drop table tbl_result; --")) {
        assertThatThrownBy(() -> Report.read(database.connection(), schema, ReportRequest.usual()))
            .isInstanceOf(BadOptionException.class)
            .hasMessageStartingWith(
                "sink.jdbc.schema: schema " + schema + " has no response_sessions.");
      }
      assertThat(database.connection().getAutoCommit()).isTrue();
      assertThat(database.data(ReportRequest.usual()).at("/figures/total/sessions").asInt())
          .isZero();
    }
  }

  private static JsonNode complete(ReportDatabase database) throws Exception {
    return database.data(ReportRequest.usual()).get("completeThrough");
  }

  private static void openOfficeHours(ReportDatabase database) throws SQLException {
    database.execute(
        "insert into business_calendar values ('support', 'Europe/Berlin')",
        "insert into business_hours (calendar, weekday, opens, closes)"
            + " select 'support', n, '09:00', '17:00' from generate_series(1, 5) n",
        "update report_settings set calendar = 'support'");
  }

  /** Figures of sessions, from their times alone. */
  private static void checkFigures(
      ReportDatabase database, JsonNode figures, String where, Object... values)
      throws SQLException {
    List<List<String>> sessions =
        database.rows(
            "select response_seconds, business_seconds, final, status from response_sessions"
                + where,
            values);
    double[] times = column(sessions, 0);
    assertThat(figures.get("sessions").asInt()).isEqualTo(sessions.size());
    assertThat(figures.get("answered").asInt()).isEqualTo(times.length);
    int open = (int) sessions.stream().filter(row -> row.get(3).equals("open")).count();
    int closed = (int) sessions.stream().filter(row -> row.get(3).equals("closed")).count();
    assertThat(figures.get("unanswered").asInt()).isEqualTo(open);
    assertThat(figures.get("closed").asInt()).isEqualTo(closed);
    String setting = "select closed_counts from report_settings";
    boolean closedCounts = database.rows(setting).get(0).get(0).equals("t");
    int counted = times.length + open + (closedCounts ? closed : 0);
    assertThat(figures.get("counted").asInt()).isEqualTo(counted);
    // All who wait have waited longer than each target.
    assertThat(figures.get("of")).hasSize(3).allMatch(of -> of.asInt() == counted);
    assertThat(figures.get("notFinal").asLong())
        .isEqualTo(sessions.stream().filter(row -> row.get(2).equals("f")).count());
    String[] names = {"median", "p90", "p95"};
    int[] percents = {50, 90, 95};
    for (int i = 0; i < names.length; i++) {
      assertSame(figures.get(names[i]), nearestRank(times, percents[i], times.length));
      assertSame(figures.get(names[i] + "OfAll"), nearestRank(times, percents[i], counted));
      if (!figures.get("business").isNull()) {
        double[] business = column(sessions, 1);
        assertSame(
            figures.at("/business/" + names[i]),
            nearestRank(business, percents[i], business.length));
      }
    }
    if (times.length > 0) {
      assertThat(figures.get("mean").asDouble())
          .isCloseTo(Arrays.stream(times).average().orElseThrow(), Offset.offset(1e-6));
    }
  }

  private static void checkTargets(ReportDatabase database, JsonNode data) throws SQLException {
    List<List<String>> targets =
        database.rows(
            "select target, sum(within_target), sum(business_within_target),"
                + " sum(within_target + missed), sum(business_within_target + business_missed)"
                + " from sla_attainment"
                + " where day between ? and ? group by target, target_time order by target_time",
            FROM,
            TO);
    assertThat(targets).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(data.at("/about/targets/" + i + "/name").asText())
          .isEqualTo(targets.get(i).get(0));
      assertSame(data.at("/figures/total/within/" + i), targets.get(i).get(1));
      assertSame(data.at("/figures/total/business/within/" + i), targets.get(i).get(2));
      assertSame(data.at("/figures/total/of/" + i), targets.get(i).get(3));
      assertSame(data.at("/figures/total/business/of/" + i), targets.get(i).get(4));
    }
  }

  private static void checkDays(ReportDatabase database, JsonNode data) throws SQLException {
    List<List<String>> days =
        database.rows(
            "select day, sessions, answered, median_seconds, p90_seconds, median_of_all_seconds,"
                + " p90_of_all_seconds, mean_seconds, business_median_seconds,"
                + " within_targets->>'1 minute', within_targets->>'3 minutes'"
                + " from response_times_by_day where day between ? and ? order by day",
            FROM,
            TO);
    assertThat(data.at("/figures/days")).hasSize(20);
    // The views end with the last session.
    assertThat(days).hasSizeBetween(10, 20);
    for (int i = days.size(); i < 20; i++) {
      assertThat(data.at("/figures/days/" + i + "/figures").isNull()).isTrue();
    }
    String[] paths = {
      "/sessions",
      "/answered",
      "/median",
      "/p90",
      "/medianOfAll",
      "/p90OfAll",
      "/mean",
      "/business/median"
    };
    for (int i = 0; i < days.size(); i++) {
      JsonNode day = data.at("/figures/days/" + i);
      JsonNode figures = day.get("figures");
      assertThat(day.get("day").asText()).isEqualTo(days.get(i).get(0));
      if (days.get(i).get(1).equals("0")) {
        assertThat(figures.isNull()).isTrue();
        continue;
      }
      for (int column = 0; column < paths.length; column++) {
        assertSame(figures.at(paths[column]), days.get(i).get(column + 1));
      }
      for (int target = 0; target < 2; target++) {
        double of = figures.at("/of/" + target).asDouble();
        assertThat(figures.at("/within/" + target).asDouble() / of)
            .isCloseTo(Double.parseDouble(days.get(i).get(9 + target)), NEARLY);
      }
    }
  }

  private static void checkBrackets(ReportDatabase database, JsonNode data) throws SQLException {
    List<List<String>> brackets =
        database.rows(
            "select date_part('epoch', more_than), date_part('epoch', up_to), sum(sessions)"
                + " from response_time_distribution where bracket not in ('unanswered', 'closed') and day between ? and ?"
                + " group by position, more_than, up_to order by position",
            FROM,
            TO);
    assertThat(data.at("/figures/brackets")).hasSameSizeAs(brackets).hasSize(10);
    for (int i = 0; i < brackets.size(); i++) {
      JsonNode bracket = data.at("/figures/brackets/" + i);
      assertSame(bracket.get("moreThan"), brackets.get(i).get(0));
      assertSame(bracket.get("upTo"), brackets.get(i).get(1));
      assertSame(bracket.get("sessions"), brackets.get(i).get(2));
    }
  }

  private static void checkHours(ReportDatabase database, JsonNode data) throws SQLException {
    List<List<String>> hours =
        database.rows(
            "select weekday, hour, sum(sessions), sum(answered) from hour_of_week"
                + " where day between ? and ? group by weekday, hour having sum(sessions) > 0",
            FROM,
            TO);
    assertThat(data.at("/figures/hours")).hasSameSizeAs(hours).hasSizeGreaterThan(100);
    for (JsonNode hour : data.at("/figures/hours")) {
      JsonNode figures = hour.get("figures");
      assertThat(hours)
          .contains(
              List.of(
                  hour.get("weekday").asText(),
                  hour.get("hour").asText(),
                  figures.get("sessions").asText(),
                  figures.get("answered").asText()));
      checkFigures(
          database,
          figures,
          OF_PERIOD
              + " and date_part('isodow', opened_at at time zone 'Europe/Berlin') = ?"
              + " and date_part('hour', opened_at at time zone 'Europe/Berlin') = ?",
          FROM,
          TO,
          hour.get("weekday").asInt(),
          hour.get("hour").asInt());
    }
  }

  private static void checkAgents(ReportDatabase database, JsonNode data) throws SQLException {
    List<List<String>> agents =
        database.rows(
            "select agent_id, sum(asked), sum(asked_unanswered), sum(asked_closed), sum(answered)"
                + " from response_times_by_agent"
                + " where day between ? and ? group by agent_id order by agent_id",
            FROM,
            TO);
    List<JsonNode> told = sortedAgents(data);
    assertThat(told).hasSameSizeAs(agents).hasSize(12);
    for (int i = 0; i < agents.size(); i++) {
      JsonNode agent = told.get(i);
      assertThat(
              List.of(
                  agent.get("agent").asText(),
                  agent.get("asked").asText(),
                  agent.get("askedUnanswered").asText(),
                  agent.get("askedClosed").asText(),
                  agent.at("/figures/answered").asText()))
          .isEqualTo(agents.get(i));
      checkFigures(
          database,
          agent.get("figures"),
          OF_PERIOD + " and responder_id = ?",
          FROM,
          TO,
          Long.parseLong(agent.get("agent").asText()));
    }
  }

  private static List<JsonNode> sortedAgents(JsonNode data) {
    List<JsonNode> agents = new ArrayList<>();
    data.at("/figures/agents").forEach(agents::add);
    agents.sort(
        (left, right) ->
            Long.compare(
                Long.parseLong(left.get("agent").asText()),
                Long.parseLong(right.get("agent").asText())));
    return agents;
  }

  private static String one(ReportDatabase database, String query) throws SQLException {
    return database.rows(query, FROM, TO).get(0).get(0);
  }

  private static double[] column(List<List<String>> rows, int column) {
    return rows.stream()
        .map(row -> row.get(column))
        .filter(value -> value != null)
        .mapToDouble(Double::parseDouble)
        .sorted()
        .toArray();
  }

  /** The shortest of the times within which so many percent of all are; null if fewer are. */
  private static String nearestRank(double[] sorted, int percent, int all) {
    int rank = Math.max(1, (percent * all + 99) / 100);
    return rank > sorted.length ? null : String.valueOf(sorted[rank - 1]);
  }

  private static void assertSame(JsonNode told, String expected) {
    if (expected == null) {
      assertThat(told.isNull() || told.isMissingNode()).as("%s is nothing", told).isTrue();
    } else {
      assertThat(told.isNumber()).as("%s is %s", told, expected).isTrue();
      assertThat(told.asDouble()).isCloseTo(Double.parseDouble(expected), NEARLY);
    }
  }
}
