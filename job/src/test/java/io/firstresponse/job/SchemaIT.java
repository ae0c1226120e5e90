package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the files of conf/sql create: those of install.sql, the roles, and the stored figures. */
class SchemaIT {

  @ParameterizedTest
  @EnumSource
  void everythingSaysWhatItIs(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      // The messages of the test.
      database.execute("drop table tbl");
      files(mode).forEach(file -> database.execute(SqlFiles.read(file)));
      String ours = " c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm')";
      assertThat(
              database.strings(
                  "select c.relname from pg_class c where"
                      + ours
                      + " and obj_description(c.oid, 'pg_class') is null"))
          .as("tables and views without a comment")
          .isEmpty();
      assertThat(
              database.strings(
                  "select c.relname || '.' || a.attname from pg_class c"
                      + " join pg_attribute a on a.attrelid = c.oid where"
                      + ours
                      // Of what somebody is meant to read or write.
                      + " and (has_table_privilege('first_response_reader', c.oid, 'select')"
                      + " or has_table_privilege('first_response_writer', c.oid, 'insert'))"
                      + " and a.attnum > 0 and not a.attisdropped"
                      + " and col_description(c.oid, a.attnum) is null"))
          .as("columns without a comment")
          .isEmpty();
      // Those of types are PostgreSQL's own.
      assertThat(
              database.strings(
                  "select proname from pg_proc p join pg_language l on l.oid = p.prolang"
                      + " where pronamespace = 'public'::regnamespace and lanname <> 'internal'"
                      + " and obj_description(p.oid, 'pg_proc') is null"))
          .as("functions without a comment")
          .isEmpty();
      assertThat(
              database.count(
                  "select count(*) from pg_class c where"
                      + ours
                      + " and has_table_privilege('first_response_reader', c.oid, 'select')"))
          .as("what a reader sees")
          .isGreaterThanOrEqualTo(23);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDatabaseEnforcesTheRulesOfSessions(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      SqlFiles.install(mode).forEach(database::execute);
      // Answered, closed, and open: three sessions of one key.
      database.execute(
          session(mode, 1, "3, '10:05Z', null"),
          session(mode, 2, "-1, null, '10:02Z'"),
          session(mode, 3, "-1, null, null"));
      assertThatThrownBy(() -> database.execute(session(mode, 4, "-1, null, null")))
          .as("a second open session")
          .rootCause()
          .hasMessageContaining("unique constraint \"uk\"");
      for (String closed : List.of("-1, null, '10:03:59.999999Z'", "3, '10:05Z', '10:06Z'")) {
        assertThatThrownBy(() -> database.execute(session(mode, 4, closed)))
            .as("closed before it opened, or though it was answered")
            .rootCause()
            .hasMessageContaining("tbl_result_closed");
      }
      for (String answered : List.of("3, null, null", "-1, '10:05Z', null")) {
        assertThatThrownBy(() -> database.execute(session(mode, 4, answered)))
            .rootCause()
            .hasMessageContaining("tbl_result_open");
      }
      database.execute(session(mode, 4, "-1, null, '10:04Z'"));
      assertThat(database.strings("select status from response_sessions order by opened_at"))
          .containsExactly("answered", "closed", "open", "closed");
      assertThat(database.strings("select opened_at = '2026-03-01 10:03Z' from waiting_now"))
          .containsExactly("t");
    }
  }

  /** Opened at so many minutes past ten. */
  private static String session(ResponseMode mode, int minute, String end) {
    return "insert into tbl_result (b, b_ts, %s, a_ts, closed_ts) values (2, '2026-03-01 10:0%dZ', 7, %s)"
        .formatted(
            mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a",
            minute,
            end.replace("'1", "'2026-03-01 1"));
  }

  /**
   * A database with kept figures of another release: a view has other columns, one is missing, a
   * function does something else. Bringing them up to date leaves what this release makes, and
   * neither rows nor settings change.
   */
  @ParameterizedTest
  @EnumSource
  void figuresOfAnotherReleaseAreBroughtUpToDate(ResponseMode mode) throws Exception {
    try (TestDatabase fresh = TestDatabase.create(mode);
        TestDatabase database = TestDatabase.create(mode)) {
      List<String> figures = new ArrayList<>();
      for (String file : files(mode)) {
        if (file.matches(".*(08-response-sessions|09-figures|14-missing|rollups).sql")) {
          figures.add(file);
        } else {
          fresh.execute(SqlFiles.read(file));
        }
        database.execute(SqlFiles.read(file));
      }
      assertThat(figures).hasSize(4);
      List<String> without = definitions(fresh);
      figures.forEach(file -> fresh.execute(SqlFiles.read(file)));

      String others = mode == ResponseMode.ANY_AGENT ? "asked_a" : "rsp_a";
      database.execute(
          "insert into tbl_result (b, b_ts, a, a_ts, %s) values (2, '2026-03-01', 3, '2026-03-02', 4)"
              .formatted(others),
          "update report_settings set time_zone = 'Asia/Tokyo'",
          "delete from response_target where name <> '1 hour'",
          "select refresh_figures()",
          "alter view reporting_days rename column ends_at to until",
          "drop view late_messages_by_hour",
          "create or replace function queue_at(moment timestamptz) returns bigint"
              + " language sql as 'select 0::bigint'",
          "create view my_own as select * from hour_of_week");
      List<String> kept = kept(database);
      List<String> before = definitions(database);
      assertThat(before).isNotEqualTo(definitions(fresh));

      String remove = SqlFiles.read("maintenance/remove-figures.sql");
      assertThatThrownBy(() -> database.execute(remove))
          .rootCause()
          .hasMessageContaining("view my_own depends on view hour_of_week");
      assertThat(definitions(database))
          .as("nothing is done by halves")
          .containsExactlyElementsOf(before);
      database.execute("drop view my_own", remove);
      assertThat(definitions(database))
          .as("nothing of the figures is left")
          .containsExactlyElementsOf(without);
      figures.forEach(file -> database.execute(SqlFiles.read(file)));
      assertThat(definitions(database)).containsExactlyElementsOf(definitions(fresh));
      assertThat(kept(database)).containsExactlyElementsOf(kept);
      database.execute("select refresh_figures()");
      assertThat(
              database.strings(
                  "select day, sessions, within_targets from response_times_by_day order by day"))
          .containsExactly("2026-03-01 1 {\"1 hour\": 0}");
    }
  }

  /** Relations, functions and triggers, with what is said of them, and who may read the views. */
  private static List<String> definitions(TestDatabase database) throws Exception {
    return database.strings(
        """
        select concat_ws(' ', relname, relkind,
            case relkind when 'v' then concat(relacl, pg_get_viewdef(c.oid)) end,
            (select string_agg(concat(attname, ': ', col_description(c.oid, attnum)), ', ' order by attnum)
             from pg_attribute where attrelid = c.oid and attnum > 0))
        from pg_class c where relnamespace = 'public'::regnamespace and relname <> 'my_own'
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

  /** What a person or the job has written. */
  private static List<String> kept(TestDatabase database) throws Exception {
    return database.strings(
        """
        select (select r::text from tbl_result r), (select s::text from report_settings s),
          (select t::text from response_target t), (select string_agg(b::text, ' ') from response_bracket b)
        """);
  }

  /** The indexes are created outside of a transaction, and have no comments. */
  private static List<String> files(ResponseMode mode) {
    List<String> files = new ArrayList<>(SqlFiles.installed(mode));
    files.addAll(List.of("optional/roles.sql", "optional/rollups.sql"));
    return files;
  }
}
