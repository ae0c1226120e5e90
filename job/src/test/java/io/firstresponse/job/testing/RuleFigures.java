package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Session;
import io.firstresponse.job.testing.Figures.Hours;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The figures of targets by rule, of who has given up, and of conversations, in plain Java from the
 * definitions in the documents.
 */
public final class RuleFigures {

  /** Business hours by weekday in a time zone. Clocks do not change within them. */
  public record Calendar(String name, ZoneId zone, Map<DayOfWeek, List<Hours>> hours) {}

  /**
   * A target.
   *
   * @param name its name
   * @param seconds the longest time that meets it
   * @param goal the share that should meet it; null for none
   * @param appliesTo the labels of the sessions that it is for
   * @param calendar in whose business time it is; null for clock time
   * @param from the first day of those sessions
   * @param until the last one
   */
  public record Rule(
      String name,
      long seconds,
      Double goal,
      Map<String, String> appliesTo,
      Calendar calendar,
      LocalDate from,
      LocalDate until) {}

  /** A session with its labels (null for none), its team (null for none) and its day. */
  public record Labelled(Session session, Map<String, String> labels, String team, LocalDate day) {}

  /**
   * The settings of the figures.
   *
   * @param calendar the calendar of the reports
   * @param outsideCounts whether sessions that opened outside of business time count in it
   * @param closedCounts whether closed sessions count
   * @param waitingLimit after how many microseconds a customer has given up; null for never
   * @param now the time that it is, in microseconds
   */
  public record Settings(
      Calendar calendar,
      boolean outsideCounts,
      boolean closedCounts,
      Long waitingLimit,
      long now) {}

  private final Settings settings;

  /** The figures with these settings. */
  public RuleFigures(Settings settings) {
    this.settings = settings;
  }

  /**
   * keys, target: sessions, answered, unanswered, closed, given up, within, running, missed, share,
   * whether the goal is met, median, P90 of all, and in business time sessions, within, running,
   * missed. In the order of keys and targets.
   */
  public List<List<Object>> attainment(
      List<Labelled> sessions, List<Rule> rules, Function<Labelled, List<String>> keys) {
    Map<String, List<Labelled>> groups = new TreeMap<>();
    for (Labelled session : sessions) {
      groups
          .computeIfAbsent(String.join("\t", keys.apply(session)), key -> new ArrayList<>())
          .add(session);
    }
    Map<String, Rule> ordered = new TreeMap<>();
    rules.forEach(rule -> ordered.put(rule.name(), rule));
    List<List<Object>> rows = new ArrayList<>();
    groups.forEach(
        (key, group) ->
            ordered.forEach(
                (name, rule) -> {
                  List<Object> row = Figures.row((Object[]) key.split("\t", -1));
                  row.add(name);
                  row.addAll(figures(group.stream().filter(s -> applies(rule, s)).toList(), rule));
                  rows.add(row);
                }));
    return rows;
  }

  /** Whether a target is for a session. A label "team" comes before the team of the agents. */
  public static boolean applies(Rule rule, Labelled session) {
    Map<String, String> has = new HashMap<>();
    if (session.team() != null) {
      has.put("team", session.team());
    }
    if (session.labels() != null) {
      has.putAll(session.labels());
    }
    return has.entrySet().containsAll(rule.appliesTo().entrySet())
        && !session.day().isBefore(rule.from())
        && !session.day().isAfter(rule.until());
  }

  private List<Object> figures(List<Labelled> applied, Rule rule) {
    Tally clock = new Tally(rule.calendar());
    Tally business = new Tally(settings.calendar());
    int closed = 0;
    int givenUp = 0;
    int open = 0;
    List<Double> waits = new ArrayList<>();
    for (Labelled labelled : applied) {
      Session session = labelled.session();
      clock.add(session, rule);
      business.add(session, rule);
      closed += session.isClosed() ? 1 : 0;
      givenUp += hasGivenUp(session) ? 1 : 0;
      open += session.isOpen() ? 1 : 0;
      if (session.isAnswered()) {
        waits.add((session.endedAt() - session.openedAt()) / 1e6);
      }
    }
    double[] sorted = waits.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int of = clock.within + clock.missed;
    Double share = of == 0 ? null : (double) clock.within / of;
    return Figures.row(
        applied.size(),
        sorted.length,
        open - givenUp,
        closed,
        givenUp,
        clock.within,
        clock.running,
        clock.missed,
        share,
        (share == null || rule.goal() == null) ? null : share >= rule.goal(),
        rank(sorted, 50, sorted.length),
        rank(sorted, 90, applied.size() - (settings.closedCounts() ? 0 : closed)),
        business.within + business.running + business.missed,
        business.within,
        business.running,
        business.missed);
  }

  /** Whether a customer has waited longer than the limit, and still does. */
  public boolean hasGivenUp(Session session) {
    return session.isOpen()
        && settings.waitingLimit() != null
        && settings.now() - session.openedAt() > settings.waitingLimit();
  }

