package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.Figures;
import io.firstresponse.job.testing.Figures.Hours;
import io.firstresponse.job.testing.TestDatabase;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Business time of calendars in PostgreSQL. */
class BusinessTimeIT {

  private static TestDatabase database;

  @BeforeAll
  static void makeCalendars() {
    database = TestDatabase.create(ResponseMode.ANY_AGENT);
    database.execute(
        TestDatabase.resource("/sql/required/01-schema-version.sql"),
        TestDatabase.resource("/sql/mode/any-agent/02-result.sql"),
        TestDatabase.resource("/sql/required/03-late.sql"),
        TestDatabase.resource("/sql/required/05-correction.sql"),
        TestDatabase.resource("/sql/figures/07-report-settings.sql"),
        TestDatabase.resource("/sql/required/10-agent.sql"),
        TestDatabase.resource("/sql/required/11-customer.sql"),
        TestDatabase.resource("/sql/required/12-closes.sql"),
        TestDatabase.resource("/sql/required/13-labels.sql"),
        TestDatabase.resource("/sql/mode/any-agent/08-response-sessions.sql"),
        // Monday to Friday, 9 to 17.
        calendar("office", "Europe/Berlin"),
        "insert into business_hours select 'office', d, '09:00', '17:00' from generate_series(1, 5) d",
        "insert into business_holiday values ('office', '2026-05-01', 'May Day')",
        // Always.
        calendar("always", "Europe/Berlin"),
        "insert into business_hours select 'always', d, '00:00', '24:00' from generate_series(1, 7) d",
        // The night from Saturday to Sunday.
        calendar("night", "Europe/Berlin"),
        "insert into business_hours values ('night', 6, '22:00', '24:00'), ('night', 7, '00:00', '06:00')",
        // Sunday from half past two, an hour that clocks skip in spring and show twice in autumn.
        calendar("odd", "Europe/Berlin"),
        "insert into business_hours values ('odd', 7, '02:30', '04:00')",
        // Times that clocks skip: as much later, in the hours that follow, or from then until
        // before.
        calendar("skipped", "Europe/Berlin"),
        "insert into business_hours values"
            + " ('skipped', 7, '02:00', '02:45'), ('skipped', 7, '03:00', '04:00')",
        calendar("backwards", "Europe/Berlin"),
        "insert into business_hours values"
            + " ('backwards', 7, '01:00', '02:30'), ('backwards', 7, '02:45', '03:15')",
        calendar("closed", "UTC"),
        // Longer hours from the middle of June on, but for one day.
        calendar("summer", "UTC"),
        "insert into business_hours values"
            + " ('summer', 1, '10:00', '12:00', '-infinity', '2026-06-14'),"
            + " ('summer', 1, '08:00', '20:00', '2026-06-15', 'infinity')",
        // Half a holiday, in a week of holidays, and one evening more.
        calendar("christmas", "UTC"),
        "insert into business_hours select 'christmas', d, '09:00', '17:00' from generate_series(1, 5) d",
        "insert into business_hours values"
            + " ('christmas', 4, '09:00', '12:00', '2026-12-24', '2026-12-24'),"
            + " ('christmas', 5, '09:00', '12:00', '2026-12-25', '2026-12-25'),"
            + " ('christmas', 3, '09:00', '17:00', '2026-12-23', '2026-12-23'),"
            + " ('christmas', 3, '18:00', '20:00', '2026-12-23', '2026-12-23'),"
            + " ('christmas', 6, '10:00', '11:00', '2026-12-19', '2026-12-19')",
        "insert into business_holiday values ('christmas', '2026-12-25', 'Christmas')",
        calendar("tokyo", "Asia/Tokyo"),
        "insert into business_hours select 'tokyo', d, '09:00', '17:00' from generate_series(1, 5) d",
        // Clocks go back at midnight: its first hour is there twice.
        calendar("havana", "America/Havana"),
        "insert into business_hours select 'havana', d, '00:00', '24:00' from generate_series(1, 7) d",
        // Clocks go forward at midnight: there is none.
        calendar("beirut", "Asia/Beirut"),
        "insert into business_hours select 'beirut', d, '00:00', '24:00' from generate_series(1, 7) d");
  }

