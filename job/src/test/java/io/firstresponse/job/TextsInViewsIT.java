package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The texts that views show beside ids: a name, or the id if it is a text, or nothing. */
class TextsInViewsIT {

  @ParameterizedTest
  @EnumSource
  void aNameOrAnIdOrNothing(ResponseMode mode) throws Exception {
    try (TestDatabase database = created(mode)) {
      boolean any = mode == ResponseMode.ANY_AGENT;
      database.execute(
          "insert into tbl_customer (customer, id, name) values (1, 'c1', 'Cy'), (2, 'c2', null)",
          "insert into tbl_agent (agent, id, name) values (10, null, 'Ann'), (11, 'a11', null)",
          "insert into tbl_result (b, b_ts, %s) values (1, '2026-03-01 10:00Z', 10, 10, '2026-03-01 10:01Z'), (2, '2026-03-01 11:00Z', 11, -1, null), (3, '2026-03-01 12:00Z', 12, -1, null)"
              .formatted(any ? "asked_a, a, a_ts" : "a, rsp_a, a_ts"),
          "insert into tbl_late (b, a, ts, direct, automated, watermark) values"
              + " (2, 11, '2026-03-01 11:05Z', true, false, now()), (3, 12, '2026-03-01 12:05Z', false, false, now())");
      if (any) {
        database.execute(
            "insert into tbl_result (b, b_ts, asked_a) values (4, '2026-03-01 13:00Z', -1)",
            "insert into tbl_late (b, a, ts, direct, automated, watermark) values (4, -1, '2026-03-01 13:05Z', false, false, now())");
      }
      assertThat(
              rows(
                  database,
                  "customer_id, customer, asked_agent, only_agent, responder from response_sessions"))
          .startsWith(
              "1|Cy|Ann|" + (any ? "-" : "Ann") + "|Ann",
              "2|c2|a11|" + (any ? "-" : "a11") + "|-",
              "3|-|-|-|-")
          .hasSize(any ? 4 : 3);
      assertThat(rows(database, "customer_id, customer, asked_agent from waiting_now"))
          .startsWith("2|c2|a11", "3|-|-")
          .hasSize(any ? 3 : 2);
      assertThat(rows(database, "customer_id, customer, only_agent from conversations"))
          .startsWith("1|Cy|" + (any ? "-" : "Ann"), "2|c2|" + (any ? "-" : "a11"), "3|-|-")
          .hasSize(any ? 4 : 3);
      assertThat(rows(database, "agent_id, agent, asked, answered from response_times_by_agent"))
          .containsExactly("10|Ann|1|1", "11|a11|1|0", "12|-|1|0");
      assertThat(rows(database, "customer_id, agent_id, customer, agent from late_messages"))
          .startsWith("2|11|c2|a11", "3|12|-|-")
          .last()
          .isEqualTo(any ? "4|-|-|-" : "3|12|-|-");
    }
  }

  /** So that figures cost what they cost without texts. */
  @ParameterizedTest
  @EnumSource
  void whoeverAsksForNoTextsReadsNone(ResponseMode mode) throws Exception {
    try (TestDatabase database = created(mode)) {
      for (String query :
          new String[] {
            "select responder_id, sum(response_seconds) from response_sessions group by 1",
            "select day, median_seconds from response_times_by_day",
            "select day, agent_id, p90_seconds from response_times_by_agent",
            "select count(*) from waiting_now",
            "select * from late_messages_by_hour",
          }) {
        assertThat(String.join("\n", database.strings("explain " + query)))
            .contains("tbl_result")
            .doesNotContain("tbl_agent")
            .doesNotContain("tbl_customer");
      }
      assertThat(
              String.join(
                  "\n",
                  database.strings("explain select customer, responder from response_sessions")))
          .contains("tbl_agent", "tbl_customer");
    }
  }

  private static TestDatabase created(ResponseMode mode) {
    TestDatabase database = TestDatabase.create(mode);
    SqlFiles.install(mode).forEach(database::execute);
    return database;
  }

  private static List<String> rows(TestDatabase database, String query) throws Exception {
    String columns = query.substring(0, query.indexOf(" from "));
    return database.strings(
        "select concat_ws('|', %s) %s order by 1"
            .formatted(
                columns.replaceAll("(\\w+)", "coalesce($1::text, '-')"),
                query.substring(query.indexOf(" from "))));
  }
}