  /** Of the sessions that count: within the target, running, missed. */
  private final class Tally {

    private final Calendar calendar;
    private int within;
    private int running;
    private int missed;

    private Tally(Calendar calendar) {
      this.calendar = calendar;
    }

    private void add(Session session, Rule rule) {
      boolean out =
          calendar != null && !settings.outsideCounts() && !isOpen(calendar, session.openedAt());
      if (out || (session.isClosed() && !settings.closedCounts())) {
        return;
      }
      long end = session.isOpen() ? settings.now() : session.endedAt();
      boolean inTime = elapsed(calendar, session.openedAt(), end) <= rule.seconds() * 1_000_000L;
      if (session.isAnswered() && inTime) {
        within++;
      } else if (session.isOpen() && inTime && !hasGivenUp(session)) {
        running++;
      } else {
        missed++;
      }
    }
  }

  private static Double rank(double[] sorted, int percent, int all) {
    int rank = (percent * all + 99) / 100;
    return rank == 0 || rank > sorted.length ? null : sorted[rank - 1];
  }

  private static boolean isOpen(Calendar calendar, long micros) {
    return elapsed(calendar, micros, micros + 1) > 0;
  }

  /** Microseconds between two moments, of a calendar those while its business is open. */
  public static long elapsed(Calendar calendar, long from, long to) {
    if (calendar == null) {
      return to - from;
    }
    long total = 0;
    LocalDate last = day(calendar, to);
    for (LocalDate day = day(calendar, from); !day.isAfter(last); day = day.plusDays(1)) {
      for (Hours hours : calendar.hours().getOrDefault(day.getDayOfWeek(), List.of())) {
        boolean untilMidnight = hours.closes().equals(LocalTime.MIDNIGHT);
        long opens = micros(day.atTime(hours.opens()).atZone(calendar.zone()));
        long closes =
            micros(
                (untilMidnight ? day.plusDays(1) : day)
                    .atTime(hours.closes())
                    .atZone(calendar.zone()));
        total += Math.max(0, Math.min(to, closes) - Math.max(from, opens));
      }
    }
    return total;
  }

  private static LocalDate day(Calendar calendar, long micros) {
    return TestDatabase.instant(micros).atZone(calendar.zone()).toLocalDate();
  }

  private static long micros(ZonedDateTime moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment.toInstant());
  }

  /**
   * customer, agent, opening in microseconds: sessions, replies, responders, closed, first reply in
   * seconds, last status, the last that is known in microseconds, channel of the first session. In
   * the order of the first three.
   *
   * @param sessions all sessions
   * @param isFirst whether a session is the first of its conversation
   * @param agent the only agent whose answer counts, or 0
   */
  public List<List<Object>> conversations(
      List<Labelled> sessions, Function<Session, Boolean> isFirst, Function<Session, Long> agent) {
    Map<List<Long>, List<Labelled>> keys = new HashMap<>();
    for (Labelled labelled : sessions) {
      Session session = labelled.session();
      keys.computeIfAbsent(
              Arrays.asList(session.b(), agent.apply(session)), key -> new ArrayList<>())
          .add(labelled);
    }
    List<List<Object>> rows = new ArrayList<>();
    for (List<Labelled> ofKey : keys.values()) {
      ofKey.sort((x, y) -> Long.compare(x.session().openedAt(), y.session().openedAt()));
      int start = 0;
      for (int i = 1; i <= ofKey.size(); i++) {
        if (i == ofKey.size() || isFirst.apply(ofKey.get(i).session())) {
          rows.add(conversation(ofKey.subList(start, i), agent));
          start = i;
        }
      }
    }
    rows.sort(
        (x, y) ->
            Arrays.compare(
                new long[] {(long) x.get(0), (long) x.get(1), (long) x.get(2)},
                new long[] {(long) y.get(0), (long) y.get(1), (long) y.get(2)}));
    return rows;
  }

  private List<Object> conversation(List<Labelled> sessions, Function<Session, Long> agent) {
    Session first = sessions.get(0).session();
    Session last = sessions.get(sessions.size() - 1).session();
    List<Session> answered =
        sessions.stream().map(Labelled::session).filter(Session::isAnswered).toList();
    String status = last.isAnswered() ? "answered" : last.isClosed() ? "closed" : "open";
    return Figures.row(
        first.b(),
        agent.apply(first),
        first.openedAt(),
        sessions.size(),
        answered.size(),
        answered.stream().mapToLong(Session::responder).distinct().count(),
        sessions.stream().filter(s -> s.session().isClosed()).count(),
        first.isAnswered() ? (first.endedAt() - first.openedAt()) / 1e6 : null,
        hasGivenUp(last) ? "given up" : status,
        last.isOpen() ? last.openedAt() : last.endedAt(),
        sessions.get(0).labels() == null ? null : sessions.get(0).labels().get("channel"));
  }
}
