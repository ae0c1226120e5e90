package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The figures of the views in plain Java, from the definitions in the documents and not the way the
 * views are written. Each method gives the rows of a view, with the columns that it names.
 */
public final class Figures {

  /** Hours in which business is open: from the first moment to the one before the end. */
  public record Hours(LocalTime opens, LocalTime closes) {}

  /**
   * The settings of the figures.
   *
   * @param zone the zone of days and hours
   * @param gap the conversation gap
   * @param targets target times by name
   * @param hours business hours of the weekdays; null: there is no calendar
   * @param holidays days without business
   * @param closedCounts whether closed sessions are in shares and percentiles of all
   */
  public record Settings(
      ZoneId zone,
      Duration gap,
      Map<String, Duration> targets,
      Map<DayOfWeek, List<Hours>> hours,
      Set<LocalDate> holidays,
      boolean closedCounts) {}

  private static final int[] PERCENTS = {50, 90, 95};

  private final ResponseMode mode;
  private final List<Session> sessions;
  private final Settings settings;
  private final Map<Long, List<Session>> ofCustomer = new TreeMap<>();
  private final Map<Session, Double> business = new HashMap<>();

  /** The figures of the rows that the job wrote. */
  public Figures(ResponseMode mode, List<Session> sessions, Settings settings) {
    this.mode = mode;
    this.sessions = sessions;
    this.settings = settings;
    for (Session session : sessions) {
      ofCustomer.computeIfAbsent(session.b(), key -> new ArrayList<>()).add(session);
      if (settings.hours() != null && session.isAnswered()) {
        business.put(session, businessSeconds(session.openedAt(), session.endedAt()));
      }
    }
    ofCustomer.values().forEach(all -> all.sort(Comparator.comparingLong(Session::openedAt)));
  }

  /** The names of the targets, in the order of their shares in a row. */
  public Set<String> targets() {
    return new TreeSet<>(settings.targets().keySet());
  }

  /** customer, opening in microseconds, agent asked: first of a conversation, business seconds. */
  public List<List<Object>> conversations() {
    List<List<Object>> rows = new ArrayList<>();
    for (Session session : sessions) {
      rows.add(
          row(
              session.b(),
              session.openedAt(),
              session.asked(),
              isFirst(session),
              business.get(session)));
    }
    return rows;
  }

  /** Whether a session is the first of a conversation. */
  public boolean isFirst(Session session) {
    Session previous = null;
    for (Session other : ofCustomer.get(session.b())) {
      boolean sameConversation = mode == ResponseMode.ANY_AGENT || other.asked() == session.asked();
      if (sameConversation && other.openedAt() < session.openedAt()) {
        previous = other;
      }
    }
    return previous == null
        || session.openedAt() - previous.endedAt() > settings.gap().toNanos() / 1000;
  }

  /** Whether business was open when a session opened. There is a calendar. */
  public boolean openedInBusinessTime(Session session) {
    return isOpen(local(session.openedAt()));
  }

  /** day: the columns of {@link #times}. */
  public List<List<Object>> byDay() {
    return periods(days(), this::startOf, day -> startOf(day.plusDays(1)));
  }

  /** start in microseconds: the columns of {@link #times}. */
  public List<List<Object>> byHour() {
    List<Long> hours = new ArrayList<>();
    for (LocalDate day : days()) {
      for (long at = startOf(day); at < startOf(day.plusDays(1)); at += 3_600_000_000L) {
        hours.add(at);
      }
    }
    return periods(hours, hour -> hour, hour -> hour + 3_600_000_000L);
  }

  /** keys: the columns of {@link #times} of the sessions with the same keys, in order. */
  public List<List<Object>> by(Function<Session, List<String>> keys) {
    Map<String, List<Session>> groups = new TreeMap<>();
    for (Session session : sessions) {
      groups
          .computeIfAbsent(String.join("\t", keys.apply(session)), key -> new ArrayList<>())
          .add(session);
    }
    List<List<Object>> rows = new ArrayList<>();
    groups.forEach(
        (key, opened) -> {
          List<Object> row = row((Object[]) key.split("\t", -1));
          row.addAll(times(opened));
          rows.add(row);
        });
    return rows;
  }

  /** The period: the columns of {@link #times}. */
  private <P> List<List<Object>> periods(
      Collection<P> periods, Function<P, Long> start, Function<P, Long> end) {
    List<List<Object>> rows = new ArrayList<>();
    for (P period : periods) {
      List<Session> opened =
          select(s -> s.openedAt() >= start.apply(period) && s.openedAt() < end.apply(period));
      List<Object> row = row(period instanceof LocalDate ? period.toString() : period);
      row.addAll(times(opened));
      rows.add(row);
    }
    return rows;
  }

