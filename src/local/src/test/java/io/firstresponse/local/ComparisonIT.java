package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.testing.TestLabels;
import io.firstresponse.job.testing.WindowQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The comparison over tables that are filled by the window query: what it calls a difference is one
 * of the whole histories of both sides, whatever part of them the replay has read.
 */
class ComparisonIT {

  private static final long HOUR = TimeUnit.HOURS.toMicros(1);
  private static final long START = 1_772_323_200_000_000L;
  private static final long LENGTH = 20 * 24 * HOUR;

  private static final Map<ResponseMode, ReplayDatabase> DATABASES =
      new EnumMap<>(ResponseMode.class);

  static LongStream seeds() {
    long first = Long.getLong("replay.first", 1);
    return LongStream.range(first, first + Long.getLong("replay.comparisons", 25));
  }

  /** Of what the seeds have led to there is some: the cases are not empty. */
  private static final Map<String, Long> SEEN = new TreeMap<>();

  @AfterAll
  static void close() throws SQLException {
    for (ReplayDatabase database : DATABASES.values()) {
      database.close();
    }
    DATABASES.clear();
    if (Long.getLong("replay.comparisons") == null) {
      assertThat(SEEN).as("what there is altogether").doesNotContainValue(0L).hasSize(6);
    }
  }

  private static void saw(String what, long count) {
    SEEN.merge(what, count, Long::sum);
  }

  /** The same definition and messages: whatever the edges cut through, nothing differs. */
  @ParameterizedTest
  @MethodSource("seeds")
  void noEdgeIsADifference(long seed) throws Exception {
    Case it = new Case(seed);
    it.period =
        new ReplayPeriod(
            it.period.from(),
            it.period.to(),
            it.period.from() - it.random.nextLong(3 * 24 * HOUR),
            it.period.to() + it.random.nextLong(3 * 24 * HOUR));
    Predicate<Message> read =
        message -> message.ts() >= it.period.readFrom() && message.ts() < it.period.readTo();
    Outcome outcome = it.compare(it.messages, it.messages.stream().filter(read).toList());
    assertThat(outcome.differences).isEmpty();
    assertThat(outcome.result.same()).isTrue();
    Set<String> truth =
        it.rows(it.messages, outcome).values().stream()
            .map(ComparisonIT::key)
            .collect(Collectors.toSet());
    assertThat(outcome.unknown).doesNotContainAnyElementsOf(truth);
    assertThat(outcome.result.figures())
        .as("figures of the same sessions")
        .allMatch(figure -> figure.live().equals(figure.replay()));
  }

  /** Late messages, another policy, rows tampered with: exactly the rows that an oracle tells. */
  @ParameterizedTest
  @MethodSource("seeds")
  void whatDiffersIsFound(long seed) throws Exception {
    Case it = new Case(seed);
    it.period =
        new ReplayPeriod(it.period.from(), it.period.to(), START - 1, it.period.to() + 12 * HOUR);
    boolean counts = it.random.nextInt(3) == 0;
    boolean late = !counts || it.random.nextBoolean();
    List<Message> taken =
        it.messages.stream().filter(message -> counts || !message.automated()).toList();
    List<Message> inTime = new ArrayList<>();
    for (Message message : it.messages) {
      if (!message.automated()) {
        if (late && it.random.nextInt(20) == 0) {
          it.late.add(message);
        } else {
          inTime.add(message);
        }
      }
    }
    List<Message> read =
        taken.stream().filter(message -> message.ts() < it.period.readTo()).toList();
    Outcome outcome = it.compare(inTime, read);

    Map<List<Long>, Session> live = it.rows(inTime, outcome);
    Map<List<Long>, Session> replay = it.rows(taken, outcome);
    Set<String> expected = new TreeSet<>();
    Stream.concat(live.keySet().stream(), replay.keySet().stream())
        .filter(key -> !it.same(live.get(key), replay.get(key)))
        .forEach(key -> expected.add(it.described(live.get(key), replay.get(key))));
    assertThat(outcome.differences).isEqualTo(expected);
    assertThat(outcome.result.same()).isEqualTo(expected.isEmpty());
    assertThat(outcome.unknown).isEmpty();
    if (!counts) {
      assertThat(outcome.explained).as("every one has a late message in it").isEqualTo(expected);
      assertThat(outcome.result.late().inLive()).isEqualTo(expected.size());
    }
  }

