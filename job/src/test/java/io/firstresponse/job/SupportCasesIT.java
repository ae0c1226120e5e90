package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.WindowQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cases that real support systems reported wrong, in the views over rows that the job wrote from
 * messages in shuffled order, each up to three times. A case is a customer, and a month of its own.
 */
class SupportCasesIT {

  /** How the job ran: the views may not show which way, but for what the options say. */
  enum Run {
    ANY_IGNORE(ResponseMode.ANY_AGENT, "ignore", "BATCH", "final"),
    ANY_COUNT(ResponseMode.ANY_AGENT, "count", "STREAMING", "live"),
    ADDRESSED_IGNORE(ResponseMode.ADDRESSED_AGENT, "ignore", "STREAMING", "live"),
    ADDRESSED_COUNT(ResponseMode.ADDRESSED_AGENT, "count", "BATCH", "final");

    private final ResponseMode mode;
    private final String automated;
    private final String runtime;
    private final String results;

    Run(ResponseMode mode, String automated, String runtime, String results) {
      this.mode = mode;
      this.automated = automated;
      this.runtime = runtime;
      this.results = results;
    }

    private boolean counts(Message message) {
      return automated.equals("count") || !message.automated();
    }
  }

  private static final long AGENT = 7;
  private static final long COLLEAGUE = 8;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir static Path folder;

  private static final List<Message> MESSAGES = new ArrayList<>();
  private static final Map<Run, TestDatabase> DATABASES = new EnumMap<>(Run.class);

  private static void asks(int customer, String... times) {
    add(AGENT, customer, false, false, times);
  }

  private static void answers(int customer, String... times) {
    add(AGENT, customer, true, false, times);
  }

  private static void botAnswers(int customer, String... times) {
    add(AGENT, customer, true, true, times);
  }

  private static void closes(int customer, String... times) {
    for (String time : times) {
      MESSAGES.add(Message.close(AGENT, customer, micros(time)));
    }
  }

  private static void add(
      long agent, int customer, boolean direct, boolean automated, String... times) {
    for (String time : times) {
      MESSAGES.add(new Message(agent, customer, micros(time), direct, automated));
    }
  }

