package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions that were closed without an answer, in figures from the rows and in kept ones. */
class ClosedFiguresIT {

  /** A closed session waits no more: it is a figure of its own, or has missed every target. */
  @Test
  void whatWasClosedIsNotMissedUnlessItCounts() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      SqlFiles.install(ResponseMode.ANY_AGENT).forEach(database::execute);
      database.execute(
          SqlFiles.read("optional/rollups.sql"),
          "delete from response_target",
          "insert into response_target (within, goal) values ('1 hour', 0.5)",
          "insert into agent_team (agent_id, team) values (1, 'red')",
          // Two answered in time, one too late. Closed: two of long ago, one of just now. One
          // waits.
          "insert into tbl_result (b, b_ts, asked_a, a, a_ts) select n, now() - interval '3 days', 1, 1,"
              + " now() - interval '3 days' + n * interval '40 min' from generate_series(1, 3) n"
              + " where n <> 2 union all select 2, now() - interval '3 days', 1, 1, now() - interval '3 days'",
          "insert into tbl_result (b, b_ts, asked_a, a, closed_ts) values"
              + " (4, now() - interval '3 days', 1, -1, now() - interval '2 days'),"
              + " (5, now() - interval '3 days', 1, -1, now() - interval '3 days'),"
              + " (6, now() - interval '1 min', 1, -1, now() - interval '1 s')",
          "insert into tbl_result (b, b_ts, asked_a) values (7, now() - interval '1 min', 1)");
      assertThat(database.strings("select customer_id, team from waiting_now"))
          .containsExactly("7 red");
      assertThat(
              database.strings(
                  "select queue_at(now() - interval '60 h'), queue_at(now() - interval '2 days'), queue_at(now())"))
          .containsExactly("1 0 1");
      for (boolean counts : new boolean[] {false, true}) {
        database.execute("update report_settings set closed_counts = " + counts);
        for (int time = 0; time < 2; time++) {
          for (String figures :
              List.of(
                  "sla_attainment",
                  "sla_attainment_by_week",
                  "sla_attainment_by_month",
                  "sla_attainment_by_team",
                  "sla_attainment(reporting_today() - 4, reporting_today() + 1)")) {
            assertThat(
                    database.strings(
                        "select sum(sessions), sum(answered), sum(unanswered), sum(closed), sum(within_target),"
                            + " sum(running), sum(missed) from "
                            + figures))
                .as("%s, closed ones count: %s", figures, counts)
                .containsExactly("7 3 1 3 2 1 " + (counts ? 4 : 1));
          }
          assertThat(
                  database.strings(
                      "select round(share::numeric, 3), met, median_seconds from sla_attainment"
                          + " where answered > 0"))
              .containsExactly((counts ? "0.400 f" : "0.667 t") + " 2400");
          assertThat(
                  database.strings(
                      "select median_of_all_seconds, p90_of_all_seconds from response_times_by_day"
                          + " where answered > 0"))
              .containsExactly(counts ? "7200 null" : "2400 7200");
          assertThat(
                  database.strings(
                      "select bracket, sum(sessions), count(share) > 0 from response_time_distribution"
                          + " where bracket in ('unanswered', 'closed') and sessions > 0 group by 1 order by 1"))
              .containsExactly("closed 3 " + (counts ? "t" : "f"), "unanswered 1 t");
          assertThat(
                  database.strings(
                      "select sum(asked), sum(asked_unanswered), sum(asked_closed) from response_times_by_agent"))
              .containsExactly("7 1 3");
          database.execute("select refresh_figures()");
        }
      }
    }
  }
}
