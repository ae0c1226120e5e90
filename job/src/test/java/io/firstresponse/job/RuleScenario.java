package io.firstresponse.job;

import io.firstresponse.job.TeamFiguresIT.Member;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.RuleFigures;
import io.firstresponse.job.testing.RuleFigures.Calendar;
import io.firstresponse.job.testing.RuleFigures.Labelled;
import io.firstresponse.job.testing.RuleFigures.Rule;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A database of sessions with labels and teams, targets by rule and two calendars, and what a test
 * knows of it. Whoever changes the one changes the other.
 */
final class RuleScenario {

  /** Who waits since before then has given up. At noon all calendars are open. */
  private static final Instant GIVEN_UP = Instant.parse("2026-03-25T12:00:00Z");

  /** Who waits since then has not missed the longest targets. */
  private static final Instant RUNNING = Instant.parse("2026-04-02T12:00:00Z");

  /** The label sets; sessions of a few days have the last one. */
  static final Map<Long, Map<String, String>> LABELS =
      Map.of(
          1L, Map.of("channel", "email"),
          2L, Map.of("channel", "chat", "priority", "urgent"),
          3L, Map.of("channel", "email", "priority", "urgent", "team", "red"),
          4L, Map.of("channel", "email", "team", "vip"),
          5L, Map.of("priority", "1"),
          6L, Map.of("channel", "chat", "note", "it's \"so\""));

  final Map<Long, Map<String, String>> labels = new HashMap<>(LABELS);
  final List<Member> members = new ArrayList<>(TeamFiguresIT.MEMBERS);
  final List<Rule> rules = new ArrayList<>();
  final Calendar calendar;
  Calendar other = new Calendar("d", ZoneId.of("UTC"), hours("06:00", "22:00"));
  boolean outsideCounts = true;
  boolean closedCounts;
  Long limit;

  private final TestDatabase database;
  private final ResponseMode mode;
  private final ZoneId zone;

  RuleScenario(TestDatabase database, ResponseMode mode, ZoneId zone, long seed)
      throws SQLException {
    this.database = database;
    this.mode = mode;
    this.zone = zone;
    calendar = new Calendar("c", zone, hours("09:00", "17:00"));
    insert(calendar);
    insert(other);
    database.execute(TeamFiguresIT.insert(mode, new Random(seed)));
    members.forEach(member -> database.execute(TeamFiguresIT.insert(member)));
    database.execute(
        "update tbl_result set labels = nullif(1 + (b * 3 + date_part('epoch', b_ts)::bigint) % 7, 7)",
        "update tbl_result set labels = 1 where labels = 6 and b_ts not between '2026-03-20' and '2026-03-24'");
    long now = now();
    for (Instant moment : List.of(GIVEN_UP, RUNNING)) {
      // So that nobody becomes too old for a target while the test runs.
      database.execute(
          "update tbl_result set closed_ts = b_ts + interval '1 s' where a_ts is null and closed_ts is null"
              + " and b_ts between timestamptz '%1$s' - interval '2 h' and timestamptz '%1$s' + interval '2 h'"
                  .formatted(moment));
    }
    LABELS.keySet().forEach(this::insertLabels);
    limit = (now - micros(GIVEN_UP)) / 1_000_000 * 1_000_000;
    database.execute(
        "update report_settings set calendar = 'c', time_zone = '%s', conversation_gap = '9 hours', waiting_limit = '%d s'"
            .formatted(zone, limit / 1_000_000),
        "delete from response_target");
    LocalDate first = TeamFiguresIT.FIRST;
    long waiting = (now - micros(RUNNING)) / 1_000_000;
    long open = RuleFigures.elapsed(other, micros(RUNNING), now) / 1_000_000;
    add("", 60, 0.2, Map.of());
    add("", waiting, 0.5, Map.of());
    add("mail", 3600, 0.3, Map.of("channel", "email"));
    add("fax", 1800, 0.5, Map.of("channel", "fax"));
    add("red", 3600, 0.9, Map.of("team", "red"), null, LocalDate.MIN, first.plusDays(15));
    add("vip", 7200, 0.5, Map.of("team", "vip"), other, LocalDate.MIN, LocalDate.MAX);
    add("open", open, 0.5, Map.of(), other, LocalDate.MIN, LocalDate.MAX);
    add("all", 1800, 0.5, Map.of(), calendar, LocalDate.MIN, LocalDate.MAX);
    add("1", 900, 0.5, Map.of("priority", "1"), calendar, first.plusDays(7), LocalDate.MAX);
    Map<String, String> hot = Map.of("channel", "email", "priority", "urgent");
    add("hot", 600, null, hot, calendar, first.plusDays(4), first.plusDays(18));
  }