  private static String calendar(String name, String zone) {
    return "insert into business_calendar values ('%s', '%s')".formatted(name, zone);
  }

  @AfterAll
  static void closeDatabase() throws Exception {
    database.close();
  }

  @ParameterizedTest
  @CsvSource({
    // One day, to the microsecond.
    "office, 2026-03-02 10:00:00.000001+01, 2026-03-02 10:00:01+01, 0.999999",
    "office, 2026-03-02 08:00+01, 2026-03-02 18:00+01, 28800",
    "office, 2026-03-02 16:59+01, 2026-03-03 09:01+01, 120",
    // Nothing passes before opening, after closing, in no time, or backwards.
    "office, 2026-03-02 06:00+01, 2026-03-02 09:00+01, 0",
    "office, 2026-03-02 17:00+01, 2026-03-03 09:00+01, 0",
    "office, 2026-03-02 10:00+01, 2026-03-02 10:00+01, 0",
    "office, 2026-03-02 11:00+01, 2026-03-02 10:00+01, 0",
    "closed, 2026-01-01 00:00Z, 2027-01-01 00:00Z, 0",
    // A weekend; a holiday before one.
    "office, 2026-03-06 16:00+01, 2026-03-09 10:00+01, 7200",
    "office, 2026-05-01 10:00+02, 2026-05-04 09:05+02, 300",
    "office, 2026-04-30 16:00+02, 2026-05-04 09:05+02, 3900",
    // Weeks, over the change of clocks: working hours are as long as ever.
    "office, 2026-03-23 00:00+01, 2026-04-06 00:00+02, 288000",
    // A day of 23 hours, and one of 25.
    "always, 2026-03-29 00:00+01, 2026-03-30 00:00+02, 82800",
    "always, 2026-10-25 00:00+02, 2026-10-26 00:00+01, 90000",
    "always, 2026-10-25 02:30+02, 2026-10-25 02:30+01, 3600",
    // Over midnight, in an ordinary week and at the change of clocks.
    "night, 2026-03-07 12:00+01, 2026-03-08 12:00+01, 28800",
    "night, 2026-03-07 23:30+01, 2026-03-08 00:30+01, 3600",
    "night, 2026-03-28 12:00+01, 2026-03-29 12:00+02, 25200",
    "night, 2026-10-24 12:00+02, 2026-10-25 12:00+01, 32400",
    // A time that clocks skip is as much later; one that they show twice is the second.
    "odd, 2026-03-28 00:00+01, 2026-03-30 00:00+02, 1800",
    "odd, 2026-10-24 00:00+02, 2026-10-26 00:00+01, 5400",
    "skipped, 2026-03-22 00:00+01, 2026-03-23 00:00+01, 6300",
    "skipped, 2026-03-29 00:00+01, 2026-03-30 00:00+02, 3600",
    "backwards, 2026-03-29 00:00+01, 2026-03-30 00:00+02, 5400",
    // Hours that hold from a day on.
    "summer, 2026-06-08 00:00Z, 2026-06-09 00:00Z, 7200",
    "summer, 2026-06-15 00:00Z, 2026-06-16 00:00Z, 43200",
    "summer, 2026-06-08 11:00Z, 2026-06-15 09:00Z, 7200",
    // Rows of a single day replace the weekday's on that day, and no holiday.
    "christmas, 2026-12-24 00:00Z, 2026-12-25 00:00Z, 10800",
    "christmas, 2026-12-24 11:00Z, 2026-12-24 16:00Z, 3600",
    "christmas, 2026-12-17 00:00Z, 2026-12-18 00:00Z, 28800",
    "christmas, 2026-12-25 00:00Z, 2026-12-26 00:00Z, 0",
    "christmas, 2026-12-23 00:00Z, 2026-12-24 00:00Z, 36000",
    "christmas, 2026-12-19 00:00Z, 2026-12-20 00:00Z, 3600",
    // Zones: 09:00 in Tokyo is midnight in UTC; the holiday of one calendar is none of another.
    "tokyo, 2026-05-01 00:00Z, 2026-05-01 12:00Z, 28800",
    "tokyo, 2026-05-03 23:59Z, 2026-05-04 00:01Z, 60",
    // Clocks change at midnight.
    "havana, 2026-10-31 00:00-04, 2026-11-02 00:00-05, 176400",
    "havana, 2026-11-01 00:10-04, 2026-11-01 00:50-04, 2400",
    "beirut, 2026-03-28 12:00+02, 2026-03-29 12:00+03, 82800",
  })
  void passesWhileBusinessIsOpen(String calendar, String from, String to, double seconds)
      throws Exception {
    assertThat(businessSeconds(calendar, from, to)).isEqualTo(seconds);
  }

