package io.firstresponse.job;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.Figures.Hours;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every figure of the views against {@link Figures} over the same rows: three weeks of seeded
 * messages, some of them late, written by the job. Clocks go forward on the second Sunday; two days
 * are empty.
 */
class FiguresIT {

  static final Figures.Settings BERLIN =
      new Figures.Settings(
          ZoneId.of("Europe/Berlin"),
          Duration.ofHours(6),
          Map.of(
              "10 seconds", Duration.ofSeconds(10),
              "3 minutes", Duration.ofMinutes(3),
              "12 hours", Duration.ofHours(12)),
          Map.of(
              DayOfWeek.MONDAY, List.of(hours("09:00", "12:30"), hours("13:00", "17:30")),
              DayOfWeek.TUESDAY, List.of(hours("09:00", "12:30"), hours("13:00", "17:30")),
              DayOfWeek.WEDNESDAY, List.of(hours("08:00", "18:00")),
              DayOfWeek.FRIDAY, List.of(hours("22:00", "00:00")),
              DayOfWeek.SATURDAY, List.of(hours("00:00", "06:00"), hours("20:00", "00:00")),
              DayOfWeek.SUNDAY, List.of(hours("00:00", "05:00"))),
          Set.of(LocalDate.of(2026, 3, 17), LocalDate.of(2026, 4, 3)),
          false);

  static final Figures.Settings KOLKATA =
      new Figures.Settings(
          ZoneId.of("Asia/Kolkata"), Duration.ZERO, BERLIN.targets(), null, Set.of(), true);

  private static final String BUSINESS =
      ", business_median_seconds, business_p90_seconds, business_p95_seconds, business_mean_seconds";

