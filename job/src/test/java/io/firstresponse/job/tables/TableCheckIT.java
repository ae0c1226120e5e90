package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.TransactionPooler;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableCheckIT {

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final String database = server.createDatabase();

  @TempDir Path folder;

  @Test
  void createsNothingUnlessAskedToAndSaysHow() throws Exception {
    assertThatThrownBy(() -> check())
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining("lacks tbl_result any-agent, tbl_late, tbl_dead_letter")
        .hasMessageContaining(
            "-f conf/sql/required/01-schema-version.sql -f conf/sql/mode/any-agent/02-result.sql"
                + " -f conf/sql/required/03-late.sql -f conf/sql/required/04-dead-letter.sql"
                + " -f conf/sql/required/05-correction.sql -f conf/sql/required/06-writer.sql"
                + " -f conf/sql/required/10-agent.sql -f conf/sql/required/11-customer.sql"
                + " -f conf/sql/required/12-closes.sql -f conf/sql/required/13-labels.sql")
        .hasMessageContaining("--sink.jdbc.create-tables true")
        .message()
        .doesNotContain("\n");
    assertThat(tables()).isEmpty();
  }

  @Test
  void createsWhatIsMissingOnce() throws Exception {
    for (int time = 0; time < 2; time++) {
      check("--sink.jdbc.create-tables", "true", "--sink.jdbc.schema", "Odd \"name\"");
    }
    check("--sink.jdbc.schema", "Odd \"name\"");
    assertThat(tables())
        .containsExactly(
            "agent_team",
            "business_calendar",
            "business_holiday",
            "business_hours",
            "first_response_schema",
            "report_settings",
            "response_bracket",
            "response_target",
            "tbl_agent",
            "tbl_correction",
            "tbl_customer",
            "tbl_dead_letter",
            "tbl_identity",
            "tbl_labels",
            "tbl_late",
            "tbl_load",
            "tbl_result",
            "tbl_writer");
  }

  @Test
  void theFilesOfConfSqlAreEnough() {
    for (String file :
        List.of(
            "required/01-schema-version.sql",
            "mode/addressed-agent/02-result.sql",
            "required/03-late.sql",
            "required/04-dead-letter.sql",
            "required/05-correction.sql",
            "required/06-writer.sql",
            "required/10-agent.sql",
            "required/11-customer.sql",
            "required/12-closes.sql",
            "required/13-labels.sql")) {
      run(file);
    }
    assertThatCode(() -> check("--response-mode", "addressed-agent")).doesNotThrowAnyException();
  }

  @Test
  void tablesOfTheOtherModeAreRefused() {
    check("--sink.jdbc.create-tables", "true");
    for (String create : List.of("true", "false")) {
      assertThatThrownBy(
              () ->
                  check("--sink.jdbc.create-tables", create, "--response-mode", "addressed-agent"))
          .isInstanceOf(BadOptionException.class)
          .hasMessageContaining("is for response-mode any-agent, and this job has addressed-agent")
          .hasMessageContaining("--sink.jdbc.schema");
    }
  }

  @Test
  void tablesOfAnEarlierReleaseNeedTheFilesThatWereAddedSince() {
    List<String> earlier =
        List.of(
            "required/01-schema-version.sql",
            "mode/any-agent/02-result.sql",
            "required/03-late.sql",
            "required/04-dead-letter.sql");
    earlier.forEach(this::run);
    assertThatThrownBy(() -> check())
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining(
            "lacks tbl_correction, tbl_writer, tbl_agent, tbl_customer, tbl_result closes, tbl_labels.")
        .hasMessageContaining(
            " -f conf/sql/required/01-schema-version.sql -f conf/sql/required/05-correction.sql -f conf/sql/required/06-writer.sql -f conf/sql/required/10-agent.sql -f conf/sql/required/11-customer.sql -f conf/sql/required/12-closes.sql -f conf/sql/required/13-labels.sql -d")
        .message()
        .doesNotContain("\n");
    List.of(
            "required/01-schema-version.sql",
            "required/05-correction.sql",
            "required/06-writer.sql",
            "required/10-agent.sql",
            "required/11-customer.sql",
            "required/12-closes.sql",
            "required/13-labels.sql")
        .forEach(this::run);
    assertThatCode(() -> check()).doesNotThrowAnyException();
  }

  /** As of a build without closes and labels. */
  @ParameterizedTest
  @EnumSource
  void tablesWithoutClosesAndLabelsGetTheirColumnsAndKeepTheirRows(ResponseMode mode)
      throws Exception {
    boolean any = mode == ResponseMode.ANY_AGENT;
    List.of(
            "required/01-schema-version.sql",
            "mode/" + mode + "/02-result.sql",
            "required/03-late.sql",
            "required/04-dead-letter.sql",
            "required/05-correction.sql",
            "required/06-writer.sql",
            "required/10-agent.sql",
            "required/11-customer.sql")
        .forEach(this::run);
    server.execute(
        database,
        "insert into tbl_result (b, b_ts, %s) values (1, '2026-03-01', 7), (2, '2026-03-01', 7)"
            .formatted(any ? "asked_a" : "a"),
        "insert into tbl_late (b, a, ts, direct, automated, watermark)"
            + " values (1, 7, '2026-03-01', false, false, '2026-03-02')");
    String option = mode.toString();
    assertThatThrownBy(() -> check("--response-mode", option))
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining("lacks tbl_result closes, tbl_labels.")
        .hasMessageContaining(
            "-f conf/sql/required/12-closes.sql -f conf/sql/required/13-labels.sql");
    for (int time = 0; time < 2; time++) {
      check("--response-mode", option, "--sink.jdbc.create-tables", "true");
    }
    server.execute(
        database,
        "update tbl_result set closed_ts = '2026-03-01 01:00' where b = 1",
        "insert into tbl_labels values (5, '{\"team\": \"a\"}')",
        "update tbl_result set labels = 5 where b = 2",
        "insert into tbl_result (b, b_ts, %s) values (1, '2026-03-02', 7)"
            .formatted(any ? "asked_a" : "a"),
        "insert into tbl_late (b, a, ts, direct, closes, automated, watermark)"
            + " values (1, 7, '2026-03-01', false, true, false, '2026-03-02')");
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select (select string_agg(status, ' ' order by customer_id, opened_at) from response_sessions),"
                    + " (select count(*) from tbl_late),"
                    + " (select string_agg(labels::text, ' ') from response_sessions)")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("closed open open");
      assertThat(row.getLong(2)).isEqualTo(2);
      assertThat(row.getString(3)).isEqualTo("{\"team\": \"a\"}");
    }
  }

  @Test
  void whatALaterReleaseAddsIsNoConcernOfThisOne() {
    check("--sink.jdbc.create-tables", "true");
    server.execute(
        database,
        "alter table tbl_late add column channel text",
        "create table tbl_later (n integer)",
        "insert into first_response_schema (component, version)"
            + " values ('tbl_late channel', 1), ('tbl_later', 3)");
    for (String create : List.of("true", "false")) {
      assertThatCode(() -> check("--sink.jdbc.create-tables", create)).doesNotThrowAnyException();
    }
  }

  @Test
  void whatALaterReleaseHasTakenAwayIsOneClearLine() {
    check("--sink.jdbc.create-tables", "true");
    server.execute(
        database,
        "alter table tbl_dead_letter drop column detail cascade",
        "update first_response_schema set version = 2 where component = 'tbl_dead_letter'");
    for (String create : List.of("true", "false")) {
      assertThatThrownBy(() -> check("--sink.jdbc.create-tables", create))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith(
              "sink.jdbc.schema: tbl_dead_letter in schema public of postgresql:")
          .hasMessageContaining("has version 2, and this release writes version 1.")
          .hasMessageContaining("start that one, or give this job a schema of its own")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void aTableOfTheSeedIsNotTouched() {
    server.execute(database, "create table tbl_result (b int)");
    assertThatThrownBy(() -> check("--sink.jdbc.create-tables", "true"))
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining("\"tbl_result\" already exists");
  }

  @Test
  void aDatabaseThatCannotBeReachedIsOneClearLine() throws Exception {
    assertThatThrownBy(() -> check("--sink.jdbc.url", "jdbc:postgresql://127.0.0.1:1/none"))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.url: postgresql://127.0.0.1:1/none as user postgres: ")
        .message()
        .doesNotContain("\n");
    assertThatThrownBy(
            () -> check("--sink.jdbc.url", "jdbc:postgresql://localhost/x?password=canary"))
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining("must not carry")
        .hasMessageNotContaining("canary");
    server.createUser("stranger_" + database, "right");
    Path password = Files.writeString(folder.resolve("password"), "canary-wrong\n");
    assertThatThrownBy(
            () ->
                check(
                    "--sink.jdbc.user",
                    "stranger_" + database,
                    "--sink.jdbc.password-file",
                    password.toString()))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.user, sink.jdbc.password-file: postgresql://")
        .hasMessageContaining("password authentication failed")
        .hasMessageNotContaining("canary");
    assertThatThrownBy(() -> check("--sink.jdbc.user", "nobody_" + database))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.user, sink.jdbc.password-file: postgresql://");
    assertThatThrownBy(() -> check("--sink.jdbc.password-file", folder.resolve("no").toString()))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.password-file: postgresql://")
        .hasMessageContaining("password file " + folder.resolve("no"));
  }

  @Test
  void whatTheUserLacksIsTheSqlThatGrantsIt() throws Exception {
    check("--sink.jdbc.create-tables", "true", "--sink.jdbc.schema", "Odd");
    String user = "poor_" + database;
    server.createUser(user, "right");
    Path password = Files.writeString(folder.resolve("password"), "right\n");
    List<String> options =
        List.of(
            "--sink.jdbc.schema",
            "Odd",
            "--sink.jdbc.user",
            user,
            "--sink.jdbc.password-file",
            password.toString());
    Pattern grants = Pattern.compile("run: (grant .*); or take a user");
    for (String results : List.of("final", "live")) {
      List<String> all = new ArrayList<>(options);
      all.addAll(List.of("--results", results));
      assertThatThrownBy(() -> check(all.toArray(String[]::new)))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith("sink.jdbc.user: ")
          .hasMessageContaining("lacks rights in schema Odd");
      // First to look into the schema, then to write.
      for (int round = 0; round < 2; round++) {
        try {
          check(all.toArray(String[]::new));
        } catch (BadOptionException e) {
          Matcher sql = grants.matcher(e.getMessage());
          assertThat(sql.find()).as(e.getMessage()).isTrue();
          server.execute(database, sql.group(1).split("; "));
        }
      }
      assertThatCode(() -> check(all.toArray(String[]::new))).doesNotThrowAnyException();
    }
    server.execute(database, "revoke delete on \"Odd\".tbl_result from " + user);
    assertThatThrownBy(() -> check(options.toArray(String[]::new)))
        .isInstanceOf(BadOptionException.class)
        .hasMessageContaining("run: grant delete on \"Odd\".tbl_result to \"%s\"; or", user);
    assertThatThrownBy(
            () ->
                check(
                    "--sink.jdbc.create-tables",
                    "true",
                    "--sink.jdbc.schema",
                    "new",
                    "--sink.jdbc.user",
                    user,
                    "--sink.jdbc.password-file",
                    password.toString()))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.user: ")
        .hasMessageContaining("permission denied for database");
  }

  @Test
  void aTableThatWasDroppedSinceIsMissed() {
    check("--sink.jdbc.create-tables", "true");
    server.execute(database, "drop table tbl_late cascade");
    for (String create : List.of("true", "false")) {
      assertThatThrownBy(() -> check("--sink.jdbc.create-tables", create))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith("sink.jdbc.schema: schema public of postgresql:")
          .hasMessageContaining("has no table tbl_late")
          .hasMessageContaining("conf/sql/required/03-late.sql");
    }
  }

  @Test
  void aServerThatTakesNoWritesIsOneClearLine() {
    check("--sink.jdbc.create-tables", "true");
    server.execute(
        "postgres", "alter database " + database + " set default_transaction_read_only = on");
    assertThatThrownBy(() -> check())
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.url: postgresql:")
        .hasMessageContaining("read-only transaction")
        .hasMessageContaining("targetServerType=primary");
  }

  @Test
  void aPoolerInTransactionModeIsNoHindrance() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      String url = EmbeddedPostgresServer.url(pooler.port(), database);
      for (int time = 0; time < 4; time++) {
        check("--sink.jdbc.create-tables", "true", "--sink.jdbc.url", url);
      }
    }
  }

  @Test
  void aNameThatIsTooLongForPostgresIsRefused() {
    assertThatThrownBy(() -> check("--sink.jdbc.schema", "x".repeat(64)))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.schema: a PostgreSQL name has at most 63 bytes");
  }

  /** Runs a file as an operator does. */
  private void run(String file) {
    try {
      server.execute(database, Files.readString(Path.of("../conf/sql").resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    List<String> needed =
        List.of(
            "--source.type",
            "datagen",
            "--sink.jdbc.url",
            server.url(database),
            "--sink.jdbc.user",
            EmbeddedPostgresServer.USER);
    for (int i = 0; i < needed.size(); i += 2) {
      if (!all.contains(needed.get(i))) {
        all.addAll(needed.subList(i, i + 2));
      }
    }
    Configuration options = JobOptions.parse(all.toArray(String[]::new));
    new TableCheck(new ResultDatabase(options), options).run();
  }

  private List<String> tables() throws Exception {
    List<String> tables = new ArrayList<>();
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }
}