  /**
   * Of sessions it is read from a clock that is found out once; {@link #passesWhileBusinessIsOpen}
   * says what is right. Some were answered long after the last one opened, which is beyond what the
   * clock is good for.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "office",
        "always",
        "night",
        "odd",
        "skipped",
        "backwards",
        "closed",
        "summer",
        "christmas",
        "tokyo",
        "havana",
        "beirut"
      })
  void ofSessionsIsTheSame(String calendar) throws Exception {
    database.execute(
        "truncate tbl_result",
        "select setseed(0.5)",
        "insert into tbl_result (b, b_ts, a, a_ts, asked_a)"
            + " select i, b_ts, 1, b_ts + interval '1 us' * floor(exp(random() * 30)), 1"
            + " from (select i, timestamptz '2026-01-01' + random() * interval '366 days' as b_ts"
            + "   from generate_series(1, 300) i offset 0) opened",
        "insert into tbl_result (b, b_ts, a, a_ts, asked_a) values"
            + " (1, '2026-03-02 08:00Z', 1, greatest('2027-01-03', now()) + interval '40 d', 1),"
            + " (2, '2026-03-02 08:00Z', 1, '2026-03-02 08:00Z', 1),"
            + " (3, '2025-12-01 12:00Z', 1, greatest('2027-01-03', now()) + interval '50 d', 1)",
        "insert into tbl_result (b, b_ts, asked_a) values (4, '2026-03-02 08:00Z', 1)",
        "update report_settings set calendar = '" + calendar + "'");
    assertThat(
            database.strings(
                "select customer_id, business_seconds, by_function from ("
                    + "select *, business_seconds(opened_at, responded_at, '%s') as by_function"
                        .formatted(calendar)
                    + " from response_sessions) s"
                    + " where (business_seconds is null) <> (by_function is null)"
                    + " or abs(business_seconds - by_function) > 1e-7"))
        .isEmpty();
    assertThat(database.count("select count(business_seconds) from response_sessions"))
        .isEqualTo(303);
    assertThat(
            database.count(
                "select count(*) from response_sessions, session_clock"
                    + " where responded_at > last_moment"))
        .as("some are beyond the clock")
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void isNullWhereSomethingIsMissing() throws Exception {
    assertThat(
            database.strings(
                "select business_seconds(null, now(), 'office'),"
                    + " business_seconds(now(), null, 'office'), business_seconds(now(), now(), null)"))
        .containsExactly("null null null");
    assertThatThrownBy(() -> businessSeconds("ofice", "2026-03-02", "2026-03-03"))
        .hasMessageContaining("There is no calendar \"ofice\" in business_calendar.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into business_hours values ('office', 1, '16:59', '18:00')",
        "insert into business_hours values ('summer', 1, '19:00', '21:00', '2026-01-01', '2026-06-15')",
        "insert into business_hours values ('christmas', 4, '11:00', '13:00', '2026-12-24', '2026-12-24')",
        "insert into business_hours values ('office', 0, '09:00', '17:00')",
        "insert into business_hours values ('office', 6, '22:00', '06:00')",
        "insert into business_hours values ('none', 6, '09:00', '17:00')",
        "insert into business_calendar values ('mistyped', 'Europe/Berln')",
        "update report_settings set time_zone = 'Europe/Berln'",
        "update report_settings set calendar = 'none'",
        "update report_settings set conversation_gap = '-1 s'",
        "insert into report_settings (only_row) values (false)",
        "insert into report_settings default values",
        "insert into response_target (within) values ('-1 s')",
        "insert into response_target (within, label) values ('5 s', '')",
        "insert into response_target (within) values ('60 s')",
        "insert into response_target (within, goal) values ('5 s', 90)",
      })
  void mistakesAreRefused(String sql) {
    assertThatThrownBy(() -> database.execute(sql))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as("a constraint, or a bad value").startsWith("2"));
  }

  /** Rows beside each other, in the day and in validity, are no mistake. */
  @Test
  void hoursMayTouch() throws Exception {
    database.execute(
        calendar("touching", "UTC"),
        "insert into business_hours values ('touching', 1, '09:00', '12:00', '-infinity', 'infinity'),"
            + " ('touching', 1, '12:00', '13:00', '-infinity', '2026-03-02'),"
            + " ('touching', 1, '12:00', '14:00', '2026-03-03', 'infinity')");
    assertThat(businessSeconds("touching", "2026-03-02 00:00Z", "2026-03-10 00:00Z"))
        .isEqualTo((4 + 5) * 3600);
  }

