package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.DuckDb;
import io.firstresponse.benchmarks.peers.Seed;
import io.firstresponse.benchmarks.peers.WindowQuery;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.JobTables;
import io.firstresponse.benchmarks.setup.Json;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.domain.ResponseMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * A batch of messages until its rows are committed. With messages of the generator: PostgreSQL's
 * COPY and window query, into a table without keys and into the job's table, and the job in BATCH
 * mode. With a file of JSON lines: DuckDB, and the job.
 */
final class BatchRace implements Bench.Measurement {

  /** The figures for one number of messages. */
  private record Figures(
      int millions, Figure bare, Figure keyed, Figure job, Figure duckDb, Figure jobFromFiles) {}

  private static final Figures[] RACES = {
    new Figures(
        1,
        Figure.WINDOW_QUERY_ROWS_PER_S_1M,
        Figure.WINDOW_QUERY_KEYED_ROWS_PER_S_1M,
        Figure.BATCH_ROWS_PER_S_1M,
        Figure.DUCKDB_ROWS_PER_S_1M,
        Figure.BATCH_FILES_ROWS_PER_S_1M),
    new Figures(
        5,
        Figure.WINDOW_QUERY_ROWS_PER_S_5M,
        Figure.WINDOW_QUERY_KEYED_ROWS_PER_S_5M,
        Figure.BATCH_ROWS_PER_S_5M,
        Figure.DUCKDB_ROWS_PER_S_5M,
        Figure.BATCH_FILES_ROWS_PER_S_5M),
    new Figures(
        10,
        Figure.WINDOW_QUERY_ROWS_PER_S_10M,
        Figure.WINDOW_QUERY_KEYED_ROWS_PER_S_10M,
        Figure.BATCH_ROWS_PER_S_10M,
        Figure.DUCKDB_ROWS_PER_S_10M,
        Figure.BATCH_FILES_ROWS_PER_S_10M)
  };

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start();
        Flink flink = Flink.start(Map.of("execution.runtime-mode", "BATCH"))) {
      new Race(bench, postgres, flink, Traffic.of(ResponseMode.ANY_AGENT, 500_000)).warmUp();
      for (Figures figures : RACES) {
        if (figures.millions > bench.scale().batchMillions()) {
          break;
        }
        long messages = figures.millions * 1_000_000L;
        new Race(bench, postgres, flink, Traffic.of(ResponseMode.ANY_AGENT, messages)).run(figures);
      }
    }
  }

  /** All contestants with the same messages. */
  private record Race(Bench bench, Postgres postgres, Flink flink, Traffic traffic) {

    /**
     * Runs once before the measurement, so that code is compiled and DuckDB's library is loaded.
     */
    void warmUp() throws Exception {
      double unusedJob = job(traffic);
      postgres.dropSchema("job");
      Path file = file();
      try {
        double unusedDuckDb = duckDb(file);
      } finally {
        Files.delete(file);
      }
      postgres.dropSchema("duckdb");
    }

    void run(Figures figures) throws Exception {
      WindowQuery query = windowQuery(figures);
      rate(figures.job, job(traffic));
      check(Figure.JOB_EXACT, query, "job");
      postgres.dropSchema("job");
      Path file = file();
      try {
        rate(figures.duckDb, duckDb(file));
        check(Figure.BATCH_PEERS_EXACT, query, "duckdb");
        postgres.dropSchema("duckdb");
        rate(figures.jobFromFiles, job(traffic.fromFile(file)));
        check(Figure.JOB_EXACT, query, "job");
        postgres.dropSchema("job");
      } finally {
        Files.delete(file);
      }
      postgres.dropSchema("expected");
    }

    private Path file() throws IOException {
      Path file = Files.createTempFile("first-response-", ".jsonl");
      Json.write(traffic.workload(), file);
      return file;
    }

    private WindowQuery windowQuery(Figures figures) throws SQLException {
      long start = System.nanoTime();
      WindowQuery query = WindowQuery.loaded(postgres, traffic, "expected");
      double loaded = Seed.seconds(start);
      start = System.nanoTime();
      query.store();
      double stored = Seed.seconds(start);
      bench.say("%d million: COPY %.1f s, window query %.1f s", figures.millions, loaded, stored);
      rate(figures.bare, loaded + stored);

      start = System.nanoTime();
      query.storeKeyed();
      rate(figures.keyed, loaded + Seed.seconds(start));
      check(Figure.BATCH_PEERS_EXACT, query, "expected");
      return query;
    }

    /** The seconds from opening the file to committed rows. */
    private double duckDb(Path file) throws Exception {
      JobTables.create(postgres, traffic, "duckdb");
      long start = System.nanoTime();
      DuckDb.fill(postgres, "duckdb", file);
      return Seed.seconds(start);
    }

    /** The seconds from the first message read to the end of the job. */
    private double job(Traffic input) throws Exception {
      postgres.freshSchema("job");
      Configuration options = input.intoSchema(postgres, "job");
      FlinkJob job = flink.run(env -> FirstResponseJob.define(env, options));
      FlinkJob.Times times = job.await(input.workload().end());
      job.forget();
      bench.say(
          "read after %.1f s, last row after %.1f s",
          (times.lastRead() - times.firstRead()) / 1e9,
          (times.lastSent() - times.firstRead()) / 1e9);
      return (times.ended() - times.firstRead()) / 1e9;
    }

    private void rate(Figure figure, double seconds) {
      bench.rate(figure, traffic.workload().end() / seconds);
    }

    private void check(Figure figure, WindowQuery query, String schema) throws SQLException {
      boolean exact = query.isTableOf(schema);
      bench.results().putAll(figure, exact);
      bench.say(exact ? "every row as the window query has it" : "NOT EXACT");
    }
  }
}