  /** One row of the live table is not what it was. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aRowTamperedWithIsFound(long seed) throws Exception {
    Case it = new Case(seed);
    it.liveThrough = START + LENGTH;
    it.tamper = true;
    it.period = new ReplayPeriod(it.period.from(), it.period.to(), START - 1, START + LENGTH);
    Outcome outcome = it.compare(it.messages, it.messages);
    Map<List<Long>, Session> truth = it.rows(it.messages, outcome);
    Session was = truth.get(it.tamperedKey);
    Session became = it.asOf(it.tampered, outcome);
    Set<String> expected =
        it.isCompared(it.tamperedKey, outcome) && !it.same(became, was)
            ? Set.of(it.described(became, was))
            : Set.of();
    assertThat(outcome.differences).isEqualTo(expected);
    assertThat(outcome.explained).isEmpty();
  }

  /** With empty tables in the schemas of both sides. */
  private static ReplayDatabase database(ResponseMode mode) throws SQLException {
    ReplayDatabase database = DATABASES.get(mode);
    if (database != null) {
      database.execute(
          "truncate public.tbl_result, public.tbl_late, replay.tbl_result, replay.tbl_late",
          "drop table if exists replay.replay_difference");
      return database;
    }
    database = new ReplayDatabase(mode);
    DATABASES.put(mode, database);
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      ReplayTables tables = new ReplayTables(connection, "public", "replay");
      tables.prepare(new ReplayPeriod(0, 1, 0, 1), false);
      connection.commit();
    }
    database.createTables("replay");
    return database;
  }

  private static String key(Session session) {
    return session.b() + " " + session.openedAt();
  }

  private record Outcome(
      Comparison.Result result,
      Set<String> differences,
      Set<String> explained,
      Set<String> unknown) {

    long asOf() {
      return ChronoUnit.MICROS.between(Instant.EPOCH, result.asOf());
    }
  }

  /** A history, a period of it, and how far the live table has come. */
  private static final class Case {

    final RandomGenerator random;
    final ResponseMode mode;
    final List<Message> messages = new ArrayList<>();
    final List<Message> late = new ArrayList<>();
    final boolean liveResults;
    ReplayPeriod period;
    long liveThrough;
    boolean tamper;
    List<Long> tamperedKey;
    Session tampered;

    Case(long seed) {
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      mode = seed % 2 == 0 ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      liveResults = random.nextBoolean();
      int customers = 3 + random.nextInt(20);
      int agents = 1 + random.nextInt(3);
      int count = 200 + random.nextInt(300);
      double answers = 0.2 + 0.6 * random.nextDouble();
      long tick = random.nextBoolean() ? 1 : 3 * HOUR;
      for (int i = 0; i < count; i++) {
        Message message =
            new Message(
                1 + random.nextInt(agents),
                1 + random.nextInt(customers),
                START + random.nextLong(LENGTH / tick) * tick,
                random.nextInt(8) == 0
                    ? MessageKind.CLOSE
                    : MessageKind.of(random.nextDouble() < answers),
                random.nextInt(5) == 0,
                Texts.NONE);
        boolean labelled = seed % 3 > 0 && message.kind() == MessageKind.CUSTOMER;
        messages.add(labelled ? TestLabels.with(message, TestLabels.any(random)) : message);
      }
      long from = START + random.nextLong(LENGTH * 3 / 4);
      long to = from + LENGTH / 6 + random.nextLong(LENGTH);
      period = new ReplayPeriod(from, to, from, to);
      liveThrough =
          random.nextBoolean()
              ? Math.min(from + LENGTH / 8 + random.nextLong(LENGTH / 2), START + LENGTH)
              : START + LENGTH;
    }

    /** Fills both tables as the job would, and compares them. */
    Outcome compare(List<Message> taken, List<Message> read) throws SQLException {
      ReplayDatabase database = database(mode);
      live(database, taken);
      database.insert("replay", WindowQuery.sessions(mode, read), true);
      database.insertLate(late);
      try (Connection connection = database.connect()) {
        connection.setAutoCommit(false);
        ReplayTables tables = new ReplayTables(connection, "public", "replay");
        Comparison.Result result =
            new Comparison(
                    connection,
                    tables,
                    period,
                    database.options("--source.type", "datagen", "--messages.automated", "count"))
                .run();
        connection.commit();
        saw("only live", result.onlyLive());
        saw("only replay", result.onlyReplay());
        saw("changed", result.changed());
        saw("unknown", result.unknown());
        saw("explained", result.late().inLive());
        return new Outcome(
            result,
            differences(database, "kind in ('only live', 'only replay', 'changed')"),
            differences(database, "late_in_live is not null"),
            new TreeSet<>(
                database.strings(
                    "select b, (extract(epoch from b_ts) * 1000000)::bigint"
                        + " from replay.replay_difference where kind = 'unknown'")));
      }
    }

    /** Rows beyond the watermark are not there, or not final and told of too little. */
    private void live(ReplayDatabase database, List<Message> taken) throws SQLException {
      List<Session> settled =
          new ArrayList<>(
              WindowQuery.sessions(
                  mode, taken.stream().filter(message -> message.ts() < liveThrough).toList()));
      if (tamper) {
        tamper(settled);
      }
      if (liveResults && !tamper) {
        List<Message> arrived =
            taken.stream()
                .filter(message -> message.ts() < liveThrough || random.nextInt(4) > 0)
                .toList();
        List<Session> told = WindowQuery.sessions(mode, arrived);
        List<Session> unsettled =
            told.stream()
                .filter(
                    session ->
                        session.isOpen()
                            ? session.openedAt() >= liveThrough
                            : session.endedAt() >= liveThrough)
                .toList();
        for (Session session : unsettled) {
          settled.removeIf(other -> keyOf(other).equals(keyOf(session)));
        }
        saw("not final", unsettled.size());
        database.insert("public", unsettled, false);
      }
      database.insert("public", settled, true);
      database.claim(ReplayPeriod.iso(liveThrough - 1));
    }

    private void tamper(List<Session> rows) {
      int at = random.nextInt(rows.size());
      Session row = rows.get(at);
      tamperedKey = keyOf(row);
      tampered =
          switch (random.nextInt(5)) {
            case 0 -> null;
            case 4 ->
                new Session(
                    row.b(),
                    row.openedAt(),
                    row.asked(),
                    row.responder(),
                    row.endedAt(),
                    row.labels() + 1);
            case 1 ->
                row.answeredBy(row.isAnswered() ? row.responder() : row.asked(), row.openedAt());
            case 2 -> {
              tamperedKey = List.of(row.b(), row.openedAt() + 1, tamperedKey.get(2));
              yield new Session(row.b(), row.openedAt() + 1, row.asked(), 77, row.openedAt() + 2);
            }
            default -> row.answeredBy(78, row.openedAt() + HOUR);
          };
      if (tampered == null) {
        rows.remove(at);
      } else if (keyOf(tampered).equals(keyOf(row))) {
        rows.set(at, tampered);
      } else {
        rows.add(tampered);
      }
    }

    /** The rows of the window query over the messages sent before the comparison's time. */
    Map<List<Long>, Session> rows(List<Message> taken, Outcome outcome) {
      Map<List<Long>, Session> rows = new LinkedHashMap<>();
      List<Message> before =
          taken.stream().filter(message -> message.ts() < outcome.asOf()).toList();
      for (Session session : WindowQuery.sessions(mode, before)) {
        if (isCompared(keyOf(session), outcome)) {
          rows.put(keyOf(session), session);
        }
      }
      return rows;
    }

    boolean isCompared(List<Long> key, Outcome outcome) {
      return key.get(1) >= period.from() && key.get(1) < period.to() && key.get(1) < outcome.asOf();
    }

    Session asOf(Session session, Outcome outcome) {
      return session == null || session.isOpen() || session.endedAt() < outcome.asOf()
          ? session
          : Session.open(session.b(), session.openedAt(), session.asked(), session.labels());
    }

    boolean same(Session one, Session other) {
      return one != null && one.equals(other);
    }

    String described(Session live, Session replay) {
      Session any = live == null ? replay : live;
      String kind = live == null ? "only replay" : replay == null ? "only live" : "changed";
      return String.join(
          " ", kind, key(any), keyOf(any).get(2).toString(), told(live), told(replay));
    }

    private String told(Session session) {
      if (session == null) {
        return "none";
      }
      return session.asked()
          + " "
          + session.responder()
          + " "
          + (session.isOpen() ? "open" : session.endedAt());
    }

    private List<Long> keyOf(Session session) {
      return List.of(
          session.b(),
          session.openedAt(),
          mode == ResponseMode.ANY_AGENT ? Session.NOBODY : session.asked());
    }

    private static Set<String> differences(ReplayDatabase database, String which)
        throws SQLException {
      String side =
          "case when %1$s_asked_a is null then 'none' else concat_ws(' ', %1$s_asked_a, %1$s_responder,"
              + " coalesce(((extract(epoch from coalesce(%1$s_a_ts, %1$s_closed_ts)) * 1000000)::bigint)::text,"
              + " 'open')) end";
      return new TreeSet<>(
          database.strings(
              "select kind, b, (extract(epoch from b_ts) * 1000000)::bigint, coalesce(only_a, -1), "
                  + side.formatted("live")
                  + ", "
                  + side.formatted("replay")
                  + " from replay.replay_difference where "
                  + which));
    }
  }
}