  static final List<Duration> BRACKETS =
      List.of(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(3),
          Duration.ofMinutes(10),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(4),
          Duration.ofHours(24));

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"ANY_AGENT, 1", "ADDRESSED_AGENT, 2"})
  void theViewsAreTheFiguresOfTheRows(ResponseMode mode, long seed) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      runTheJob(database, seed);
      List<Session> sessions = sessions(database, mode);
      assertThat(sessions).hasSizeGreaterThan(2_000);
      assertThat(sessions.stream().filter(Session::isOpen)).hasSizeGreaterThan(50);
      assertThat(sessions.stream().filter(Session::isClosed)).hasSizeGreaterThan(50);
      List<Message> late = late(database);
      assertThat(late).hasSizeGreaterThan(20);
      assertThat(database.count("select sum(questions_unseen) from late_messages_by_hour"))
          .isPositive();
      assertThat(database.count("select sum(answers_unseen) from late_messages_by_hour"))
          .isPositive();

      database.execute(
          "update report_settings set conversation_gap = '0', time_zone = 'Asia/Kolkata', closed_counts = true",
          "delete from response_target",
          "insert into response_target (within) values ('10 s'), ('3 min'), ('12 h')");
      compare(database, new Figures(mode, sessions, KOLKATA), late, seed);

      database.execute(indexesForReaders());
      database.execute("insert into business_calendar values ('berlin', 'Europe/Berlin')");
      BERLIN
          .hours()
          .forEach(
              (day, hours) ->
                  hours.forEach(
                      h ->
                          database.execute(
                              "insert into business_hours values ('berlin', %d, '%s', '%s')"
                                  .formatted(
                                      day.getValue(),
                                      h.opens(),
                                      h.closes().equals(LocalTime.MIDNIGHT)
                                          ? "24:00"
                                          : h.closes()))));
      BERLIN
          .holidays()
          .forEach(
              day ->
                  database.execute(
                      "insert into business_holiday values ('berlin', '" + day + "')"));
      database.execute(
          "update report_settings set conversation_gap = '6 h', time_zone = 'Europe/Berlin', calendar = 'berlin',"
              + " closed_counts = false");
      Figures berlin = new Figures(mode, sessions, BERLIN);
      compare(database, berlin, late, seed);

      database.execute(
          TestDatabase.resource("/sql/optional/rollups.sql"), "select refresh_figures()");
      assertThat(database.count("select count(*) from kept_days"))
          .isEqualTo(database.count("select count(*) from reporting_days"));
      compare(database, berlin, late, seed);
    }
  }

  /**
   * Clocks go back over midnight: to it, or (in Saint John's, until 2011) to the evening before it.
   * The day begins at the first midnight; what clocks show again is in it, in hours as in days.
   */
  @ParameterizedTest
  @CsvSource({
    "America/Havana, 2026-11-01, true",
    "Atlantic/Azores, 2026-10-25, true",
    "America/St_Johns, 2006-10-29, false",
    // Forward, from midnight on.
    "America/Havana, 2026-03-08, true",
    "Asia/Beirut, 2026-03-29, true",
  })
  void aDayBeginsAtTheFirstMidnight(String zone, LocalDate changed, boolean calendar)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      SqlFiles.install(ResponseMode.ANY_AGENT).forEach(database::execute);
      Instant from = changed.minusDays(1).atStartOfDay(ZoneId.of(zone)).toInstant();
      database.execute(
          "insert into tbl_result (b, b_ts, a, a_ts, asked_a) select n, opened, 1,"
              + " opened + n * interval '17 s', 1 from (select n, timestamptz '%s'".formatted(from)
              + " + n * interval '11 min' as opened from generate_series(1, 400) n) o",
          "insert into tbl_result (b, b_ts, asked_a) values (0, '%s', 1)".formatted(from),
          "delete from response_target",
          "insert into response_target (within) values ('10 s'), ('3 min'), ('12 h')",
          "insert into business_calendar values ('c', '%s')".formatted(zone),
          "insert into business_hours select 'c', n, '00:00', '24:00' from generate_series(1, 7) n",
          "insert into business_holiday values ('c', '%s')".formatted(changed),
          "update report_settings set conversation_gap = '0', time_zone = '%s', calendar = %s"
              .formatted(zone, calendar ? "'c'" : "null"));
      Map<DayOfWeek, List<Hours>> always = new TreeMap<>();
      for (DayOfWeek day : DayOfWeek.values()) {
        always.put(day, List.of(hours("00:00", "00:00")));
      }
      Figures figures =
          new Figures(
              ResponseMode.ANY_AGENT,
              sessions(database, ResponseMode.ANY_AGENT),
              new Figures.Settings(
                  ZoneId.of(zone),
                  Duration.ZERO,
                  BERLIN.targets(),
                  calendar ? always : null,
                  Set.of(changed),
                  false));
      compare(database, figures, BRACKETS);
      assertThat(
              database.count(
                  "select extract(epoch from starts_at) from reporting_days where day = '%s'"
                      .formatted(changed)))
          .isEqualTo(changed.atStartOfDay(ZoneId.of(zone)).toEpochSecond());
      database.execute(
          TestDatabase.resource("/sql/optional/rollups.sql"), "select refresh_figures()");
      compare(database, figures, BRACKETS);

      database.execute(
          "insert into tbl_late (b, a, ts, direct, automated, watermark)"
              + " select b, a, b_ts, false, false, b_ts + interval '1 min' from tbl_result");
      assertThat(
              database.strings(
                  "select l.day, d.day from late_messages_by_hour l join reporting_days d"
                      + " on l.starts_at >= d.starts_at and l.starts_at < d.ends_at"
                      + " where l.day <> d.day"))
          .isEmpty();
    }
  }

  private static void compare(TestDatabase database, Figures figures, List<Message> late, long seed)
      throws Exception {
    compare(database, figures, BRACKETS);
    assertRows(
        database,
        "select "
            + micros("starts_at")
            + ", late_messages, customers, answers_unseen, questions_unseen, without_effect,"
            + " most_overstated_seconds, closes_unseen from late_messages_by_hour order by 1",
        figures.lateByHour(late));
    Random random = new Random(seed);
    Instant start = Instant.parse("2026-03-16T00:00:00Z");
    Map<Instant, Long> queue = new TreeMap<>();
    while (queue.size() < 100) {
      Instant moment = start.plusSeconds(random.nextInt(22 * 86_400));
      queue.put(moment, figures.queueAt(ChronoUnit.MICROS.between(Instant.EPOCH, moment)));
      assertThat(database.count("select queue_at('" + moment + "')"))
          .as("waiting at %s", moment)
          .isEqualTo(queue.get(moment));
    }
    // At the very moments at which somebody asks or is answered too.
    for (String ends : List.of("opened_at", "responded_at", "closed_at")) {
      String moments =
          "select %s as moment from response_sessions where %1$s is not null order by customer_id, 1 limit 50"
              .formatted(ends);
      assertThat(
              database.strings(
                  "select at, waiting - queue_at(at) from queue_at_each(array(%s)) where waiting <> queue_at(at)"
                      .formatted(moments)))
          .as("queue_at_each and queue_at")
          .isEmpty();
    }
    List<Instant> shuffled = new ArrayList<>(queue.keySet());
    Collections.shuffle(shuffled, random);
    shuffled.add(shuffled.get(0));
    assertThat(
            database.strings(
                "select waiting from queue_at_each(array['%s']::timestamptz[])"
                    .formatted(shuffled.stream().map(Instant::toString).collect(joining("', '")))))
        .isEqualTo(queue.values().stream().map(String::valueOf).toList());
    assertThat(database.strings("select * from queue_at_each('{}')")).isEmpty();

    String columns =
        "customer_id, opened_at, asked_agent_id, only_agent_id, responder_id, responded_at,"
            + " response_seconds, is_first_reply";
    for (int i = 0; i < 10; i++) {
      Instant from = start.plusSeconds(random.nextInt(22 * 86_400));
      Instant to = i == 0 ? from : from.plusSeconds(random.nextInt(10 * 86_400));
      String all =
          "select %s from replies('-infinity', 'infinity') where opened_at >= '%s' and opened_at < '%s'"
              .formatted(columns, from, to);
      String query = "select %s from replies('%s', '%s')".formatted(columns, from, to);
      assertThat(
              database.strings(
                  "(%1$s except all %2$s) union all (%2$s except all %1$s)".formatted(query, all)))
          .as(query)
          .isEmpty();
    }
  }

  /** All views of sessions. */
  static void compare(TestDatabase database, Figures figures, List<Duration> brackets)
      throws SQLException {
    String period = times(figures);
    String shares = shares(figures);
    assertRows(
        database,
        "select customer_id, "
            + micros("opened_at")
            + ", asked_agent_id, is_first_reply, business_seconds from response_sessions"
            + " join replies('-infinity', 'infinity') using (customer_id, opened_at, asked_agent_id)"
            + " order by 1, 2, 3",
        figures.conversations());
    assertRows(
        database,
        "select day" + period + " from response_times_by_day order by 1",
        figures.byDay());
    assertRows(
        database,
        "select " + micros("starts_at") + period + " from response_times_by_hour order by 1",
        figures.byHour());
    assertRows(
        database,
        "select day, agent_id, asked, asked_unanswered, asked_closed, answered, median_seconds,"
            + " p90_seconds, p95_seconds, mean_seconds"
            + BUSINESS
            + shares
            + " from response_times_by_agent order by 1, 2",
        figures.byAgent());
    assertRows(
        database,
        "select day, position, sessions, share from response_time_distribution order by 1, 2",
        figures.distribution(brackets));
    assertRows(
        database,
        "select day, weekday, hour, sessions, answered, unanswered, closed, total_seconds,"
            + " mean_seconds, median_seconds, p90_seconds from hour_of_week order by 1, 3",
        figures.hourOfWeek());
    assertRows(
        database,
        "select day, target, sessions, answered, unanswered, closed, within_target, missed, share,"
            + " business_within_target, business_missed, business_share, p90_seconds,"
            + " p90_of_all_seconds from sla_attainment"
            + " order by 1, target collate \"C\"",
        figures.attainment());
    assertRows(
        database,
        "select customer_id, " + micros("opened_at") + ", asked_agent_id from waiting_now",
        figures.waiting());
  }

  /** The columns of {@link Figures#by} after the keys, with a comma before each. */
  static String times(Figures figures) {
    return ", sessions, answered, unanswered, closed, median_seconds, p90_seconds, p95_seconds,"
        + " median_of_all_seconds, p90_of_all_seconds, p95_of_all_seconds, mean_seconds"
        + BUSINESS
        + shares(figures);
  }

  private static String shares(Figures figures) {
    return figures.targets().stream()
        .map(
            ", (within_targets->>'%1$s')::float, (business_within_targets->>'%1$s')::float"
                ::formatted)
        .collect(joining());
  }

  /** As double precision a time has quarter microseconds: it is exact when rounded. */
  private static String micros(String column) {
    return "round(date_part('epoch', " + column + ") * 1000000)::bigint";
  }

  /** Numbers may differ by what the order of summing does. */
  static void assertRows(TestDatabase database, String query, List<List<Object>> expected)
      throws SQLException {
    List<List<Object>> actual = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getObject(i));
        }
        actual.add(row);
      }
    }
    assertThat(actual).as(query).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < actual.size(); i++) {
      List<Object> is = actual.get(i);
      List<Object> should = expected.get(i);
      Supplier<String> where = () -> "%s, expected %s, by %s".formatted(is, should, query);
      assertThat(is).as(where).hasSameSizeAs(should);
      for (int column = 0; column < is.size(); column++) {
        if (is.get(column) instanceof Number number && should.get(column) instanceof Number exact) {
          assertThat(number.doubleValue())
              .as(where)
              .isCloseTo(exact.doubleValue(), within(1e-9 * Math.max(1, exact.doubleValue())));
        } else {
          assertThat(String.valueOf(is.get(column)))
              .as(where)
              .isEqualTo(String.valueOf(should.get(column)));
        }
      }
    }
  }

  /** Three weeks of messages from 400 customers, delivered up to an hour late, some up to a day. */
  private void runTheJob(TestDatabase database, long seed) throws Exception {
    Random random = new Random(seed);
    record Delivery(Message message, long at) {}
    List<Delivery> deliveries = new ArrayList<>();
    long start = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-03-16T00:00:00Z"));
    long day = 86_400_000_000L;
    while (deliveries.size() < 12_000) {
      long ts = start + random.nextLong(21 * day);
      if (ts >= start + 9 * day && ts < start + 11 * day + day / 2) {
        continue;
      }
      // Answers of seconds as well as of days: bursts of a customer and an agent.
      long customer = random.nextInt(400);
      long agent = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1 + customer % 6;
      int burst = 1 + random.nextInt(4);
      for (int i = 0; i < burst; i++) {
        long at = ts + random.nextLong(1L << random.nextInt(20, 34));
        boolean whole = random.nextInt(3) == 0;
        Message message =
            new Message(
                agent,
                customer,
                whole ? at / 10_000_000 * 10_000_000 : at,
                random.nextInt(8) == 0 ? MessageKind.CLOSE : MessageKind.of(random.nextInt(5) < 2),
                false,
                Texts.NONE);
        long delay = random.nextInt(50) == 0 ? day : day / 24;
        deliveries.add(new Delivery(message, message.ts() + random.nextLong(delay)));
      }
    }
    deliveries.sort(Comparator.comparingLong(Delivery::at));
    Path file =
        Files.write(
            folder.resolve("messages.jsonl"),
            deliveries.stream().map(delivery -> MessageJson.of(delivery.message())).toList());
    Configuration options =
        database.options(
            "--source.type", "files",
            "--source.files.path", file.toString(),
            "--event-time.max-out-of-orderness", "1 h");
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", "STREAMING");
    flink.setString("pipeline.auto-watermark-interval", "1 ms");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(1);
    FirstResponseJob.define(env, options);
    assertThat(Conservation.of(env.execute().getAllAccumulatorResults()).holds()).isTrue();
  }

  static List<Session> sessions(TestDatabase database, ResponseMode mode) throws SQLException {
    List<Session> sessions = new ArrayList<>();
    String columns = mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a";
    for (String row :
        database.strings(
            "select b, %s, %s, %s from tbl_result r order by b, b_ts, 3"
                .formatted(micros("b_ts"), columns, TestDatabase.endedAt("r")))) {
      long[] values = longs(row);
      sessions.add(new Session(values[0], values[1], values[2], values[3], values[4]));
    }
    return sessions;
  }

  private static List<Message> late(TestDatabase database) throws SQLException {
    List<Message> late = new ArrayList<>();
    for (String row :
        database.strings(
            "select a, b, %s, case when closes then 2 else direct::int end from tbl_late"
                .formatted(micros("ts")))) {
      long[] values = longs(row);
      late.add(
          new Message(
              values[0],
              values[1],
              values[2],
              MessageKind.ofCode((int) values[3]),
              false,
              Texts.NONE));
    }
    return late;
  }

  private static long[] longs(String row) {
    return Arrays.stream(row.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  /**
   * They may change how fast a figure is there, and nothing else. Each is a statement by itself.
   */
  static String[] indexesForReaders() {
    return SqlFiles.statements("optional/indexes-for-readers.sql").toArray(String[]::new);
  }

  static Hours hours(String opens, String closes) {
    return new Hours(LocalTime.parse(opens), LocalTime.parse(closes));
  }
}