  /**
   * sessions, answered, unanswered, closed, median, p90, p95, the same of all, mean, business
   * median, p90, p95, mean, and for each target share and business share. All who wait have waited
   * longer than each target.
   */
  private List<Object> times(List<Session> opened) {
    List<Session> answered = opened.stream().filter(Session::isAnswered).toList();
    int counted = counted(opened);
    List<Object> row =
        row(opened.size(), answered.size(), count(opened, Session::isOpen), closed(opened));
    double[] seconds = sorted(answered.stream().map(Figures::seconds));
    for (int percent : PERCENTS) {
      row.add(nearestRank(seconds, percent, seconds.length));
    }
    for (int percent : PERCENTS) {
      row.add(nearestRank(seconds, percent, counted));
    }
    row.add(mean(seconds));
    double[] business = businessSeconds(answered);
    for (int percent : PERCENTS) {
      row.add(nearestRank(business, percent, business.length));
    }
    row.add(mean(business));
    addShares(row, seconds, business, counted);
    return row;
  }

  /**
   * day, agent: asked, asked and unanswered, asked and closed, answered, median, p90, p95, mean,
   * business, shares.
   */
  public List<List<Object>> byAgent() {
    List<List<Object>> rows = new ArrayList<>();
    for (LocalDate day : days()) {
      List<Session> opened = select(s -> dayOf(s.openedAt()).equals(day));
      Set<Long> agents = new TreeSet<>();
      opened.forEach(s -> agents.add(s.asked()));
      opened.stream().filter(Session::isAnswered).forEach(s -> agents.add(s.responder()));
      for (long agent : agents) {
        List<Session> asked = opened.stream().filter(s -> s.asked() == agent).toList();
        List<Session> answered =
            opened.stream().filter(s -> s.isAnswered() && s.responder() == agent).toList();
        List<Object> row =
            row(
                day.toString(),
                agent,
                asked.size(),
                count(asked, Session::isOpen),
                closed(asked),
                answered.size());
        double[] seconds = sorted(answered.stream().map(Figures::seconds));
        for (int percent : PERCENTS) {
          row.add(nearestRank(seconds, percent, seconds.length));
        }
        row.add(mean(seconds));
        double[] business = businessSeconds(answered);
        for (int percent : PERCENTS) {
          row.add(nearestRank(business, percent, business.length));
        }
        row.add(mean(business));
        addShares(row, seconds, business, answered.size());
        rows.add(row);
      }
    }
    return rows;
  }

  /** day, bracket in order: sessions, share. */
  public List<List<Object>> distribution(List<Duration> upTo) {
    List<List<Object>> rows = new ArrayList<>();
    for (LocalDate day : days()) {
      List<Session> opened = select(s -> dayOf(s.openedAt()).equals(day));
      long[] brackets = new long[upTo.size() + 3];
      for (Session session : opened) {
        int bracket = 0;
        while (session.isAnswered()
            && bracket < upTo.size()
            && waitedMicros(session) > upTo.get(bracket).toNanos() / 1000) {
          bracket++;
        }
        int none = upTo.size() + (session.isClosed() ? 2 : 1);
        brackets[session.isAnswered() ? bracket : none]++;
      }
      for (int i = 0; i < brackets.length; i++) {
        boolean counts = i < brackets.length - 1 || settings.closedCounts();
        Object share = counts ? share(brackets[i], counted(opened)) : null;
        rows.add(row(day.toString(), i + 1, brackets[i], share));
      }
    }
    return rows;
  }

  /** day, weekday, hour: sessions, answered, unanswered, closed, sum, mean, median, p90. */
  public List<List<Object>> hourOfWeek() {
    List<List<Object>> rows = new ArrayList<>();
    for (LocalDate day : days()) {
      for (int hour = 0; hour < 24; hour++) {
        int clock = hour;
        List<Session> opened =
            select(
                s -> {
                  ZonedDateTime at = local(s.openedAt());
                  return dayOf(s.openedAt()).equals(day) && at.getHour() == clock;
                });
        double[] seconds =
            sorted(opened.stream().filter(Session::isAnswered).map(Figures::seconds));
        rows.add(
            row(
                day.toString(),
                day.getDayOfWeek().getValue(),
                hour,
                opened.size(),
                seconds.length,
                count(opened, Session::isOpen),
                closed(opened),
                Arrays.stream(seconds).sum(),
                mean(seconds),
                nearestRank(seconds, 50, seconds.length),
                nearestRank(seconds, 90, seconds.length)));
      }
    }
    return rows;
  }

  /**
   * day, target: sessions, answered, unanswered, closed, within, missed, share, business within,
   * business missed, business share, p90, p90 of all. All who wait have waited longer than each
   * target.
   */
  public List<List<Object>> attainment() {
    List<List<Object>> rows = new ArrayList<>();
    for (LocalDate day : days()) {
      List<Session> opened = select(s -> dayOf(s.openedAt()).equals(day));
      List<Session> answered = opened.stream().filter(Session::isAnswered).toList();
      double[] seconds = sorted(answered.stream().map(Figures::seconds));
      double[] business = businessSeconds(answered);
      int counted = counted(opened);
      for (Map.Entry<String, Duration> target : new TreeMap<>(settings.targets()).entrySet()) {
        long within = within(seconds, target.getValue());
        boolean calendar = settings.hours() != null;
        long businessWithin = within(business, target.getValue());
        rows.add(
            row(
                day.toString(),
                target.getKey(),
                opened.size(),
                answered.size(),
                count(opened, Session::isOpen),
                closed(opened),
                within,
                counted - within,
                share(within, counted),
                calendar ? businessWithin : null,
                calendar ? counted - businessWithin : null,
                calendar ? share(businessWithin, counted) : null,
                nearestRank(seconds, 90, seconds.length),
                nearestRank(seconds, 90, counted)));
      }
    }
    return rows;
  }

