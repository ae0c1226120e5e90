package io.firstresponse.system.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.SqlFiles;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every query of the support dashboard, as Grafana sends it, run by a user with the reader's role
 * on the real schema. Grafana itself cannot be run here.
 */
class SupportDashboardIT {

  private static final String PASSWORD = "read-77c2";

  private static final String NOW = "Now, whatever period is picked";
  private static final String SHARE = "Share within ${target}";
  private static final String TIMES = "Response times";
  private static final String HOURS = "Hours";
  private static final String BUSINESS = "Business time beside the calendar's";

  private final Dashboard dashboard = Dashboard.read("support.json");
  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();

  private TestDatabase database;
  private ResponseMode mode;
  private Connection reader;

  /** The values that the viewer of the dashboard has picked. */
  private GrafanaSql grafana;

  private Map<String, String> variables;

  @AfterEach
  void close() throws Exception {
    reader.close();
    database.close();
  }

  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void everyPanelHasWhatItShows(ResponseMode mode) throws Exception {
    create(mode);
    twoWeeks();
    pick("2025-03-26T10:00:00Z", "2025-04-02T10:00:00Z", "3 minutes");
    for (JsonNode panel : dashboard.panels()) {
      String title = panel.get("title").asString();
      assertThatCode(() -> data(panel).check()).as(title).doesNotThrowAnyException();
    }
  }

  /** Without any session no query fails, and panels with a single figure say that there is none. */
  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void anEmptyDatabaseIsNoError(ResponseMode mode) throws Exception {
    create(mode);
    pick("2025-03-26T10:00:00Z", "2025-04-02T10:00:00Z", "3 minutes");
    for (JsonNode panel : dashboard.panels()) {
      PanelData data = data(panel);
      if (panel.get("type").asString().equals("stat")) {
        assertThat(data.rows()).as("%s", panel.get("title")).hasSize(1);
        assertThat(panel.at("/fieldConfig/defaults/noValue").asString()).isNotBlank();
      }
    }
  }

