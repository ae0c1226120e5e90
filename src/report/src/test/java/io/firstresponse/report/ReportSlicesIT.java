package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.firstresponse.job.options.BadOptionException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Figures of teams, labels and agents, of filters, and of the days before, against plain Java over
 * the rows of the tables.
 */
class ReportSlicesIT {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final LocalDate FROM = LocalDate.of(2026, 3, 22);
  private static final LocalDate TO = LocalDate.of(2026, 4, 2);
  private static final LocalDate PREVIOUS = FROM.minusDays(12);

  /** When some agents changed their team: inclusive, and within the days. */
  private static final LocalDate MOVED = LocalDate.of(2026, 3, 27);

  private static final double[] TARGETS = {60, 180, 3600};
  private static final Map<Long, Map<String, String>> LABELS =
      Map.of(
          1L, Map.of("channel", "email"),
          2L, Map.of("channel", "chat", "priority", "high"),
          3L, Map.of("channel", "email", "priority", "high"),
          4L, Map.of("priority", "=low"),
          5L, Map.of("channel", "e\"mail", "order", "1"));

  private record Session(
      long customer,
      Instant opened,
      Long asked,
      Long responder,
      Instant answered,
      Instant closed,
      Map<String, String> labels) {

    LocalDate day() {
      return opened.atZone(BERLIN).toLocalDate();
    }

    Long agent() {
      return responder == null ? asked : responder;
    }

    String team() {
      return teamOf(agent(), day());
    }

    Optional<Double> seconds() {
      return answered == null
          ? Optional.empty()
          : Optional.of(ChronoUnit.MICROS.between(opened, answered) / 1e6);
    }
  }

  /** Of every three agents one moves, one stays, and one is in no team. */
  private static String teamOf(long agent, LocalDate day) {
    return switch ((int) ((agent - ReportDatabase.FIRST_AGENT) % 3)) {
      case 0 -> day.isBefore(MOVED) ? "East" : "West";
      case 1 -> "West";
      default -> null;
    };
  }

