package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code conf/sql/install.sql}, and what the header of each file promises. */
class InstallIT {

  private static final Path SQL = Path.of("../conf/sql");
  private static final Pattern PROMISE =
      Pattern.compile("(?m)^-- Run again: (yes|no)\\. In a transaction: (yes|no)\\.$");

  /** Files in an order in which they can be run. The last two undo what others have created. */
  private static List<String> all(ResponseMode mode) {
    List<String> all = new ArrayList<>(SqlFiles.installed(mode));
    all.addAll(
        List.of(
            "optional/roles.sql",
            "optional/indexes-for-readers.sql",
            "optional/indexes-for-recovery.sql",
            "optional/rollups.sql",
            "mode/" + mode + "/window-query.sql",
            "maintenance/reconcile-figures.sql",
            "maintenance/remove-rollups.sql",
            "maintenance/remove-figures.sql"));
    return all;
  }

  @Test
  void everyFileIsTested() throws Exception {
    try (Stream<Path> files = Files.walk(SQL)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> SQL.relativize(file).toString())
                  .filter(file -> !file.equals("install.sql")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(ResponseMode.values())
                  .flatMap(mode -> all(mode).stream())
                  .distinct()
                  .toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFileRunsAgainAndInATransactionIfItsHeaderSaysSo(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode);
        Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String file : all(mode)) {
        String text = SqlFiles.read(file);
        Matcher promise = PROMISE.matcher(text);
        assertThat(promise.find()).as("the header of %s", file).isTrue();
        boolean again = promise.group(1).equals("yes");
        connection.setAutoCommit(false);
        if (promise.group(2).equals("yes")) {
          statement.execute(text);
        } else {
          assertThatThrownBy(() -> statement.execute(text))
              .as(file)
              .hasMessageContaining("cannot run inside a transaction block");
          connection.rollback();
          connection.setAutoCommit(true);
          for (String one : SqlFiles.statements(file)) {
            statement.execute(one);
          }
          connection.setAutoCommit(false);
        }
        connection.commit();
        List<String> created = created(connection);
        connection.commit();
        if (again) {
          connection.setAutoCommit(true);
          for (String one :
              promise.group(2).equals("yes") ? List.of(text) : SqlFiles.statements(file)) {
            statement.execute(one);
          }
          connection.setAutoCommit(false);
        } else {
          assertThatThrownBy(() -> statement.execute(text))
              .as(file)
              .isInstanceOf(SQLException.class);
          connection.rollback();
        }
        assertThat(created(connection)).as("after %s twice", file).isEqualTo(created);
        connection.commit();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theJobCreatesTheSame(ResponseMode mode) throws Exception {
    try (TestDatabase installed = TestDatabase.create(mode);
        TestDatabase created = TestDatabase.create(mode)) {
      List<String> statements = new ArrayList<>(List.of("set search_path to public"));
      statements.addAll(SqlFiles.install(mode));
      installed.execute(statements.toArray(String[]::new));
      Configuration options = created.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      try (Connection one = installed.connect();
          Connection other = created.connect()) {
        assertThat(created(one)).hasSizeGreaterThan(200).isEqualTo(created(other));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void psqlInstallsIt(ResponseMode mode) throws Exception {
    assumeTrue(psqlIsThere(), "there is no psql on the PATH");
    try (TestDatabase database = TestDatabase.create(mode);
        TestDatabase expected = TestDatabase.create(mode)) {
      SqlFiles.install(mode).forEach(expected::execute);
      Outcome outcome = psql(database, "-v", "mode=" + mode, "-f", SQL + "/install.sql");
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      try (Connection one = database.connect();
          Connection other = expected.connect()) {
        assertThat(created(one)).isEqualTo(created(other));
      }
      assertThat(
              psql(
                      database,
                      "-v",
                      "mode=" + mode,
                      "-v",
                      "schema=Odd \"name\"",
                      "-f",
                      SQL + "/install.sql")
                  .exitCode())
          .isZero();
      Configuration options =
          database.options("--source.type", "datagen", "--sink.jdbc.schema", "Odd \"name\"");
      options.setString("sink.jdbc.create-tables", "false");
      new TableCheck(new ResultDatabase(options), options).run();
    }
  }

  @Test
  void psqlRefusesAModeThatIsMissingOrWrongAndTablesThatAreThere() throws Exception {
    assumeTrue(psqlIsThere(), "there is no psql on the PATH");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String install = SQL + "/install.sql";
      for (List<String> mode : List.of(List.<String>of(), List.of("-v", "mode=any"))) {
        List<String> arguments = new ArrayList<>(mode);
        arguments.addAll(List.of("-f", install));
        Outcome outcome = psql(database, arguments.toArray(String[]::new));
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.output())
            .contains("install.sql needs the response mode: psql -v mode=any-agent, or");
      }
      String[] arguments = {"-v", "mode=addressed-agent", "-f", install};
      assertThat(psql(database, arguments).exitCode()).isZero();
      try (Connection connection = database.connect()) {
        List<String> created = created(connection);
        Outcome again = psql(database, "-v", "mode=any-agent", "-f", install);
        assertThat(again.exitCode()).isEqualTo(3);
        assertThat(again.output()).contains("relation \"tbl_result\" already exists");
        assertThat(created(connection)).isEqualTo(created);
      }
    }
  }

  private record Outcome(int exitCode, String output) {}

  private static boolean psqlIsThere() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "psql")));
  }

  private static Outcome psql(TestDatabase database, String... arguments) throws Exception {
    URI url = URI.create(database.url().replaceFirst("^jdbc:", ""));
    List<String> command = new ArrayList<>(List.of("psql", "-X", "-q", "-U", "postgres"));
    command.addAll(List.of("-h", url.getHost(), "-p", Integer.toString(url.getPort())));
    command.addAll(List.of("-d", database.name()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  /** Relations with their columns, constraints and indexes, functions, triggers, and components. */
  private static List<String> created(Connection connection) throws SQLException {
    return TestDatabase.strings(
        connection,
        """
        select concat_ws(' ', relname, relkind, obj_description(c.oid, 'pg_class'),
            case relkind when 'v' then pg_get_viewdef(c.oid) end,
            case relkind when 'i' then pg_get_indexdef(c.oid) end)
        from pg_class c where relnamespace = 'public'::regnamespace
        union all
        select concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull,
            col_description(c.oid, attnum))
        from pg_attribute a join pg_class c on c.oid = attrelid
        where relnamespace = 'public'::regnamespace and attnum > 0
        union all
        select concat_ws(' ', conname, pg_get_constraintdef(oid))
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select concat(pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
        from pg_proc p join pg_language l on l.oid = prolang
        where pronamespace = 'public'::regnamespace and lanname <> 'internal'
        union all
        select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        union all
        select concat(component, ' ', version) from first_response_schema
        order by 1
        """);
  }
}
