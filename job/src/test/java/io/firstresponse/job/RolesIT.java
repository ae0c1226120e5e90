package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.Driver;

/** The roles of conf/sql are enough for the job, and for nothing else. */
class RolesIT {

  private static final String PASSWORD = "right-4c1b";

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();

  @TempDir Path folder;

  /** Some messages are late, or correct published sessions. */
  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, 10 s",
    "ANY_AGENT,       live,  20 s",
    "ADDRESSED_AGENT, final, 10 s",
    "ADDRESSED_AGENT, live,  20 s",
  })
  void theWriterIsEnoughForTheJob(ResponseMode mode, String results, String bound)
      throws Exception {
    long messages = 20_000;
    try (TestDatabase database = TestDatabase.create(mode)) {
      String writer = user(database, "first_response_writer");
      // It notes what the job writes, with rights that the job does not have.
      database.execute(TestDatabase.resource("/sql/optional/rollups.sql"));
      Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(messages),
              "--source.datagen.customers", "300",
              "--source.datagen.agents", "5",
              "--source.datagen.rate", "10000",
              "--source.datagen.event-rate", "200",
              "--source.datagen.disorder", "20 s",
              "--event-time.max-out-of-orderness", bound,
              "--sink.jdbc.user", writer,
              "--sink.jdbc.password-file", password.toString(),
              "--results", results,
              "--results.live-interval", "50 ms");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "STREAMING");
      flink.setString("execution.checkpointing.interval", "300 ms");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      Conservation conservation = Conservation.of(env.execute().getAllAccumulatorResults());
      assertThat(conservation.holds()).isTrue();
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      if (results.equals("live")) {
        assertThat(database.count("select count(*) from tbl_correction where became_a is null"))
            .isPositive();
      } else {
        assertThat(conservation.late()).isPositive();
        database.takeOutLate();
      }
      assertThat(database.differences()).isEmpty();

      // Begun anew: the rows are deleted, with what is stored of them.
      FirstResponseJob.define(env, options.clone().set(SinkOptions.START_OVER, true));
      assertThat(database.count("select count(*) from tbl_result")).isZero();
      assertThat(database.count("select count(*) from tbl_late")).isZero();
      assertThat(database.count("select count(*) from tbl_correction")).isZero();
    }
  }

  /** It replaces the rows of another run, and with them the identity of the tables. */
  @Test
  void theWriterIsEnoughToTakeOver() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String writer = user(database, "first_response_writer");
      database.execute("insert into tbl_result (b, b_ts, asked_a) values (-1, now(), 1)");
      Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", "1000",
              "--sink.take-over", "true",
              "--sink.jdbc.user", writer,
              "--sink.jdbc.password-file", password.toString());
      List<String> before = database.strings("select id from tbl_identity");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
      env.setRuntimeMode(RuntimeExecutionMode.BATCH).setParallelism(2);
      FirstResponseJob.define(env, options);
      env.execute();
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, 1_000).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.strings("select id from tbl_identity")).hasSize(1).isNotEqualTo(before);
    }
  }

  @Test
  void neitherRoleCanDoAnythingElse() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String writer = user(database, "first_response_writer");
      String reader = user(database, "first_response_reader");
      database.execute(TestDatabase.resource("/sql/optional/rollups.sql"));
      database.execute("create table salary (amount int)", "create schema secret");
      List<String> forNobody =
          List.of(
              "select * from salary",
              "insert into salary values (1)",
              "select * from tbl",
              "create table mine ()",
              "create table secret.mine ()",
              "create schema mine",
              "create role mine",
              "drop table tbl_late",
              "alter table tbl_result add mine int",
              "create index on tbl_result (a)",
              "truncate tbl_result",
              "truncate tbl_late",
              "do $$ begin lock table first_response_schema in access exclusive mode; end $$",
              "create trigger mine after insert on tbl_result execute function now()",
              "insert into first_response_schema values ('tbl_mine', 1)",
              "update first_response_schema set version = 2",
              "delete from first_response_schema",
              "update tbl_late set direct = true",
              "update tbl_correction set b = 1",
              "insert into tbl_identity select id from tbl_identity",
              "delete from tbl_identity",
              "delete from tbl_agent",
              "delete from tbl_customer",
              "delete from tbl_labels",
              "update tbl_labels set label = '{}'",
              "update report_settings set time_zone = 'UTC'",
              "delete from response_target",
              "insert into agent_team (agent_id, team) values (1, 'mine')",
              "insert into business_calendar values ('mine', 'UTC')",
              "select * from rollup_written",
              "delete from rollup_written",
              "delete from rollup_settings",
              "select refresh_figures()",
              "set role postgres");
      List<String> forTheWriter =
          List.of(
              "insert into tbl_late (b, a, ts, direct, automated, watermark) values"
                  + " (1, 1, now(), true, false, now())"
                  + " on conflict (b, a, ts, direct, closes) do nothing",
              "insert into tbl_dead_letter (origin, position, reason, detail, raw, raw_length)"
                  + " values ('', 0, '', '', '', 0) on conflict (origin, position) do nothing",
              "update tbl_dead_letter set settled_at = now()",
              "delete from tbl_dead_letter",
              "insert into tbl_result (b, b_ts, asked_a) values (1, now(), 1)",
              "update tbl_result set b = 2",
              "delete from tbl_result",
              "delete from tbl_late",
              "delete from tbl_correction",
              "select * from tbl_identity",
              "update tbl_identity set id = id",
              "select * from tbl_writer",
              "insert into tbl_writer (target, first_group, last_group, all_groups, submitted_at)"
                  + " values ('tbl_none', 0, 0, 1, now())",
              "update tbl_writer set reported_at = now() where target = 'tbl_none'",
              "delete from tbl_writer where target = 'tbl_none'",
              "insert into tbl_agent (agent, id) values (1, 'a') on conflict (agent) do update set name = 'Ann'",
              "insert into tbl_customer (customer, id) values (1, 'c') on conflict (customer) do nothing",
              "update tbl_customer set name = 'Cy'",
              "insert into tbl_labels (labels, label) values (1, '{}') on conflict (labels) do nothing");
      List<String> forBoth =
          List.of(
              "select * from first_response_schema",
              "select * from tbl_result",
              "select * from tbl_late",
              "select * from tbl_dead_letter",
              "select * from tbl_correction",
              "select * from tbl_agent",
              "select * from tbl_customer",
              "select * from tbl_labels");
      for (String user : List.of(writer, reader)) {
        try (Connection connection = connect(database, user)) {
          forNobody.forEach(sql -> refuses(connection, sql));
          for (String sql : forBoth) {
            run(connection, sql);
          }
        }
      }
      try (Connection connection = connect(database, writer)) {
        for (String sql : forTheWriter) {
          run(connection, sql);
        }
      }
      try (Connection connection = connect(database, reader)) {
        forTheWriter.forEach(sql -> refuses(connection, sql));
      }
      readsEveryView(database, ResponseMode.ANY_AGENT, reader);
      database.execute("grant execute on function refresh_figures() to " + reader);
      try (Connection connection = connect(database, reader)) {
        run(connection, "create temp table rollup_written (hour timestamptz)");
        run(connection, "select refresh_figures()");
      }
      assertThat(database.count("select count(*) from public.rollup_written"))
          .as("notes, of which the refresh saw those and not the caller's table")
          .isZero();
    }
  }

  /** A lead reads what a reader reads, and changes settings. */
  @Test
  void theLeadChangesSettingsAndNothingElse() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String lead = user(database, "first_response_lead");
      database.execute(TestDatabase.resource("/sql/optional/rollups.sql"));
      List<String> settings =
          List.of(
              "insert into business_calendar values ('mine', 'UTC')",
              "insert into business_hours values ('mine', 1, '09:00', '17:00')",
              "insert into business_holiday values ('mine', '2026-05-01')",
              "update report_settings set calendar = 'mine', outside_counts = false",
              "insert into response_target (within, label, goal) values ('5 min', 'chat', 0.9)",
              "update response_target set goal = 0.8",
              "update response_target set applies_to = '{\"team\": \"mine\"}', calendar = 'mine' where label = 'chat'",
              "update report_settings set waiting_limit = '3 days'",
              "delete from response_target where within = '1 hour'",
              "insert into response_bracket values ('2 min')",
              "insert into agent_team (agent_id, team) values (1, 'mine')",
              "update agent_team set valid_until = '2026-05-01'",
              "delete from agent_team");
      List<String> forNobody =
          List.of(
              "insert into report_settings default values",
              "delete from report_settings",
              "insert into tbl_result (b, b_ts, asked_a) values (1, now(), 1)",
              "update tbl_result set a = 1",
              "delete from tbl_late",
              "update tbl_dead_letter set settled_at = now()",
              "update tbl_agent set name = 'mine'",
              "delete from tbl_writer",
              "update first_response_schema set version = 2",
              "delete from rollup_settings",
              "select refresh_figures()",
              "create table mine ()",
              "alter table response_target add mine int",
              "drop table agent_team",
              "truncate agent_team",
              "drop view sla_attainment");
      try (Connection connection = connect(database, lead)) {
        for (String sql : settings) {
          run(connection, sql);
        }
        forNobody.forEach(sql -> refuses(connection, sql));
      }
      readsEveryView(database, ResponseMode.ANY_AGENT, lead);
    }
  }

  /** The views of an existing database, which come after its roles. */
  @ParameterizedTest
  @EnumSource
  void theReaderReadsViewsThatAreMadeAfterTheRoles(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      List<String> files =
          List.of(
              "required/01-schema-version",
              "mode/" + mode + "/02-result",
              "required/03-late",
              "required/04-dead-letter",
              "required/05-correction",
              "optional/roles",
              "required/06-writer",
              "required/10-agent",
              "required/11-customer",
              "required/12-closes",
              "required/13-labels",
              "figures/07-report-settings",
              "mode/" + mode + "/08-response-sessions",
              "figures/09-figures",
              "figures/14-missing");
      for (String file : files) {
        database.execute(TestDatabase.resource("/sql/" + file + ".sql"));
      }
      String reader = "u" + System.nanoTime();
      server.createUser(reader, PASSWORD);
      database.execute("grant first_response_reader to " + reader);
      readsEveryView(database, mode, reader);
      assertThatCode(
              () -> {
                Configuration options = database.options("--source.type", "datagen");
                new TableCheck(new ResultDatabase(options), options).run();
              })
          .as("the job finds the same as if it had made them")
          .doesNotThrowAnyException();
    }
  }

  /** With a session and a calendar, so that what the views call is called. */
  private static void readsEveryView(TestDatabase database, ResponseMode mode, String reader)
      throws Exception {
    database.execute(
        "insert into business_calendar values ('support', 'UTC')",
        "update report_settings set calendar = 'support'",
        "truncate tbl_result",
        "insert into tbl_result (b, b_ts, %s) values (1, now(), 1)"
            .formatted(mode == ResponseMode.ANY_AGENT ? "asked_a" : "a"));
    List<String> views =
        database.strings(
            "select viewname from pg_views where schemaname = 'public'"
                + " and obj_description(viewname::regclass) !~ '^Internal: '");
    assertThat(views)
        .contains(
            "response_sessions", "waiting_now", "late_messages_by_hour", "data_complete_through");
    try (Connection connection = connect(database, reader)) {
      for (String view : views) {
        run(connection, "select * from " + view);
      }
      run(connection, "select queue_at(now()), business_seconds(now(), now(), 'support')");
      run(connection, "select * from response_times(current_date, current_date, 'week', 'team')");
      run(connection, "select * from sla_attainment(current_date, current_date, 'first_reply')");
      run(connection, "select * from replies('-infinity', now())");
      run(connection, "select * from conversations('-infinity', now())");
      run(
          connection,
          "select * from response_times_by_label('channel', current_date, current_date, 'team')");
      run(
          connection,
          "select * from sla_attainment_by_label('channel', current_date, current_date)");
      run(connection, "select reporting_today()");
      for (String settings : List.of("report_settings", "response_target", "response_bracket")) {
        run(connection, "select * from " + settings);
      }
    }
  }

  /** A user in a role, after the tables were created and the file was run, twice. */
  private String user(TestDatabase database, String role) throws Exception {
    Configuration options = database.options("--source.type", "datagen");
    new TableCheck(new ResultDatabase(options), options).run();
    String roles = TestDatabase.resource("/sql/optional/roles.sql");
    database.execute(roles, roles);
    String name = "u" + System.nanoTime();
    server.createUser(name, PASSWORD);
    if (role != null) {
      database.execute("grant " + role + " to " + name);
    }
    return name;
  }

  private static Connection connect(TestDatabase database, String user) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", PASSWORD);
    return new Driver().connect(database.url(), properties);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void refuses(Connection connection, String sql) {
    assertThatThrownBy(() -> run(connection, sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as(sql).isEqualTo("42501"));
  }
}
