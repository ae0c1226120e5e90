package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Live results as a reader of the table sees them. */
class LiveResultsIT {

  private static final long MESSAGES = 60_000;
  private static final long POLL_MILLIS = 10;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @ParameterizedTest
  @EnumSource
  void aReaderNeverSeesARuleBrokenAndNothingFinalChanges(ResponseMode mode) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options(
              "--results", "live",
              "--results.live-interval", "100 ms",
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(MESSAGES),
              "--source.datagen.rate", "10000",
              "--source.datagen.event-rate", "1000",
              "--source.datagen.customers", "300",
              "--source.datagen.agents", "5",
              "--source.datagen.disorder", "20 s",
              "--source.datagen.duplicates", "0.02",
              "--source.datagen.closes", "0.1",
              "--event-time.max-out-of-orderness", "20 s");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "STREAMING");
      flink.setString("execution.checkpointing.interval", "500 ms");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      watchFinalRows(database, mode);
      var result = env.executeAsync().getJobExecutionResult();
      long provisional = 0;
      while (!isDone(result)) {
        assertThat(database.strings(broken(mode))).isEmpty();
        provisional =
            Math.max(
                provisional, database.count("select count(*) from tbl_result where not final"));
      }
      assertThat(provisional).as("rows seen before they were final").isGreaterThan(500);
      assertThat(database.count("select count(*) from deleted"))
          .as("rows that turned out to be none")
          .isGreaterThan(500);
      assertThat(database.strings("select * from changed limit 5")).isEmpty();
      assertThat(database.count("select count(*) from tbl_correction where became_a is null"))
          .as("those, and some that the table never had")
          .isGreaterThanOrEqualTo(database.count("select count(*) from deleted"));
      assertThat(
              database.count(
                  "select count(*) from tbl_correction where was_a_ts is distinct from became_a_ts"
                      + " and became_a is not null"))
          .isPositive();
      assertThat(
              database.count(
                  "select count(*) from tbl_correction"
                      + " where was_closed_ts is not null and became_a_ts is not null"))
          .as("closed sessions that turned out to be answered before")
          .isPositive();

      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }

  private static boolean isDone(CompletableFuture<JobExecutionResult> result) throws Exception {
    try {
      result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * Sessions of a key that overlap, or open ones that are not the last, or that end before they
   * open.
   */
  private static String broken(ResponseMode mode) {
    String key = mode == ResponseMode.ANY_AGENT ? "b" : "b, a";
    return """
        select * from (
          select *, coalesce(a_ts, closed_ts) as ended,
            lead(b_ts) over (partition by %s order by b_ts) as next
          from tbl_result) x
        where next < ended or (ended is null and next is not null) or ended < b_ts
        limit 5
        """
        .formatted(key);
  }

  /**
   * Notes what happens to rows that are final and answered or closed, and which rows are deleted.
   */
  private static void watchFinalRows(TestDatabase database, ResponseMode mode) {
    String responder = mode == ResponseMode.ANY_AGENT ? "a" : "rsp_a";
    database.execute(
        "create table changed (was text, became text)",
        "create table deleted (was text)",
        """
        create function watch() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            insert into deleted values (old::text);
            if old.final then insert into changed values (old::text, null); end if;
          elsif old.final and (old.%1$s <> -1 or old.closed_ts is not null) then
            insert into changed values (old::text, new::text);
          end if;
          return null;
        end $$
        """
            .formatted(responder),
        "create trigger watch after update or delete on tbl_result"
            + " for each row execute function watch()");
  }
}