  @ParameterizedTest
  @CsvSource({"any-agent, false", "addressed-agent, true"})
  void figuresOfEachSliceAndOfTheDaysBefore(String mode, boolean closedCounts) throws Exception {
    try (ReportDatabase database = divided(mode)) {
      database.execute("update report_settings set closed_counts = " + closedCounts);
      List<Session> all = sessions(database, mode);
      JsonNode data = database.data(request(ReportFilter.none()));
      check(data.get("figures"), all, closedCounts);
      assertThat(data.at("/about/previousFrom").asText()).isEqualTo(PREVIOUS.toString());
      assertThat(data.at("/about/previousTo").asText()).isEqualTo("2026-03-21");

      List<String> seen = new ArrayList<>();
      for (JsonNode slice : data.get("slices")) {
        String value = slice.get("value").isNull() ? null : slice.get("value").asText();
        Predicate<Session> belongs =
            switch (slice.get("by").asText()) {
              case "team" -> session -> equal(session.team(), value);
              case "label" ->
                  session -> equal(session.labels().get(slice.get("name").asText()), value);
              default -> session -> String.valueOf(session.agent()).equals(value);
            };
        check(slice, all.stream().filter(belongs).toList(), closedCounts);
        seen.add("%s %s %s".formatted(slice.get("by").asText(), slice.get("name").asText(), value));
      }
      assertThat(seen)
          .doesNotHaveDuplicates()
          .contains(
              "team null East",
              "team null West",
              "team null null",
              "label channel email",
              "label channel e\"mail",
              "label channel null",
              "label priority =low",
              "agent null " + ReportDatabase.FIRST_AGENT)
          .hasSize(3 + 4 + 3 + 2 + 12);
      assertThat(data.at("/slicesOf/teams").asInt()).isEqualTo(3);
      assertThat(data.at("/slicesOf/labelNames").asInt()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"any-agent", "addressed-agent"})
  void aReportOfSomeSessionsOnly(String mode) throws Exception {
    try (ReportDatabase database = divided(mode)) {
      long agent = ReportDatabase.FIRST_AGENT + 3;
      database.execute(
          "insert into tbl_agent (agent, id, name) values (%d, 'u3', 'Ann')".formatted(agent));
      List<Session> all = sessions(database, mode);
      SortedMap<String, String> urgent =
          new TreeMap<>(Map.of("channel", "email", "priority", "high"));
      ReportFilter west = new ReportFilter(Optional.of("West"), new TreeMap<>(), Optional.empty());
      check(west, database, all, session -> "West".equals(session.team()));
      check(
          new ReportFilter(Optional.empty(), urgent, Optional.empty()),
          database,
          all,
          session -> session.labels().entrySet().containsAll(urgent.entrySet()));
      for (String said : List.of("u3", "Ann", String.valueOf(agent))) {
        check(
            new ReportFilter(Optional.of("East"), new TreeMap<>(), Optional.of(said)),
            database,
            all,
            session -> session.agent() == agent && "East".equals(session.team()));
      }

      // First replies are those of all sessions of a customer, not of those of the team.
      JsonNode filtered = database.data(request(west));
      for (JsonNode slice : database.data(request(ReportFilter.none())).get("slices")) {
        if (slice.get("value").asText().equals("West")) {
          for (String same :
              List.of("total", "previous", "firstReplies", "laterReplies", "brackets")) {
            assertThat(filtered.at("/figures/" + same)).as(same).isEqualTo(slice.get(same));
          }
        }
      }
      String count = "select count(*) from response_sessions where status = 'open'";
      assertThat(filtered.at("/waiting/sessions").asText())
          .isEqualTo(database.rows(count + " and team = 'West'").get(0).get(0));
      assertThat(filtered.at("/waiting/sessions").asInt())
          .isLessThan(Integer.parseInt(database.rows(count).get(0).get(0)));
    }
  }

  @Test
  void whatIsWrongWithAFilterNamesTheOption() throws Exception {
    try (ReportDatabase database = divided("any-agent")) {
      database.execute("insert into tbl_agent (agent, name) values (5, 'Ann'), (6, 'Ann')");
      refused(
          database,
          Optional.of("Wets"),
          Optional.empty(),
          "team: there is no 'Wets' in agent_team; there is East, West.");
      refused(
          database,
          Optional.empty(),
          Optional.of("Ben"),
          "agent: 'Ben' is no number, and no id or name in tbl_agent.");
      refused(
          database,
          Optional.empty(),
          Optional.of("Ann"),
          "agent: 2 agents have the name 'Ann'; their numbers are 5, 6.");
      JsonNode nobody =
          database.data(
              request(
                  new ReportFilter(
                      Optional.empty(),
                      new TreeMap<>(Map.of("channel", "pigeon")),
                      Optional.empty())));
      assertThat(nobody.at("/figures/total/sessions").asInt()).isZero();
      assertThat(nobody.get("slices")).isEmpty();
    }
  }

  /** A page stays small, and says how much there is. */
  @Test
  void manyTeamsLabelsAndAgentsAreNotAllInThePage() throws Exception {
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      database.execute(
          "insert into tbl_labels select n, jsonb_build_object('order', n::text, 'channel', 'c' || n % 30,"
              + " 'kind', 'k' || n % 2) from generate_series(1, 3000) n",
          "insert into agent_team (agent_id, team) select n, 'team ' || n from generate_series(1, 40) n",
          "insert into tbl_result (b, b_ts, asked_a, a, a_ts, labels) select n,"
              + " timestamptz '2026-03-25 09:00Z' + n * interval '1 s', 1 + n % 60, 1 + n % 60,"
              + " timestamptz '2026-03-25 09:00Z' + n * interval '2 s', n from generate_series(1, 3000) n");
      JsonNode data = database.data(request(ReportFilter.none()));
      Map<String, Long> shown =
          data.get("slices").findValuesAsText("by").stream()
              .collect(Collectors.groupingBy(by -> by, Collectors.counting()));
      // No session is without a channel or a kind; the order divides the sessions into too many.
      assertThat(shown)
          .containsOnly(Map.entry("team", 12L), Map.entry("label", 10L), Map.entry("agent", 24L));
      assertThat(data.at("/slicesOf/teams").asInt()).isEqualTo(41);
      assertThat(data.at("/slicesOf/agents").asInt()).isEqualTo(60);
      assertThat(data.at("/slicesOf/labelNames").asInt()).isEqualTo(3);
      assertThat(data.at("/slicesOf/labels").findValuesAsText("name"))
          .containsExactly("channel", "kind");
      assertThat(data.at("/slicesOf/labels/0/values").asInt()).isEqualTo(30);
      assertThat(data.at("/figures/agents")).hasSize(60);
    }
  }