  /** The example day of the page on figures, for several time ranges within it. */
  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void theFiguresAreThoseOfTheirDefinitions(ResponseMode mode) throws Exception {
    create(mode);
    long answerer = mode == ResponseMode.ANY_AGENT ? 20 : 10;
    insert(
        session(1, 10, Instant.parse("2025-03-18T10:10:15Z"), answerer, Duration.ofSeconds(475)),
        session(1, 10, Instant.parse("2025-03-18T10:18:30Z"), 10, Duration.ofSeconds(30)),
        session(2, 10, Instant.parse("2025-03-18T11:00:00Z"), 10, Duration.ofMinutes(3)),
        session(3, 10, Instant.parse("2025-03-18T12:00:00Z"), -1, null));
    calendar("10:30", "11:01");
    database.execute(
        "insert into tbl_late (b, a, ts, direct, automated, watermark)"
            + " values (3, 10, '2025-03-18 12:01Z', true, false, '2025-03-18 13:01Z')");
    pick("2025-03-18T16:00:00Z", "2025-03-18T16:05:00Z", "3 minutes");

    assertThat(row(SHARE, "Answered within ${target}")).containsExactly(0.5);
    assertThat(row(SHARE, "Sessions")).containsExactly(4L, 3L, 1L, 0L, 0L);
    assertThat(row(SHARE, "Late and corrected")).containsExactly(1L, 0L);
    assertThat(row(SHARE, "Share within ${target} by day")).containsExactly("2025-03-18", 0.5);
    assertThat(row(SHARE, "Sessions by day")).containsExactly("2025-03-18", 2L, 1L, 1L, 0L);
    assertThat(row(TIMES, "Of all days shown")).containsExactly(180.0, 475.0, 475.0, 180.0, null);
    assertThat(data(TIMES, "How fast").rows())
        .contains(List.of("up to 30 seconds", 1L), List.of("longer", 0L), List.of("unanswered", 1L))
        .endsWith(List.of("closed", 0L))
        .hasSize(12);
    PanelData agents = data("Agents", "Agents");
    if (mode == ResponseMode.ANY_AGENT) {
      assertThat(agents.rows())
          .containsExactly(
              List.of("10", 4L, 1L, 0L, 2L, 30.0, 180.0, 1.0),
              List.of("20", 0L, 0L, 0L, 1L, 475.0, 475.0, 0.0));
    } else {
      assertThat(agents.rows())
          .containsExactly(Arrays.asList("10", 4L, 1L, 0L, 3L, 180.0, 475.0, 2 / 3.0));
    }
    assertThat(data("First replies and later ones", "First replies and later ones").rows())
        .containsExactly(
            List.of("First replies", 3L, 2L, 0L, 180.0, 475.0, 1 / 3.0),
            List.of("Later ones", 1L, 1L, 0L, 30.0, 30.0, 1.0));
    // Sessions of 0, 0 and 60 seconds.
    assertThat(row(BUSINESS, "Within ${target}")).containsExactly(0.5, 0.75);
    assertThat(row(BUSINESS, "Median and P90")).containsExactly(180.0, 475.0, 0.0, 60.0);
    assertThat(row("Late and corrected messages", "Late messages by hour").subList(1, 8))
        .containsExactly(1L, 1L, 0L, 0L, 0L, 3600.0, null);

    // Who was closed without an answer does not wait.
    database.execute(
        "insert into tbl_result (b, b_ts, %s, closed_ts)"
                .formatted(mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a")
            + " values (4, '2025-03-10 10:00Z', 10, -1, '2025-03-10 11:00Z')");
    assertThat(row(NOW, "Waiting now")).containsExactly(1L);
    assertThat(row(NOW, "Waiting longer than ${target}")).containsExactly(1L);
    assertThat(row(NOW, "Who waits, the longest first")).startsWith("3", "10").hasSize(5);
    assertThat(row("Unanswered", "Unanswered sessions of the days shown")).startsWith("3", "10");

    database.execute(
        "insert into tbl_agent (agent, id, name) values (10, 'U10', 'Ann')",
        "insert into tbl_customer (customer, id) values (3, 'c3')");
    assertThat(data("Agents", "Agents").rows().get(0)).startsWith("Ann");
    assertThat(row(NOW, "Who waits, the longest first")).startsWith("c3", "Ann");
    assertThat(row("Unanswered", "Unanswered sessions of the days shown")).startsWith("c3", "Ann");

    // It is no miss, unless the settings say so.
    pick("2025-03-10T16:00:00Z", "2025-03-10T16:05:00Z", "3 minutes");
    assertThat(row(SHARE, "Sessions")).containsExactly(1L, 0L, 0L, 1L, 0L);
    assertThat(row(SHARE, "Sessions by day")).containsExactly("2025-03-10", 0L, 0L, 0L, 1L);
    assertThat(row("Agents", "Agents")).startsWith("Ann", 1L, 0L, 1L, 0L);
    assertThat(row(SHARE, "Answered within ${target}")).containsOnlyNulls();
    assertThat(row("First replies and later ones", "First replies and later ones"))
        .startsWith("First replies", 1L, 0L, 1L)
        .endsWith((Object) null);
    database.execute("update report_settings set closed_counts = true");
    assertThat(row(SHARE, "Answered within ${target}")).containsExactly(0.0);
    assertThat(row("First replies and later ones", "First replies and later ones")).endsWith(0.0);
    database.execute("update report_settings set closed_counts = false");

    pick("2025-03-18T16:00:00Z", "2025-03-18T16:05:00Z", "1 minute");
    assertThat(row(SHARE, "Answered within ${target}")).containsExactly(0.25);

    // Where clocks are fourteen hours ahead, it is the 19th when the first customer asks.
    database.execute("update report_settings set time_zone = 'Pacific/Kiritimati'");
    pick("2025-03-18T09:00:00Z", "2025-03-18T09:59:00Z", "3 minutes");
    assertThat(row(NOW, "Days shown"))
        .containsExactly("2025-03-18 to 2025-03-18, Pacific/Kiritimati");
    assertThat(row(SHARE, "Sessions")).containsExactly(0L, 0L, 0L, 0L, 0L);
    pick("2025-03-18T10:00:00Z", "2025-03-18T10:01:00Z", "3 minutes");
    assertThat(row(SHARE, "Sessions")).containsExactly(4L, 3L, 1L, 0L, 0L);
    assertThat(row(SHARE, "Sessions by day")).containsExactly("2025-03-19", 2L, 1L, 1L, 0L);
    assertThat(data(HOURS, "When customers write").column("Weekday")).containsExactly("Wednesday");
  }

  /** Infinity, which Grafana cannot show as a time, is shown in words. */
  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void howFarTheJobHasComeIsTold(ResponseMode mode) throws Exception {
    create(mode);
    pick("2025-03-18T16:00:00Z", "2025-03-18T16:05:00Z", "3 minutes");
    database.execute("update report_settings set time_zone = 'Asia/Kolkata'");
    assertThat(row(NOW, "Complete through")).containsExactly("nothing reported yet", null);
    database.execute(
        "insert into tbl_writer (target, first_group, last_group, all_groups, submitted_at) values"
            + " ('tbl_result', 0, 63, 128, now()), ('tbl_result', 64, 127, 128, now())");
    assertThat(row(NOW, "Complete through")).containsExactly("nothing reported yet", null);
    database.execute(
        "update tbl_writer set complete_through = '2025-03-18 18:00Z', reported_at = '2025-03-18 18:31Z'",
        "update tbl_writer set complete_through = 'infinity' where first_group = 64");
    assertThat(row(NOW, "Complete through"))
        .containsExactly("2025-03-18 23:30:00", "2025-03-19 00:01:00");
    database.execute("update tbl_writer set complete_through = 'infinity'");
    assertThat(row(NOW, "Complete through"))
        .containsExactly("the end of the input", "2025-03-19 00:01:00");
  }

  /**
   * Panels that compute the same numbers in different ways agree, over a week in which clocks
   * change.
   */
  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void panelsAgree(ResponseMode mode) throws Exception {
    create(mode);
    List<Double> seconds = new ArrayList<>();
    List<Session> all = twoWeeks();
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    Instant from = LocalDate.of(2025, 3, 26).atStartOfDay(berlin).toInstant();
    Instant to = LocalDate.of(2025, 4, 3).atStartOfDay(berlin).toInstant();
    List<Session> shown =
        all.stream().filter(s -> !s.opened().isBefore(from) && s.opened().isBefore(to)).toList();
    shown.stream()
        .map(Session::waited)
        .filter(Objects::nonNull)
        .forEach(waited -> seconds.add((double) waited.toSeconds()));
    seconds.sort(null);
    pick("2025-03-26T10:00:00Z", "2025-04-02T10:00:00Z", "3 minutes");

    long sessions = shown.size();
    long answered = seconds.size();
    long within = seconds.stream().filter(s -> s <= 180).count();
    assertThat(row(SHARE, "Sessions").subList(0, 3))
        .containsExactly(sessions, answered, sessions - answered);
    assertThat(row(SHARE, "Answered within ${target}")).containsExactly(within / (double) sessions);
    PanelData byDay = data(SHARE, "Sessions by day");
    assertThat(byDay.rows()).hasSize(8);
    assertThat(byDay.sum("Within the target")).isEqualTo(within);
    assertThat(byDay.sum("Later")).isEqualTo(answered - within);
    assertThat(byDay.sum("Unanswered")).isEqualTo(sessions - answered);
    assertThat(data(TIMES, "How fast").sum("Sessions")).isEqualTo(sessions);
    assertThat(data("Agents", "Agents").sum("Asked")).isEqualTo(sessions);
    assertThat(data("Teams", "Teams").sum("Sessions")).isEqualTo(sessions);
    assertThat(data("Agents", "Agents").sum("Answered")).isEqualTo(answered);
    PanelData map = data(HOURS, "When customers write");
    assertThat(hours(map).mapToLong(map::sum).sum()).isEqualTo(sessions);
    assertThat(row(TIMES, "Of all days shown").subList(0, 3))
        .containsExactly(
            nearestRank(seconds, 0.5), nearestRank(seconds, 0.9), nearestRank(seconds, 0.95));
    assertThat(data("First replies and later ones", "First replies and later ones").sum("Sessions"))
        .isEqualTo(sessions);

    PanelData waits = data(HOURS, "How long they wait");
    assertThat(waits.column("Weekday")).isEqualTo(map.column("Weekday")).hasSize(7);
    // Hours with an answered session have a median; hours without a session have none.
    hours(map)
        .forEach(
            hour ->
                IntStream.range(0, 7)
                    .filter(day -> (Long) map.column(hour).get(day) == 0)
                    .forEach(day -> assertThat(waits.column(hour).get(day)).isNull()));
    assertThat(hours(waits).flatMap(hour -> waits.column(hour).stream()))
        .filteredOn(Objects::nonNull)
        .hasSizeGreaterThan(100);

    long queue =
        all.stream()
            .filter(s -> !s.opened().isAfter(Instant.parse("2025-03-26T10:00:00Z")))
            .filter(
                s ->
                    s.waited() == null
                        || s.opened()
                            .plus(s.waited())
                            .isAfter(Instant.parse("2025-03-26T10:00:00Z")))
            .count();
    assertThat(data("Queue", "Who waited").column("Waiting")).hasSize(51).startsWith(queue);
  }

  /**
   * Panels follow team, label and agent, alone and together, as plain Java filters the sessions.
   */
  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void panelsFollowTeamLabelAndAgent(ResponseMode mode) throws Exception {
    create(mode);
    List<Session> all = twoWeeks();
    database.execute(
        "insert into agent_team (agent_id, team) select n, case when n < 6 then 'West' else 'East' end"
            + " from generate_series(1, 8) n where n <> 4",
        "insert into tbl_labels values (1, '{\"channel\": \"e''mail\", \"priority\": \"1\"}'), (2, '{\"channel\": \"chat\"}')",
        "update tbl_result set labels = nullif(b % 3, 0)",
        "insert into tbl_agent (agent, name) values (3, 'Ann')",
        "update response_target set goal = 0.5");
    Predicate<Session> west = s -> s.agent() < 6 && s.agent() != 4;
    Predicate<Session> email = s -> s.customer() % 3 == 1;
    String emails = "{\"channel\": \"e'mail\"}";
    follows(all, Map.of("team", "West"), west);
    follows(all, Map.of("team", "in no team"), s -> s.agent() == 4 || s.agent() > 8);
    follows(all, Map.of("label", emails), email);
    follows(all, Map.of("agent", "3"), s -> s.agent() == 3);
    follows(all, Map.of("team", "West", "label", emails), west.and(email));
    follows(all, Map.of("team", "East", "agent", "3"), s -> false);
  }

  private void follows(List<Session> all, Map<String, String> filters, Predicate<Session> belongs)
      throws SQLException {
    pick("2025-03-26T10:00:00Z", "2025-04-02T10:00:00Z", "3 minutes", filters);
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    LocalDate first = LocalDate.of(2025, 3, 26);
    List<Session> some = all.stream().filter(belongs).toList();
    List<Session> shown =
        some.stream()
            .filter(s -> !s.opened().isBefore(first.atStartOfDay(berlin).toInstant()))
            .filter(s -> s.opened().isBefore(first.plusDays(8).atStartOfDay(berlin).toInstant()))
            .toList();
    List<Double> seconds = waits(shown);
    long sessions = shown.size();
    long answered = seconds.size();
    long within = seconds.stream().filter(s -> s <= 180).count();
    assertThat(row(SHARE, "Sessions"))
        .containsExactly(sessions, answered, sessions - answered, 0L, 0L);
    assertThat(row(SHARE, "Answered within ${target}"))
        .containsExactly(sessions == 0 ? null : within / (double) sessions);
    PanelData byDay = data(SHARE, "Sessions by day");
    PanelData shares = data(SHARE, "Share within ${target} by day");
    PanelData times = data(TIMES, "Median and P90 by day");
    for (int n = 0; n < 8; n++) {
      LocalDate day = first.plusDays(n);
      List<Session> ofDay =
          shown.stream().filter(s -> s.opened().atZone(berlin).toLocalDate().equals(day)).toList();
      List<Double> waited = waits(ofDay);
      long quick = waited.stream().filter(s -> s <= 180).count();
      assertThat(byDay.rows().get(n))
          .containsExactly(
              day.toString(),
              quick,
              waited.size() - quick,
              (long) ofDay.size() - waited.size(),
              0L);
      assertThat(shares.rows().get(n))
          .containsExactly(day.toString(), ofDay.isEmpty() ? null : quick / (double) ofDay.size());
      assertThat(times.rows().get(n))
          .containsExactly(
              day.toString(),
              waited.isEmpty() ? null : nearestRank(waited, 0.5),
              waited.isEmpty() ? null : nearestRank(waited, 0.9));
    }
    assertThat(row(TIMES, "Of all days shown").subList(0, 2))
        .containsExactly(
            seconds.isEmpty() ? null : nearestRank(seconds, 0.5),
            seconds.isEmpty() ? null : nearestRank(seconds, 0.9));
    assertThat(data("Agents", "Agents").sum("Answered")).isEqualTo(answered);
    PanelData map = data(HOURS, "When customers write");
    assertThat(hours(map).mapToLong(map::sum).sum()).isEqualTo(sessions);
    assertThat(hours(data(HOURS, "How long they wait"))).hasSize(24);
    assertThat(data("Unanswered", "Unanswered sessions of the days shown").rows())
        .hasSize((int) (sessions - answered));

    List<Session> waiting = some.stream().filter(s -> s.waited() == null).toList();
    assertThat(row(NOW, "Waiting now")).containsExactly((long) waiting.size());
    assertThat(row(NOW, "Waiting longer than ${target}")).containsExactly((long) waiting.size());
    assertThat(data(NOW, "Who waits, the longest first").rows()).hasSameSizeAs(waiting);
    assertThat(data(NOW, "Whom they have written to").sum("Waiting")).isEqualTo(waiting.size());
    if (waiting.isEmpty()) {
      assertThat(row(NOW, "Longest wait")).containsOnlyNulls();
    } else {
      assertThat((Double) row(NOW, "Longest wait").get(0))
          .isCloseTo(
              (Double) data(NOW, "Who waits, the longest first").column("Waiting").get(0),
              within(60.0));
    }
    if (filters.keySet().equals(Set.of("team"))) {
      List<Object> team = row("Teams", "Teams");
      assertThat(team)
          .startsWith(filters.get("team"), sessions, answered, sessions - answered, 0L, 0L)
          .endsWith(within / (double) sessions, 0.5, within * 2 >= sessions ? "met" : "missed");
    }
  }

  private static List<Double> waits(List<Session> sessions) {
    return sessions.stream()
        .map(Session::waited)
        .filter(Objects::nonNull)
        .map(waited -> (double) waited.toSeconds())
        .sorted()
        .toList();
  }

  /** The checks find mistakes in panels. */
  @Test
  void mistakesAreFound() throws Exception {
    create(ResponseMode.ANY_AGENT);
    twoWeeks();
    pick("2025-03-26T10:00:00Z", "2025-04-02T10:00:00Z", "3 minutes");
    JsonNode agents = dashboard.panel("Agents", "Agents");
    JsonNode share = dashboard.panel(SHARE, "Share within ${target} by day");
    JsonNode byHour = dashboard.panel(HOURS, "Sessions by hour");
    JsonNode days = dashboard.panel(NOW, "Days shown");
    refused(
        agents,
        panel -> sql(panel, "\"Agent\"", "\"agent\", 1 as \"Agent\", 2 as \"Agent\""),
        "columns");
    refused(agents, panel -> sql(panel, "\"Median\"", "\"Middle\""), "Median");
    refused(agents, panel -> sql(panel, "\"Answered\"", "\"Answers\""), "Answered");
    refused(agents, panel -> sql(panel, "agent_id is not null", "agent_id = 0"), "rows");
    refused(
        agents, panel -> panel.withObject("/fieldConfig").putArray("overrides"), "unit of Asked");
    refused(
        agents, panel -> panel.withObject("/options/sortBy/0").put("displayName", "x"), "sorted");
    refused(share, panel -> panel.withObject("/options").put("xField", "Days"), "columns");
    refused(share, panel -> panel.withObject("/fieldConfig/defaults").put("unit", "short"), "unit");
    refused(share, panel -> sql(panel, "day::text", "extract(doy from day)::bigint"), "");
    refused(byHour, panel -> sql(panel, "\"time\"", "\"Time\""), "time");
    refused(byHour, panel -> sql(panel, "order by starts_at", "order by starts_at desc"), "times");
    refused(days, panel -> panel.withObject("/options/reduceOptions").put("fields", ""), "numbers");
    refused(
        days, panel -> panel.withObject("/options/reduceOptions").put("fields", "/^Day$/"), "Day");
  }

  private void refused(JsonNode panel, Consumer<ObjectNode> mistake, String named) {
    assertThatCode(() -> data(panel).check()).doesNotThrowAnyException();
    ObjectNode changed = (ObjectNode) panel.deepCopy();
    mistake.accept(changed);
    assertThat((JsonNode) changed).isNotEqualTo(panel);
    assertThatThrownBy(() -> data(changed).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(named);
  }

  private static void sql(ObjectNode panel, String old, String changed) {
    ObjectNode target = (ObjectNode) ((ArrayNode) panel.get("targets")).get(0);
    target.put("rawSql", target.get("rawSql").asString().replace(old, changed));
  }

  /** Picks a time range and a target, and all teams, labels and agents. */
  private void pick(String from, String to, String target) throws SQLException {
    pick(from, to, target, Map.of());
  }

  /** Picks values, and queries the other variables as Grafana does. */
  private void pick(String from, String to, String target, Map<String, String> filters)
      throws SQLException {
    grafana = new GrafanaSql(Instant.parse(from), Instant.parse(to));
    variables = new LinkedHashMap<>();
    for (JsonNode variable : dashboard.variables()) {
      String name = variable.get("name").asString();
      if (variable.get("type").asString().equals("query")) {
        List<String> values = strings(grafana.expand(variable.get("query").asString(), variables));
        assertThat(values).as(name).doesNotContainNull().doesNotHaveDuplicates();
        if (variable.path("includeAll").asBoolean(false)) {
          String filter = filters.getOrDefault(name, GrafanaSql.ALL);
          assertThat(filter)
              .as(name)
              .satisfiesAnyOf(
                  value -> assertThat(value).isEqualTo(GrafanaSql.ALL),
                  value -> assertThat(values).contains(value));
          variables.put(name, filter);
        } else if (name.equals("target")) {
          assertThat(values).contains(target, variable.at("/current/value").asString());
          variables.put(name, target);
        } else {
          // Grafana queries it again when the time range changes.
          assertThat(variable.get("refresh").asInt()).isEqualTo(2);
          assertThat(values).as(name).hasSize(1);
          variables.put(name, values.get(0));
        }
      }
    }
    assertThat(variables).hasSize(8);
  }

  private PanelData data(String row, String title) throws SQLException {
    return data(dashboard.panel(row, title));
  }

  private PanelData data(JsonNode panel) throws SQLException {
    String query = panel.at("/targets/0/rawSql").asString();
    return PanelData.read(panel, reader, grafana.expand(query, variables));
  }

  private List<Object> row(String row, String title) throws SQLException {
    PanelData data = data(row, title);
    assertThat(data.rows()).as(title).hasSize(1);
    return data.rows().get(0);
  }

  private List<String> strings(String query) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  private static Stream<String> hours(PanelData map) {
    return map.columns().stream().filter(column -> !column.equals("Weekday"));
  }

  /** The percentile by the nearest-rank method. */
  private static double nearestRank(List<Double> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  /** The tables and views that an operator would create, and a user in the reader's role. */
  private void create(ResponseMode mode) throws Exception {
    this.mode = mode;
    database = TestDatabase.create(mode);
    SqlFiles.install(mode).forEach(database::execute);
    database.execute(SqlFiles.read("optional/roles.sql"), SqlFiles.read("optional/rollups.sql"));
    String user = "u" + System.nanoTime();
    server.createUser(user, PASSWORD);
    database.execute("grant first_response_reader to " + user);
    reader = DriverManager.getConnection(database.url(), user, PASSWORD);
  }

  private void calendar(String opens, String closes) {
    database.execute(
        "insert into business_calendar values ('support', 'UTC')",
        "insert into business_hours select 'support', day, '%s', '%s' from generate_series(1, 7) day"
            .formatted(opens, closes),
        "update report_settings set calendar = 'support'");
  }

  private record Session(
      Instant opened, Duration waited, long customer, long asked, long answerer) {

    /** Whose it is: who answered or, if nobody has, who was asked. */
    long agent() {
      return waited == null ? asked : answerer;
    }
  }

  /**
   * Creates two weeks of sessions in Berlin, with the Sunday on which summer time begins, and some
   * late messages and corrections.
   */
  private List<Session> twoWeeks() {
    database.execute("update report_settings set time_zone = 'Europe/Berlin'");
    calendar("08:00", "17:00");
    Random random = new Random(17);
    List<Session> sessions = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    Instant start = Instant.parse("2025-03-23T22:30:00Z");
    for (int i = 0; i < 1_500; i++) {
      Instant opened = start.plusSeconds(random.nextInt(14 * 86_400));
      long asked = 1 + random.nextLong(7);
      boolean open = i % 20 == 0;
      Duration waited =
          open ? null : Duration.ofSeconds(random.nextInt(1 << random.nextInt(4, 18)));
      long answerer = mode == ResponseMode.ANY_AGENT ? 1 + random.nextLong(9) : asked;
      // A customer with an open session has no other session.
      long customer = open ? 1_000_000L + i : random.nextLong(300);
      rows.add(session(customer, asked, opened, open ? -1 : answerer, waited));
      sessions.add(new Session(opened, waited, customer, asked, answerer));
    }
    insert(rows.toArray(String[]::new));
    database.execute(
        "insert into tbl_late (b, a, ts, direct, automated, watermark)"
            + " select i, 3, timestamptz '2025-03-27 12:00Z' + i * interval '7 hours', i % 2 = 0, false,"
            + " '2025-04-05 00:00Z' from generate_series(1, 20) i",
        "insert into tbl_correction (b, b_ts, asked_a, was_a, was_a_ts, became_a, became_a_ts, cause_a,"
            + " cause_ts, cause_direct) values"
            + " (1, '2025-03-27 12:00Z', 3, 3, '2025-03-27 12:09Z', 3, '2025-03-27 12:04Z', 3,"
            + " '2025-03-27 12:04Z', true),"
            + " (2, '2025-03-28 12:00Z', 3, -1, null, null, null, 3, '2025-03-28 11:00Z', false)");
    return sessions;
  }

  private void insert(String... sessions) {
    database.execute(
        "insert into tbl_result (b, b_ts, %s, a_ts) values %s"
            .formatted(
                mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a",
                String.join(", ", sessions)));
  }

  private static String session(
      long customer, long asked, Instant opened, long answerer, Duration waited) {
    String answered = waited == null ? "null::timestamptz" : "'" + opened.plus(waited) + "'";
    return "(%d, '%s', %d, %d, %s)".formatted(customer, opened, asked, answerer, answered);
  }
}