  /** Against a clock that is looked at each minute: random hours in zones of all kinds. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Chatham",
        "UTC",
        "America/Santiago"
      })
  void isWhatAClockSays(String zone) throws Exception {
    long seed = zone.hashCode();
    Random random = new Random(seed);
    String name = "random " + zone;
    List<String> sql = new ArrayList<>(List.of(calendar(name, zone)));
    Map<DayOfWeek, List<Hours>> hours = new TreeMap<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      // Not between 00:00 and 04:00, when clocks change.
      int at = 4 * 60 + random.nextInt(8 * 60);
      while (at < 23 * 60 && random.nextInt(4) > 0) {
        int until = at + 1 + random.nextInt(24 * 60 - at);
        LocalTime closes = LocalTime.MIDNIGHT.plusMinutes(until);
        Hours open = new Hours(LocalTime.MIDNIGHT.plusMinutes(at), closes);
        hours.computeIfAbsent(day, key -> new ArrayList<>()).add(open);
        sql.add(
            "insert into business_hours values ('%s', %d, '%s', '%s')"
                .formatted(
                    name,
                    day.getValue(),
                    open.opens(),
                    closes.equals(LocalTime.MIDNIGHT) ? "24:00" : closes));
        at = until + random.nextInt(120);
      }
    }
    LocalDate holiday = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(365));
    sql.add("insert into business_holiday values ('%s', '%s')".formatted(name, holiday));
    database.execute(sql.toArray(String[]::new));
    Figures clock =
        new Figures(
            ResponseMode.ANY_AGENT,
            List.of(),
            new Figures.Settings(
                ZoneId.of(zone), Duration.ZERO, Map.of(), hours, Set.of(holiday), false));
    for (int i = 0; i < 60; i++) {
      Instant from =
          Instant.parse("2025-12-31T00:00:00Z").plusMillis(random.nextLong(366L * 86_400_000));
      Instant to = from.plusMillis(random.nextLong(1L << (20 + i % 12)));
      assertThat(businessSeconds(name, from.toString(), to.toString()))
          .as("seed %d, %s to %s", seed, from, to)
          .isCloseTo(clock.businessSeconds(micros(from), micros(to)), within(1e-6));
    }
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static double businessSeconds(String calendar, String from, String to)
      throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select business_seconds('%s', '%s', '%s')".formatted(from, to, calendar))) {
      row.next();
      return row.getDouble(1);
    }
  }
}
