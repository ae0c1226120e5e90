package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the planner expects of the views in a new database. PostgreSQL compiles a query that it
 * expects to cost more than {@code jit_above_cost}, which takes many times as long as these
 * queries. The server of the tests cannot compile, so only the estimates are checked.
 */
class FiguresCostIT {

  private static final double JIT_ABOVE_COST = 100_000;

  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void noViewSeemsToBeWorthCompiling(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      SqlFiles.install(mode).forEach(database::execute);
      boolean any = mode == ResponseMode.ANY_AGENT;
      database.execute(
          "insert into tbl_result (b, b_ts, %s, a_ts) select n, timestamptz '2026-03-01' + n * interval '50 min',"
                  .formatted(any ? "asked_a, a" : "a, rsp_a")
              + " 1 + n % 6, 1 + n % 6, timestamptz '2026-03-01' + n * interval '51 min'"
              + " from generate_series(1, 400) n",
          "insert into business_calendar values ('c', 'Europe/Berlin')",
          "insert into business_hours select 'c', n, '09:00', '17:00' from generate_series(1, 5) n",
          "update report_settings set calendar = 'c'");
      check(database);
      database.execute(SqlFiles.read("optional/rollups.sql"));
      check(database);
      database.execute("select refresh_figures()");
      check(database);
    }
  }

  private static void check(TestDatabase database) throws Exception {
    List<String> views =
        database.strings(
            "select relname from pg_class c where relkind = 'v'"
                + " and relnamespace = 'public'::regnamespace"
                + " and obj_description(oid, 'pg_class') !~ '^Internal: ' order by 1");
    assertThat(views).contains("sla_attainment", "waiting_now").hasSize(25);
    for (String view : views) {
      String plan = database.strings("explain select * from " + view).get(0);
      assertThat(Double.parseDouble(plan.replaceAll(".*\\.\\.([0-9.]+) rows=.*", "$1")))
          .as("%s: %s", view, plan)
          .isLessThan(JIT_ABOVE_COST);
    }
  }
}
