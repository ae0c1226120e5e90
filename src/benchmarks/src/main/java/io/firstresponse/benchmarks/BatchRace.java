package io.firstresponse.benchmarks;

import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.domain.ResponseMode;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * All messages at once: PostgreSQL's COPY and window query into a table, and the job in BATCH mode
 * into its own. Both from the generator to rows that are committed.
 */
final class BatchRace implements Bench.Measurement {

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start();
        Flink flink = Flink.start(Map.of("execution.runtime-mode", "BATCH"))) {
      job(postgres, flink, Traffic.of(ResponseMode.ANY_AGENT, 500_000));
      postgres.dropSchema("job");
      race(
          bench, postgres, flink, 1, Figure.WINDOW_QUERY_ROWS_PER_S_1M, Figure.BATCH_ROWS_PER_S_1M);
      race(
          bench, postgres, flink, 5, Figure.WINDOW_QUERY_ROWS_PER_S_5M, Figure.BATCH_ROWS_PER_S_5M);
      race(
          bench,
          postgres,
          flink,
          10,
          Figure.WINDOW_QUERY_ROWS_PER_S_10M,
          Figure.BATCH_ROWS_PER_S_10M);
    }
  }

  private static void race(
      Bench bench, Postgres postgres, Flink flink, int millions, Figure theirs, Figure ours)
      throws Exception {
    long messages = millions * 1_000_000L;
    Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, messages);
    long start = System.nanoTime();
    WindowQuery query = WindowQuery.loaded(postgres, traffic, "expected");
    double loaded = Seed.seconds(start);
    query.store();
    double stored = Seed.seconds(start);
    bench.say("%d million: COPY %.1f s, window query %.1f s", millions, loaded, stored - loaded);
    bench.rate(theirs, messages / stored);

    bench.rate(ours, messages / job(postgres, flink, traffic));
    boolean exact = query.isTableOf("job");
    bench.results().putAll(Figure.JOB_EXACT, exact);
    bench.say(exact ? "every row as the window query has it" : "NOT EXACT");
    postgres.dropSchema("job");
    postgres.dropSchema("expected");
  }

  private static double job(Postgres postgres, Flink flink, Traffic traffic) throws Exception {
    postgres.freshSchema("job");
    Configuration options = traffic.intoSchema(postgres, "job");
    FlinkJob job = flink.run(env -> FirstResponseJob.define(env, options));
    FlinkJob.Times times = job.await(traffic.workload().end());
    job.forget();
    return (times.ended() - times.firstRead()) / 1e9;
  }
}