  /** customer, opening in microseconds, agent asked, the longest wait first. */
  public List<List<Object>> waiting() {
    return sessions.stream()
        .filter(Session::isOpen)
        .sorted(
            Comparator.comparingLong(Session::openedAt)
                .thenComparingLong(Session::b)
                .thenComparingLong(Session::asked))
        .map(s -> row(s.b(), s.openedAt(), s.asked()))
        .toList();
  }

  /** How many waited at a moment. */
  public long queueAt(long micros) {
    return sessions.stream()
        .filter(s -> s.openedAt() <= micros && (s.isOpen() || s.endedAt() > micros))
        .count();
  }

  /** The rows of {@link LateFigures#byHour}. */
  public List<List<Object>> lateByHour(List<Message> late) {
    return new LateFigures(mode, settings.zone(), ofCustomer).byHour(late);
  }

  /**
   * Business seconds, minute by minute on the clock: a minute counts if it is within hours. Hours
   * begin and end on whole minutes.
   */
  public double businessSeconds(long fromMicros, long toMicros) {
    long total = 0;
    long minute = 60_000_000L;
    for (long at = Math.floorDiv(fromMicros, minute) * minute; at < toMicros; at += minute) {
      ZonedDateTime clock = local(at);
      if (isOpen(clock)) {
        total += Math.min(toMicros, at + minute) - Math.max(fromMicros, at);
      }
    }
    return total / 1e6;
  }

  private boolean isOpen(ZonedDateTime clock) {
    LocalTime time = clock.toLocalTime();
    return !settings.holidays().contains(clock.toLocalDate())
        && settings.hours().getOrDefault(clock.getDayOfWeek(), List.of()).stream()
            .anyMatch(
                h ->
                    !time.isBefore(h.opens())
                        && (h.closes().equals(LocalTime.MIDNIGHT) || time.isBefore(h.closes())));
  }

  /** How many sessions shares and percentiles of all are of. */
  private int counted(List<Session> opened) {
    return settings.closedCounts() ? opened.size() : opened.size() - closed(opened);
  }

  private static int closed(List<Session> sessions) {
    return count(sessions, Session::isClosed);
  }

  private static int count(List<Session> sessions, Predicate<Session> which) {
    return (int) sessions.stream().filter(which).count();
  }

  private double[] businessSeconds(List<Session> answered) {
    return settings.hours() == null ? new double[0] : sorted(answered.stream().map(business::get));
  }

  private void addShares(List<Object> row, double[] seconds, double[] business, long of) {
    for (Duration target : new TreeMap<>(settings.targets()).values()) {
      row.add(share(within(seconds, target), of));
      row.add(settings.hours() == null ? null : share(within(business, target), of));
    }
  }

  private List<LocalDate> days() {
    LocalDate first =
        sessions.stream().map(s -> dayOf(s.openedAt())).min(LocalDate::compareTo).get();
    LocalDate last =
        sessions.stream().map(s -> dayOf(s.openedAt())).max(LocalDate::compareTo).get();
    return first.datesUntil(last.plusDays(1)).toList();
  }

  private List<Session> select(Predicate<Session> which) {
    return sessions.stream().filter(which).toList();
  }

  private ZonedDateTime local(long micros) {
    return TestDatabase.instant(micros).atZone(settings.zone());
  }

  /**
   * The day of a moment. In an evening that clocks show again after midnight, the next day has
   * begun.
   */
  public LocalDate dayOf(long micros) {
    LocalDate shown = local(micros).toLocalDate();
    return micros < startOf(shown.plusDays(1)) ? shown : shown.plusDays(1);
  }

  private long startOf(LocalDate day) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, day.atStartOfDay(settings.zone()).toInstant());
  }

  private static long waitedMicros(Session session) {
    return session.endedAt() - session.openedAt();
  }

  private static double seconds(Session session) {
    return waitedMicros(session) / 1e6;
  }

  private static double[] sorted(Stream<Double> values) {
    return values.mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /** The shortest time within which so many percent of all were answered; null if fewer were. */
  private static Double nearestRank(double[] sorted, int percent, int all) {
    int rank = (percent * all + 99) / 100;
    return rank == 0 || rank > sorted.length ? null : sorted[rank - 1];
  }

  private static Double mean(double[] values) {
    return values.length == 0 ? null : Arrays.stream(values).sum() / values.length;
  }

  private static long within(double[] seconds, Duration target) {
    return Arrays.stream(seconds).filter(s -> s <= target.toNanos() / 1e9).count();
  }

  private static Double share(long part, long of) {
    return of == 0 ? null : (double) part / of;
  }

  static List<Object> row(Object... columns) {
    return new ArrayList<>(Arrays.asList(columns));
  }
}