  private void add(String label, long seconds, Double goal, Map<String, String> appliesTo)
      throws SQLException {
    add(label, seconds, goal, appliesTo, null, LocalDate.MIN, LocalDate.MAX);
  }

  private void add(
      String label,
      long seconds,
      Double goal,
      Map<String, String> appliesTo,
      Calendar in,
      LocalDate from,
      LocalDate until)
      throws SQLException {
    String insert =
        "insert into response_target (within, label, goal, applies_to, calendar, valid_from, valid_until)"
            + " values ('%d s', nullif('%s', ''), %s, %s, %s, '%s', '%s') returning name";
    String name =
        database
            .strings(
                insert.formatted(
                    seconds,
                    label,
                    goal,
                    json(appliesTo),
                    in == null ? "null" : "'" + in.name() + "'",
                    from.equals(LocalDate.MIN) ? "-infinity" : from,
                    until.equals(LocalDate.MAX) ? "infinity" : until))
            .get(0);
    rules.add(new Rule(name, seconds, goal, appliesTo, in, from, until));
  }

  private static String json(Map<String, String> labels) {
    List<String> texts = new ArrayList<>();
    labels.forEach((name, value) -> texts.addAll(List.of(name, value.replace("'", "''"))));
    return texts.isEmpty() ? "'{}'" : "jsonb_build_object('" + String.join("', '", texts) + "')";
  }

  void insertLabels(long key) {
    database.execute(
        "insert into tbl_labels values (%d, %s)".formatted(key, json(LABELS.get(key))));
  }

  private void insert(Calendar added) {
    Figures.Hours hours = added.hours().get(DayOfWeek.MONDAY).get(0);
    database.execute(
        "insert into business_calendar values ('%s', '%s')".formatted(added.name(), added.zone()),
        "insert into business_hours select '%s', n, '%s', '%s' from generate_series(1, 6) n"
            .formatted(added.name(), hours.opens(), hours.closes()));
  }

  /** Other hours of the calendar that only targets have. */
  void changeHours(String opens, String closes) {
    database.execute(
        "update business_hours set opens = '%s', closes = '%s' where calendar = 'd'"
            .formatted(opens, closes));
    Calendar before = other;
    other = new Calendar("d", other.zone(), hours(opens, closes));
    rules.replaceAll(
        r ->
            before.equals(r.calendar())
                ? new Rule(
                    r.name(), r.seconds(), r.goal(), r.appliesTo(), other, r.from(), r.until())
                : r);
  }

  /** Another rule of a target. */
  void change(int n, Map<String, String> appliesTo, Calendar in, LocalDate from) {
    Rule was = rules.remove(n);
    rules.add(new Rule(was.name(), was.seconds(), was.goal(), appliesTo, in, from, LocalDate.MAX));
    database.execute(
        "update response_target set applies_to = %s, calendar = '%s', valid_from = '%s', valid_until = 'infinity' where name = '%s'"
            .formatted(json(appliesTo), in.name(), from, was.name()));
  }

  /** The figures with these settings, now. */
  RuleFigures figures() throws SQLException {
    return new RuleFigures(
        new RuleFigures.Settings(calendar, outsideCounts, closedCounts, limit, now()));
  }

  /** The sessions of the table. */
  List<Labelled> sessions() throws SQLException {
    List<Labelled> sessions = new ArrayList<>();
    String columns = mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a";
    for (String row :
        database.strings(
            "select b, %s, %s, %s, coalesce(labels, 0) from tbl_result r"
                .formatted(micros("b_ts"), columns, TestDatabase.endedAt("r")))) {
      String[] text = row.split(" ", -1);
      long[] values = new long[text.length];
      for (int i = 0; i < text.length; i++) {
        values[i] = Long.parseLong(text[i]);
      }
      Session session =
          new Session(values[0], values[1], values[2], values[3], values[4], values[5]);
      LocalDate day = TestDatabase.instant(session.openedAt()).atZone(zone).toLocalDate();
      String team = TeamFiguresIT.team(members, session, day);
      sessions.add(
          new Labelled(session, labels.get(session.labels()), team.isEmpty() ? null : team, day));
    }
    return sessions;
  }

  private long now() throws SQLException {
    return database.count("select " + micros("now()"));
  }

  private static long micros(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }

  static String micros(String column) {
    return "round(date_part('epoch', " + column + ") * 1000000)::bigint";
  }

  private static Map<DayOfWeek, List<Figures.Hours>> hours(String opens, String closes) {
    Map<DayOfWeek, List<Figures.Hours>> hours = new EnumMap<>(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day != DayOfWeek.SUNDAY) {
        hours.put(day, List.of(FiguresIT.hours(opens, closes)));
      }
    }
    return hours;
  }
}
