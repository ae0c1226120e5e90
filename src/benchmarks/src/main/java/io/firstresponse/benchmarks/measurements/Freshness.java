package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.CpuMeter;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;

/**
 * The time from the arrival of a session's messages at the operator to the commit of its row, by
 * PostgreSQL's record of commit times.
 *
 * <p>With final results messages arrive in order and the bound is zero. The time then consists of
 * the watermark interval, the batch and the database, without the bound that a user would choose.
 * With live results messages arrive out of order and the bound is an hour. A corrected row counts
 * with its last commit, which is later than its first.
 */
final class Freshness implements Bench.Measurement {

  private static final int WARM_UP_SECONDS = 10;
  private static final int SECONDS = 30;

  private static final int LATELY_SECONDS = 5;
  private static final String LIVE_DISORDER = "10 s";

  /** One of this many customers is sampled. */
  private static final int SAMPLE = 10;

  private record Sent(long b, long ts, boolean direct) {}

  /** The times at which messages arrived at the operator, in microseconds since 1970. */
  private static final Map<Sent, Long> ARRIVED = new ConcurrentHashMap<>();

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start(Map.of("track_commit_timestamp", "on"));
        Flink flink = Flink.start(Flink.FOREIGN_OPERATORS)) {
      at(
          20_000,
          bench,
          postgres,
          flink,
          Figure.FRESHNESS_P50_MS_AT_20K,
          Figure.FRESHNESS_P95_MS_AT_20K,
          Figure.FRESHNESS_P99_MS_AT_20K);
      at(
          100_000,
          bench,
          postgres,
          flink,
          Figure.FRESHNESS_P50_MS_AT_100K,
          Figure.FRESHNESS_P95_MS_AT_100K,
          Figure.FRESHNESS_P99_MS_AT_100K);
      at(
          20_000,
          Duration.ofHours(1),
          true,
          bench,
          postgres,
          flink,
          Figure.FRESHNESS_LIVE_P50_MS_AT_20K,
          Figure.FRESHNESS_LIVE_P95_MS_AT_20K,
          Figure.FRESHNESS_LIVE_P99_MS_AT_20K);
    }
  }

  private static void at(
      int rate, Bench bench, Postgres postgres, Flink flink, Figure p50, Figure p95, Figure p99)
      throws Exception {
    at(rate, Duration.ZERO, false, bench, postgres, flink, p50, p95, p99);
  }

  private static void at(
      int rate,
      Duration bound,
      boolean live,
      Bench bench,
      Postgres postgres,
      Flink flink,
      Figure p50,
      Figure p95,
      Figure p99)
      throws Exception {
    String perSecond = Integer.toString(rate);
    // The rows are read while the job runs: at its end all sessions become final and are written
    // again.
    Traffic traffic =
        Traffic.of(ResponseMode.ANY_AGENT, (long) rate * (WARM_UP_SECONDS + 2 * SECONDS))
            .with("source.datagen.rate", perSecond)
            .with("source.datagen.event-rate", perSecond)
            .with("source.datagen.disorder", live ? LIVE_DISORDER : "0 s")
            .with("results", live ? "live" : "final")
            .with("event-time.max-out-of-orderness", bound.toSeconds() + " s");
    postgres.freshSchema("job");
    Configuration options = traffic.intoSchema(postgres, "job");
    ResultDatabase database = new ResultDatabase(options);
    new TableCheck(database, options).run();
    FlinkJob job =
        flink.run(
            env ->
                OurFunction.sessions(
                        OperatorAlone.messages(env, traffic, bound).map(Freshness::seen),
                        bound,
                        live ? options.get(ResultOptions.LIVE_INTERVAL) : Duration.ZERO)
                    .sinkTo(database.results()));
    long warm = (long) rate * WARM_UP_SECONDS;
    job.awaitThat(() -> job.read() >= warm);
    CpuMeter cpu = new CpuMeter(postgres);
    job.awaitThat(() -> job.read() >= warm + (long) rate * SECONDS);
    CpuMeter.Cores cores = cpu.stop();
    long[] waits = waits(postgres);
    if (waits.length == 0) {
      throw new IllegalStateException("no answer was seen");
    }
    bench.results().put(p50, percentile(waits, 50));
    bench.results().put(p95, percentile(waits, 95));
    bench.results().put(p99, percentile(waits, 99));
    bench.say(
        "%,d messages/s, %s: %,d answers, P50 %.0f ms, P95 %.0f ms, P99 %.0f ms;"
            + " cores busy: Flink %.2f, PostgreSQL %.2f",
        rate,
        live ? "live, a bound of " + bound : "final",
        waits.length,
        percentile(waits, 50),
        percentile(waits, 95),
        percentile(waits, 99),
        cores.flink(),
        cores.postgres());
    job.cancel();
    job.forget();
    ARRIVED.clear();
    postgres.dropSchema("job");
  }

  private static Message seen(Message message) {
    if (message.b() % SAMPLE == 0) {
      ARRIVED.putIfAbsent(
          new Sent(message.b(), message.ts(), message.direct()), micros(Instant.now()));
    }
    return message;
  }

  /** The times of the answers that arrived after warm-up, in microseconds, sorted. */
  private static long[] waits(Postgres postgres) throws SQLException {
    long first = ARRIVED.values().stream().mapToLong(Long::longValue).min().orElse(0);
    long from = first + WARM_UP_SECONDS * 1_000_000L;
    // Of the most recent answers only the fast ones have been committed; counting them would be a
    // bias.
    long until = micros(Instant.now()) - LATELY_SECONDS * 1_000_000L;
    LongStream.Builder waits = LongStream.builder();
    try (Connection connection = postgres.connect("job");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select b, %s, %s, %s from tbl_result where a <> -1 and b %% %d = 0"
                    .formatted(
                        micros("b_ts"),
                        micros("a_ts"),
                        micros("pg_xact_commit_timestamp(xmin)"),
                        SAMPLE))) {
      while (rows.next()) {
        long asked = ARRIVED.get(new Sent(rows.getLong(1), rows.getLong(2), false));
        long answered = ARRIVED.get(new Sent(rows.getLong(1), rows.getLong(3), true));
        // The session exists as soon as both of its messages have arrived, in whatever order.
        long arrived = Math.max(asked, answered);
        if (arrived > from && arrived < until) {
          waits.add(rows.getLong(4) - arrived);
        }
      }
    }
    return waits.build().sorted().toArray();
  }

  private static String micros(String time) {
    return "(extract(epoch from " + time + ") * 1000000)::bigint";
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  private static double percentile(long[] sorted, int percent) {
    return sorted[sorted.length * percent / 100] / 1000.0;
  }
}