  @Test
  void sessionsYoungerThanATargetAreRunning() throws Exception {
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      database.execute(
          "insert into tbl_result (b, b_ts, asked_a) select n, now() - interval '10 minutes', 3"
              + " from generate_series(1, 5) n");
      LocalDate today = LocalDate.parse(database.rows("select reporting_today()").get(0).get(0));
      JsonNode total =
          database
              .data(
                  new ReportRequest(
                      "Now", Optional.of(today.minusDays(1)), Optional.of(today), Optional.empty()))
              .at("/figures/total");
      assertThat(total.get("counted").asInt()).isEqualTo(5);
      assertThat(total.at("/of/1").asInt()).as("3 minutes").isEqualTo(5);
      assertThat(total.at("/of/2").asInt()).as("1 hour").isZero();
    }
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    try (ReportDatabase database = new ReportDatabase("any-agent")) {
      assertThat(complete(database).get("missing").isNull()).isTrue();
      database.execute(
          "insert into tbl_dead_letter (origin, position, reason, detail, raw, raw_length, holds_at, settled_at, arrived_at)"
              + " values ('a', 1, 'bad-json', 'x', '', 0, null, null, '2026-03-25 10:00Z'),"
              + " ('a', 2, 'bad-json', 'x', '', 0, null, null, '2026-05-25 10:00Z'),"
              + " ('a', 3, 'bad-json', 'x', '', 0, null, now(), '2026-03-25 10:00Z'),"
              + " ('tbl_result', 4, 'refused', 'x', '', 0, '2026-03-22 00:00+01', null, '2026-05-01 10:00Z'),"
              + " ('tbl_result', 5, 'refused', 'x', '', 0, '2026-03-21 23:59:59+01', null, '2026-03-25 10:00Z')",
          "insert into tbl_late (b, a, ts, direct, automated, watermark) values"
              + " (1, 2, '2026-03-25 10:00Z', true, false, '2026-03-25 11:00Z'),"
              + " (1, 2, '2026-04-03 00:00+02', true, false, '2026-04-25 11:00Z')");
      JsonNode complete = complete(database);
      assertThat(complete.get("missing").asText())
          .isEqualTo("a row that the database refused: 2, late messages: 2, not JSON: 2");
      assertThat(complete.at("/ofPeriod/deadLetters").asInt()).isEqualTo(1);
      assertThat(complete.at("/ofPeriod/refusedRows").asInt()).isEqualTo(1);
      assertThat(complete.at("/ofPeriod/lateMessages").asInt()).isEqualTo(1);
    }
  }

  private static JsonNode complete(ReportDatabase database) throws Exception {
    return database.data(request(ReportFilter.none())).get("completeThrough");
  }

  private static void refused(
      ReportDatabase database, Optional<String> team, Optional<String> agent, String message) {
    assertThatThrownBy(
            () -> database.report(request(new ReportFilter(team, new TreeMap<>(), agent))))
        .isInstanceOf(BadOptionException.class)
        .hasMessage(message);
  }

  private static ReportRequest request(ReportFilter filter) {
    return new ReportRequest("Parts", Optional.of(FROM), Optional.of(TO), Optional.empty(), filter);
  }

  private static void check(
      ReportFilter filter, ReportDatabase database, List<Session> all, Predicate<Session> belongs)
      throws Exception {
    List<Session> some = all.stream().filter(belongs).toList();
    assertThat(some).hasSizeBetween(3, all.size() - 1);
    check(database.data(request(filter)).get("figures"), some, false);
  }

  /** The figures of the days, and of those before, from the sessions of all days. */
  private static void check(JsonNode figures, List<Session> sessions, boolean closedCounts) {
    List<Session> now = between(sessions, FROM, TO);
    checkFigures(figures.get("total"), now, closedCounts);
    List<Session> before = between(sessions, PREVIOUS, FROM.minusDays(1));
    if (before.isEmpty()) {
      assertThat(figures.get("previous").isNull()).isTrue();
    } else {
      checkFigures(figures.get("previous"), before, closedCounts);
    }
    assertThat(figures.get("days")).hasSize(12);
    for (int n = 0; n < 12; n++) {
      LocalDate day = FROM.plusDays(n);
      JsonNode ofDay = figures.at("/days/" + n + "/figures");
      List<Session> opened = between(now, day, day);
      if (opened.isEmpty()) {
        assertThat(ofDay.isNull()).isTrue();
      } else {
        checkFigures(ofDay, opened, closedCounts);
      }
    }
    checkLongest(figures.get("longest"), now, closedCounts);
  }

  private static void checkFigures(JsonNode figures, List<Session> sessions, boolean closedCounts) {
    double[] waits =
        sessions.stream().flatMap(s -> s.seconds().stream()).mapToDouble(s -> s).sorted().toArray();
    int closed = (int) sessions.stream().filter(s -> s.closed() != null).count();
    int counted = sessions.size() - (closedCounts ? 0 : closed);
    assertThat(figures.get("sessions").asInt()).isEqualTo(sessions.size());
    assertThat(figures.get("closed").asInt()).isEqualTo(closed);
    assertThat(figures.get("unanswered").asInt())
        .isEqualTo(sessions.size() - closed - waits.length);
    assertThat(figures.get("counted").asInt()).isEqualTo(counted);
    assertRank(figures.get("median"), waits, 0.5);
    assertRank(figures.get("p90"), waits, 0.9);
    for (int i = 0; i < TARGETS.length; i++) {
      int within = 0;
      for (double wait : waits) {
        within += wait <= TARGETS[i] ? 1 : 0;
      }
      assertThat(figures.at("/within/" + i).asInt()).isEqualTo(within);
      // Whoever waits has done so for months.
      assertThat(figures.at("/of/" + i).asInt()).isEqualTo(counted);
    }
  }

  /** Those who wait have waited the longest, in the order in which they asked. */
  private static void checkLongest(JsonNode longest, List<Session> now, boolean closedCounts) {
    List<String> expected =
        now.stream()
            .filter(session -> closedCounts || session.closed() == null)
            .sorted(
                Comparator.comparing(
                        (Session session) ->
                            Duration.between(
                                session.opened(),
                                session.answered() != null
                                    ? session.answered()
                                    : session.closed() != null ? session.closed() : Instant.now()))
                    .reversed()
                    .thenComparing(Session::opened))
            .limit(10)
            .map(session -> session.customer() + " " + session.labels().get("channel"))
            .toList();
    List<String> told = new ArrayList<>();
    longest.forEach(
        row ->
            told.add(
                row.get("customer").asText() + " " + row.at("/labels/channel").asText("null")));
    assertThat(told).isEqualTo(expected);
  }

  private static void assertRank(JsonNode told, double[] sorted, double share) {
    if (sorted.length == 0) {
      assertThat(told.isNull()).isTrue();
    } else {
      assertThat(told.asDouble())
          .isEqualTo(sorted[(int) Math.ceil(share * sorted.length - 1e-9) - 1]);
    }
  }

  private static List<Session> between(List<Session> sessions, LocalDate first, LocalDate last) {
    return sessions.stream()
        .filter(session -> !session.day().isBefore(first) && !session.day().isAfter(last))
        .toList();
  }

  private static boolean equal(String left, String right) {
    return left == null ? right == null : left.equals(right);
  }

  /** Seeded sessions with labels and teams. */
  private static ReportDatabase divided(String mode) throws Exception {
    ReportDatabase database = ReportDatabase.seeded(mode, 400, 12, 21);
    for (Map.Entry<Long, Map<String, String>> labels : LABELS.entrySet()) {
      for (Map.Entry<String, String> label : labels.getValue().entrySet()) {
        database.execute(
            "insert into tbl_labels values (%d, jsonb_build_object('%s', '%s'))"
                    .formatted(labels.getKey(), label.getKey(), label.getValue())
                + " on conflict (labels) do update set label = tbl_labels.label || excluded.label");
      }
    }
    database.execute(
        "update tbl_result set labels = nullif((b + date_part('epoch', b_ts)::bigint) % 6, 0)");
    for (int n = 0; n < 12; n++) {
      long agent = ReportDatabase.FIRST_AGENT + n;
      if (n % 3 == 0) {
        database.execute(
            "insert into agent_team values (%1$d, 'East', '-infinity', '%2$s'), (%1$d, 'West', '%3$s', 'infinity')"
                .formatted(agent, MOVED.minusDays(1), MOVED));
      } else if (n % 3 == 1) {
        database.execute("insert into agent_team values (%d, 'West')".formatted(agent));
      }
    }
    return database;
  }

  private static List<Session> sessions(ReportDatabase database, String mode) throws Exception {
    String agents = mode.equals("any-agent") ? "asked_a, nullif(a, -1)" : "a, nullif(rsp_a, -1)";
    List<Session> sessions = new ArrayList<>();
    for (List<String> row :
        database.rows(
            "select b, to_json(b_ts) #>> '{}', %s, to_json(a_ts) #>> '{}', to_json(closed_ts) #>> '{}', labels from tbl_result"
                .formatted(agents))) {
      sessions.add(
          new Session(
              Long.parseLong(row.get(0)),
              OffsetDateTime.parse(row.get(1)).toInstant(),
              Long.valueOf(row.get(2)),
              row.get(3) == null ? null : Long.valueOf(row.get(3)),
              row.get(4) == null ? null : OffsetDateTime.parse(row.get(4)).toInstant(),
              row.get(5) == null ? null : OffsetDateTime.parse(row.get(5)).toInstant(),
              row.get(6) == null ? Map.of() : LABELS.get(Long.valueOf(row.get(6)))));
    }
    assertThat(sessions).hasSizeGreaterThan(1_000);
    return sessions;
  }
}