  private static long micros(String time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time + "Z"));
  }

  @BeforeAll
  static void runTheJob() throws Exception {
    asks(1, "2024-01-01T10:10:15", "2024-01-01T10:15:20");
    answers(1, "2024-01-01T10:18:10");
    asks(101, "2024-01-02T10:10:15", "2024-01-02T10:15:20", "2024-01-02T10:18:30");
    answers(101, "2024-01-02T10:18:10", "2024-01-02T10:19:00");
    for (int hour = 10; hour < 20; hour++) {
      asks(2, "2024-02-01T%d:00:00".formatted(hour));
    }
    asks(3, "2024-03-01T10:00:00", "2024-03-01T10:30:00");
    asks(4, "2024-04-01T10:00:00", "2024-04-15T10:00:00");
    botAnswers(4, "2024-04-01T10:00:01");
    answers(4, "2024-04-15T10:02:00");
    asks(5, "2024-05-01T10:00:00");
    botAnswers(5, "2024-05-01T10:00:01");
    answers(5, "2024-05-01T10:05:00");
    asks(6, "2024-06-01T10:00:00", "2024-06-01T11:00:00", "2024-06-09T10:00:00");
    answers(6, "2024-06-01T10:01:00", "2024-06-01T11:02:00", "2024-06-09T10:03:00");
    answers(7, "2024-07-01T09:00:00", "2024-07-01T10:01:00");
    asks(7, "2024-07-01T10:00:00");
    answers(107, "2024-07-02T09:00:00");
    asks(8, "2024-08-01T10:00:00");
    add(COLLEAGUE, 8, true, false, "2024-08-01T10:04:00");
    answers(9, "2024-09-01T10:01:00");
    asks(9, "2024-09-01T10:00:00");
    asks(10, "2024-10-01T10:00:00");
    answers(10, "2024-10-01T10:02:00", "2024-10-01T16:00:00");
    asks(10, "2024-10-01T15:00:00");
    Random history = new Random(11);
    for (int i = 0; i < 300; i++) {
      String time = "2024-11-%02dT%02d:00:00".formatted(1 + i / 24, i % 24);
      add(AGENT, 11, history.nextBoolean(), false, time);
    }
    asks(12, "2024-12-01T10:00:00");
    answers(12, "2024-12-01T10:01:00");
    asks(13, "2025-01-01T10:00:00");
    answers(13, "2025-01-01T10:00:00");
    asks(14, "2025-02-01T10:00:00", "2025-02-01T10:04:00");
    answers(14, "2025-02-01T10:05:00");
    asks(15, "2025-03-01T14:30:00", "2025-03-01T15:30:00", "2025-03-02T14:59:59.999999");
    answers(15, "2025-03-01T14:31:00", "2025-03-01T15:32:00", "2025-03-02T16:00:00");
    asks(201, "2025-06-02T10:10:15", "2025-06-02T10:15:20", "2025-06-02T10:18:30");
    answers(201, "2025-06-02T10:18:10", "2025-06-02T10:19:00");
    asks(202, "2025-06-02T11:00:00");
    answers(202, "2025-06-02T11:03:00");
    for (int minute = 0; minute < 10; minute++) {
      asks(203, "2025-06-02T12:0%d:00".formatted(minute));
    }
    asks(17, "2025-07-01T09:00:00", "2025-07-01T09:06:00");
    answers(17, "2025-07-01T09:05:00");
    closes(17, "2025-07-01T09:10:00");
    asks(117, "2025-07-02T09:00:00", "2025-07-02T09:06:00", "2025-07-02T09:10:00");
    answers(117, "2025-07-02T09:05:00");
    closes(117, "2025-07-02T09:10:00");
    asks(118, "2025-07-03T09:00:00");
    answers(118, "2025-07-03T09:05:00");
    closes(118, "2025-07-03T09:05:00", "2025-07-03T08:00:00", "2025-07-03T10:00:00");
    asks(16, "2025-05-01T10:00:00");
    answers(16, "2025-05-02T07:05:00");

    List<Message> delivered = new ArrayList<>(MESSAGES);
    delivered.addAll(MESSAGES);
    delivered.addAll(MESSAGES.subList(0, MESSAGES.size() / 2));
    Collections.shuffle(delivered, new Random(9));
    Path file = folder.resolve("messages.jsonl");
    Files.write(file, delivered.stream().map(MessageJson::of).toList());
    for (Run run : Run.values()) {
      TestDatabase database = TestDatabase.create(run.mode);
      DATABASES.put(run, database);
      Configuration options =
          database.options(
              "--source.type",
              "files",
              "--source.files.path",
              file.toString(),
              "--messages.automated",
              run.automated,
              "--results",
              run.results,
              "--event-time.max-out-of-orderness",
              "1000 d");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", run.runtime);
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      Conservation conservation = Conservation.of(env.execute().getAllAccumulatorResults());
      assertThat(conservation.holds()).isTrue();
      assertThat(conservation.late()).isZero();
    }
  }

  @AfterAll
  static void closeDatabases() throws Exception {
    for (TestDatabase database : DATABASES.values()) {
      database.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void case1TheFirstUnansweredMessageCountsAndTheShareIsOfTurns(Run run) throws Exception {
    assertThat(sla(run, "2024-01-01", "3 minutes")).containsExactly("1 1 0 0");
    assertThat(sla(run, "2024-01-02", "3 minutes")).containsExactly("2 2 1 0.5");
    assertThat(
            strings(
                run,
                "select within_targets->>'3 minutes' from response_times_by_day"
                    + " where day between '2024-01-01' and '2024-01-02' order by day"))
        .containsExactly("0", "0.5");
    assertThat(responseSeconds(run, 101)).containsExactly("475", "30");
  }

  @ParameterizedTest
  @EnumSource
  void case2TenQuestionsWithoutAReplyAreOneMiss(Run run) throws Exception {
    assertThat(sla(run, "2024-02-01", "3 minutes")).containsExactly("1 0 0 0");
    assertThat(
            strings(
                run,
                "select sessions, answered, unanswered, median_seconds, median_of_all_seconds"
                    + " from response_times_by_day where day = '2024-02-01'"))
        .containsExactly("1 0 1 null null");
    assertThat(
            strings(
                run,
                "select bracket, sessions, share from response_time_distribution"
                    + " where day = '2024-02-01' and sessions > 0"))
        .containsExactly("unanswered 1 1");
  }

  @ParameterizedTest
  @EnumSource
  void case3WhoWaitsDoesSoSinceTheFirstQuestion(Run run) throws Exception {
    assertThat(
            strings(
                run,
                "select opened_at = '2024-03-01 10:00Z', asked_agent_id,"
                    + " abs(waiting_seconds - date_part('epoch', now() - opened_at)) < 1"
                    + " from waiting_now where customer_id = 3"))
        .containsExactly("t 7 t");
    assertThat(strings(run, "select customer_id from waiting_now limit 2"))
        .as("the longest first")
        .containsExactly("2", "3");
    assertThat(
            strings(
                run,
                "select queue_at('2024-03-01 09:59:59.999999Z'), queue_at('2024-03-01 10:00Z')"))
        .as("customer 2 still waits")
        .containsExactly("1 2");
  }

  @ParameterizedTest
  @EnumSource
  void case4NobodyWaitsThroughTheDaysAfterABotsAnswerThatCounts(Run run) throws Exception {
    assertThat(responseSeconds(run, 4))
        .isEqualTo(
            run.automated.equals("count")
                ? List.of("1", "120")
                : List.of(Integer.toString(14 * 86_400 + 120)));
  }

  @ParameterizedTest
  @EnumSource
  void case5ABotsReplyIsAFirstResponseOnlyIfItCounts(Run run) throws Exception {
    assertThat(responseSeconds(run, 5))
        .containsExactly(run.automated.equals("count") ? "1" : "300");
  }

  @ParameterizedTest
  @EnumSource
  void case6ReopenedAfterDaysTheClockStartsAnew(Run run) throws Exception {
    assertThat(
            strings(
                run,
                "select response_seconds, is_first_reply from replies('-infinity', 'infinity')"
                    + " where customer_id = 6 order by opened_at"))
        .containsExactly("60 t", "120 f", "180 t");
    String isFirst =
        "select is_first_reply from replies('-infinity', 'infinity') where customer_id = 6"
            + " order by opened_at";
    assertThat(
            stringsWith(
                run, isFirst, "update report_settings set conversation_gap = '7 days 22:58:00'"))
        .as("as long as the gap is still the same conversation")
        .containsExactly("t", "f", "f");
    assertThat(
            stringsWith(
                run,
                isFirst,
                "update report_settings set conversation_gap = '7 days 22:57:59.999999'"))
        .containsExactly("t", "f", "t");
  }

  @ParameterizedTest
  @EnumSource
  void case7ACampaignAnswersNothing(Run run) throws Exception {
    assertThat(responseSeconds(run, 7)).containsExactly("60");
    assertThat(responseSeconds(run, 107)).isEmpty();
    assertThat(
            strings(
                run,
                "select sessions, mean_seconds, within_targets->>'1 minute'"
                    + " from response_times_by_day where day = '2024-07-02'"))
        .as("a day without sessions")
        .containsExactly("0 null null");
  }

  @ParameterizedTest
  @EnumSource
  void case8CreditGoesToWhoReplied(Run run) throws Exception {
    List<String> agents =
        strings(
            run,
            "select agent_id, asked, asked_unanswered, answered, median_seconds,"
                + " within_targets->>'1 hour'"
                + " from response_times_by_agent where day = '2024-08-01' order by 1");
    if (run.mode == ResponseMode.ANY_AGENT) {
      assertThat(agents).containsExactly("7 1 0 0 null null", "8 0 0 1 240 1");
      assertThat(
              strings(
                  run,
                  "select asked_agent_id, responder_id, status from response_sessions"
                      + " where customer_id = 8"))
          .containsExactly("7 8 answered");
    } else {
      assertThat(agents).containsExactly("7 1 1 0 null null");
      assertThat(
              strings(
                  run,
                  "select asked_agent_id, responder_id, status from response_sessions"
                      + " where customer_id = 8"))
          .containsExactly("7 null open");
    }
  }

  @ParameterizedTest
  @EnumSource
  void cases9To11OrderOfArrivalChangesNothing(Run run) throws Exception {
    assertThat(responseSeconds(run, 9)).containsExactly("60");
    assertThat(responseSeconds(run, 10)).containsExactly("120", "3600");
    List<String> expected = new ArrayList<>();
    List<Message> counted = MESSAGES.stream().filter(run::counts).toList();
    for (Session session : WindowQuery.sessions(run.mode, counted)) {
      expected.add(
          "%d %d %d %s %s %s"
              .formatted(
                  session.b(),
                  session.openedAt(),
                  session.asked(),
                  session.isAnswered() ? session.responder() : "null",
                  session.isAnswered() ? session.endedAt() : "null",
                  session.isClosed() ? session.endedAt() : "null"));
    }
    assertThat(expected).hasSizeGreaterThan(80);
    String micros = "round(date_part('epoch', %s) * 1000000)::bigint";
    assertThat(
            strings(
                run,
                "select customer_id, %s, asked_agent_id, responder_id, %s, %s from response_sessions"
                    .formatted(
                        micros.formatted("opened_at"),
                        micros.formatted("responded_at"),
                        micros.formatted("closed_at"))))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @EnumSource
  void case12AMessageDeliveredTwiceIsOne(Run run) throws Exception {
    assertThat(sla(run, "2024-12-01", "1 minute")).containsExactly("1 1 1 1");
  }

  @ParameterizedTest
  @EnumSource
  void case13AReplyInTheSameSecondAnswers(Run run) throws Exception {
    assertThat(responseSeconds(run, 13)).containsExactly("0");
    assertThat(
            strings(
                run,
                "select bracket, sessions from response_time_distribution"
                    + " where day = '2025-01-01' and sessions > 0"))
        .containsExactly("up to 10 seconds 1");
    assertThat(
            stringsWith(
                run,
                slaOf("2025-01-01", "at once, 0 seconds"),
                "insert into response_target (within, label) values ('0', 'at once')"))
        .containsExactly("1 1 1 1");
  }

  @ParameterizedTest
  @EnumSource
  void case14TheAnswerIsToTheFirstQuestion(Run run) throws Exception {
    assertThat(responseSeconds(run, 14)).containsExactly("300");
  }

  /** Berlin, Tokyo and UTC differ on which of three sessions are of the first of March. */
  @ParameterizedTest
  @EnumSource
  void case15AllFiguresAgreeInEveryTimeZone(Run run) throws Exception {
    Map<String, List<String>> sessionsOfTheTwoDays =
        Map.of(
            "UTC", List.of("2", "1"),
            "Europe/Berlin", List.of("2", "1"),
            "Asia/Tokyo", List.of("1", "2"));
    for (String zone : sessionsOfTheTwoDays.keySet()) {
      for (String figures :
          List.of(
              "select sum(sessions) from response_times_by_day",
              "select sum(sessions) from response_times_by_hour",
              "select sum(sessions) from response_time_distribution",
              "select sum(sessions) from hour_of_week",
              "select sum(answered) from response_times_by_agent",
              "select sum(asked) from response_times_by_agent",
              "select sum(sessions) / count(*) from sla_attainment")) {
        List<String> sums = new ArrayList<>();
        for (String day : List.of("2025-03-01", "2025-03-02")) {
          sums.addAll(
              stringsWith(
                  run,
                  "select trim_scale((%s where day = '%s')::numeric)".formatted(figures, day),
                  "update report_settings set time_zone = '" + zone + "'"));
        }
        assertThat(sums).as(zone + ": " + figures).isEqualTo(sessionsOfTheTwoDays.get(zone));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void case16OnAHolidayBusinessTimeBeginsWithTheNextWorkingDay(Run run) throws Exception {
    String[] calendar = {
      "insert into business_calendar values ('support', 'Europe/Berlin')",
      "insert into business_hours select 'support', d, '09:00', '17:00' from generate_series(1, 5) d",
      "update report_settings set calendar = 'support'"
    };
    String holiday = "insert into business_holiday values ('support', '2025-05-01', 'May Day')";
    String[] withHoliday = {calendar[0], calendar[1], calendar[2], holiday};
    String seconds =
        "select response_seconds, business_seconds from response_sessions where customer_id = 16";
    assertThat(strings(run, seconds)).as("no calendar").containsExactly("75900 null");
    assertThat(stringsWith(run, seconds, calendar)).containsExactly("75900 18300");
    assertThat(stringsWith(run, seconds, withHoliday))
        .as("the holiday changes the figures")
        .containsExactly("75900 300");
    assertThat(
            stringsWith(
                run,
                "select business_median_seconds, business_mean_seconds,"
                    + " within_targets->>'1 hour', business_within_targets->>'1 hour'"
                    + " from response_times_by_day where day = '2025-05-01'",
                withHoliday))
        .containsExactly("300 300 0 1");
    assertThat(
            stringsWith(
                run,
                "select within_target, share, business_within_target, business_share"
                    + " from sla_attainment where day = '2025-05-01' and target = '1 hour'",
                withHoliday))
        .containsExactly("0 0 1 1");
    assertThat(
            strings(
                run,
                "select business_median_seconds, business_within_targets, (select"
                    + " string_agg(business_share::text, '') from sla_attainment"
                    + " where day = '2025-05-01') from response_times_by_day"
                    + " where day = '2025-05-01'"))
        .containsExactly("null null null");
  }

  /** Example 9 of the contract: thanks, and the agent closes the conversation. */
  @ParameterizedTest
  @EnumSource
  void case17ACloseEndsAWaitThatNobodyMeant(Run run) throws Exception {
    String sessions =
        "select s.status, s.response_seconds, s.closed_at - s.opened_at, r.is_first_reply"
            + " from response_sessions s join replies('-infinity', 'infinity') r"
            + " using (customer_id, opened_at) where customer_id = %d order by opened_at";
    for (int customer : List.of(17, 117)) {
      assertThat(strings(run, sessions.formatted(customer)))
          .containsExactly("answered 300 null t", "closed null 00:04:00 f");
    }
    assertThat(strings(run, sessions.formatted(118)))
        .as("a close at the time of the answer, and without an open session")
        .containsExactly("answered 300 null t");
    assertThat(strings(run, "select 1 from waiting_now where customer_id in (17, 117, 118)"))
        .isEmpty();
    assertThat(
            strings(
                run,
                "select queue_at('2025-07-01 09:09:59.999999Z') - queue_at('2025-07-01 09:05:30Z'),"
                    + " queue_at('2025-07-01 09:10Z') - queue_at('2025-07-01 09:05:30Z')"))
        .containsExactly("1 0");
    assertThat(
            strings(
                run,
                "select sessions, answered, unanswered, closed, within_targets->>'1 hour'"
                    + " from response_times_by_day where day = '2025-07-01'"))
        .containsExactly("2 1 0 1 1");
  }

  @ParameterizedTest
  @EnumSource
  void theWorkedExampleOfTheDocuments(Run run) throws Exception {
    assertThat(
            strings(
                run,
                "select sessions, answered, unanswered, median_seconds, p90_seconds, p95_seconds,"
                    + " median_of_all_seconds, p90_of_all_seconds, round(mean_seconds::numeric, 3),"
                    + " within_targets->>'3 minutes' from response_times_by_day"
                    + " where day = '2025-06-02'"))
        .containsExactly("4 3 1 180 475 475 180 null 228.333 0.5");
  }

  @Test
  void everyViewAndColumnSaysWhatItIs() throws Exception {
    // Reports do not read internal views.
    String ours =
        " c.relnamespace = 'public'::regnamespace"
            + " and coalesce(obj_description(c.oid, 'pg_class'), '') !~ '^Internal: '";
    for (Run run : List.of(Run.ANY_IGNORE, Run.ADDRESSED_IGNORE)) {
      assertThat(
              strings(
                  run,
                  "select c.relname, a.attname from pg_class c"
                      + " join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0"
                      + " where (c.relkind = 'v' or c.relname ~ '^(report|response|business)_')"
                      + " and c.relkind in ('v', 'r') and not a.attisdropped and"
                      + ours
                      + " and col_description(c.oid, a.attnum) is null"))
          .isEmpty();
      assertThat(
              strings(
                  run,
                  "select c.relname from pg_class c where c.relkind in ('v', 'r')"
                      + " and c.relname <> 'tbl' and"
                      + ours
                      + " and obj_description(c.oid, 'pg_class') is null"))
          .isEmpty();
      assertThat(strings(run, "select count(*) from pg_class c where c.relkind = 'v' and" + ours))
          .containsExactly("25");
      assertThat(
              strings(
                  run,
                  "select proname from pg_proc p where pronamespace = 'public'::regnamespace"
                      + " and proname in ('queue_at', 'business_seconds')"
                      + " and obj_description(p.oid, 'pg_proc') is not null order by 1"))
          .containsExactly("business_seconds", "queue_at");
    }
    assertThat(viewColumns(Run.ANY_IGNORE)).isEqualTo(viewColumns(Run.ADDRESSED_IGNORE));
  }

  private static List<String> viewColumns(Run run) throws SQLException {
    return strings(
        run,
        "select table_name, column_name, data_type from information_schema.columns"
            + " where table_schema = 'public' and table_name in"
            + " (select viewname from pg_views where schemaname = 'public') order by 1, ordinal_position");
  }

  private static List<String> sla(Run run, String day, String target) throws SQLException {
    return strings(run, slaOf(day, target));
  }

  private static String slaOf(String day, String target) {
    return "select sessions, answered, within_target, share from sla_attainment"
        + " where day = '%s' and target = '%s'".formatted(day, target);
  }

  private static List<String> responseSeconds(Run run, int customer) throws SQLException {
    return strings(
        run,
        "select response_seconds from response_sessions where customer_id = "
            + customer
            + " order by opened_at");
  }

  private static List<String> strings(Run run, String query) throws SQLException {
    return DATABASES.get(run).strings(query);
  }

  /** The rows of a query with settings that are taken back afterwards. */
  private static List<String> stringsWith(Run run, String query, String... settings)
      throws SQLException {
    try (Connection connection = DATABASES.get(run).connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String setting : settings) {
        statement.execute(setting);
      }
      List<String> strings = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            columns.add(rows.getString(i));
          }
          strings.add(String.join(" ", columns));
        }
      }
      connection.rollback();
      return strings;
    }
  }
}
