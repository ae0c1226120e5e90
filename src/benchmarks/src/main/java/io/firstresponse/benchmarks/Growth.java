package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.JobOptions;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Whether a message costs the same however many there are, of however many customers, and however
 * much out of order; and what checkpoints cost as the buffer grows. The operator alone, whole runs
 * on the heap backend, after one that warms up.
 */
final class Growth implements Bench.Measurement {

  private static final long MILLION = 1_000_000;

  /** What grows. */
  interface Part {
    void measure(Run run) throws Exception;
  }

  private final Part part;

  Growth(Part part) {
    this.part = part;
  }

  @Override
  public void run(Bench bench) throws Exception {
    try (Flink flink = Flink.start(OperatorAlone.settings("hashmap"))) {
      Run run = new Run(bench, flink);
      run.rate(messages(5 * MILLION));
      part.measure(run);
    }
  }

  private static Traffic messages(long count) {
    return Traffic.of(ResponseMode.ANY_AGENT, count);
  }

  /** The measurements, in a Flink that has warmed up. */
  record Run(Bench bench, Flink flink) {

    void messages() throws Exception {
      keep(Figure.GROWTH_MESSAGES_1M_ROWS_PER_S, Growth.messages(MILLION));
      keep(Figure.GROWTH_MESSAGES_10M_ROWS_PER_S, Growth.messages(10 * MILLION));
      keep(Figure.GROWTH_MESSAGES_100M_ROWS_PER_S, Growth.messages(100 * MILLION));
    }

    void customers() throws Exception {
      Traffic traffic = Growth.messages(10 * MILLION);
      String customers = "source.datagen.customers";
      keep(Figure.GROWTH_CUSTOMERS_100K_ROWS_PER_S, traffic.with(customers, "100000"));
      keep(Figure.GROWTH_CUSTOMERS_1M_ROWS_PER_S, traffic.with(customers, "1000000"));
      keep(Figure.GROWTH_CUSTOMERS_10M_ROWS_PER_S, traffic.with(customers, "10000000"));
    }

    void disorder() throws Exception {
      Traffic slow = Growth.messages(10 * MILLION).with("source.datagen.event-rate", "1000");
      keep(Figure.GROWTH_DISORDER_1S_ROWS_PER_S, disorderly(slow, "1 s"));
      keep(Figure.GROWTH_DISORDER_1MIN_ROWS_PER_S, disorderly(slow, "1 min"));
      keep(Figure.GROWTH_DISORDER_1H_ROWS_PER_S, disorderly(slow, "1 h"));
      // Nothing is out of order, and everything waits for the whole hour: 36 million messages.
      Traffic bound = Growth.messages(50 * MILLION).with("source.datagen.event-rate", "10000");
      keep(
          Figure.GROWTH_1H_AT_10K_ROWS_PER_S,
          disorderly(bound, "1 h").with("source.datagen.disorder", "0 s"));
    }

    private static Traffic disorderly(Traffic traffic, String disorder) {
      return traffic
          .with("source.datagen.disorder", disorder)
          .with("event-time.max-out-of-orderness", disorder);
    }

    private void keep(Figure figure, Traffic traffic) throws Exception {
      bench.rate(figure, rate(traffic));
    }

    /** Messages per second from the first one read to the end of the job. */
    double rate(Traffic traffic) throws Exception {
      Duration outOfOrderness = traffic.configuration().get(JobOptions.MAX_OUT_OF_ORDERNESS);
      FlinkJob job =
          flink.run(
              env ->
                  OurOperator.sessions(env, OperatorAlone.messages(env, traffic, outOfOrderness))
                      .sinkTo(new DiscardingSink<>()));
      long count = traffic.workload().end();
      FlinkJob.Times times = job.await(count);
      job.forget();
      return count / ((times.ended() - times.firstRead()) / 1e9);
    }

    void checkpoints() throws Exception {
      checkpoint(
          MILLION,
          Figure.CHECKPOINT_SYNC_MS_1M,
          Figure.CHECKPOINT_MS_1M,
          Figure.CHECKPOINT_MB_1M,
          Figure.RESTORE_MS_1M);
      checkpoint(
          10 * MILLION,
          Figure.CHECKPOINT_SYNC_MS_10M,
          Figure.CHECKPOINT_MS_10M,
          Figure.CHECKPOINT_MB_10M,
          Figure.RESTORE_MS_10M);
    }

    private void checkpoint(
        long buffered, Figure sync, Figure duration, Figure megabytes, Figure restoring)
        throws Exception {
      StandingState state = StandingState.buffered(Growth.messages(buffered));
      FlinkJob job = state.start(flink);
      AbstractCheckpointStats checkpoint = job.checkpoint();
      bench.results().put(sync, (double) FlinkJob.syncMillis(checkpoint));
      bench.results().put(duration, (double) checkpoint.getEndToEndDuration());
      bench.results().put(megabytes, checkpoint.getStateSize() / 1e6);
      StandingState.awaitSourceEnded(job);
      String savepoint = job.stopWithSavepoint(flink.savepoints());
      job.forget();
      FlinkJob restored = state.restore(flink, savepoint);
      long initializing = restored.initializingMillis();
      bench.results().put(restoring, (double) initializing);
      restored.cancel();
      restored.forget();
      bench.say(
          "%,d buffered: checkpoint of %.0f MB in %d ms, %d of them synchronous; restored in %d ms",
          buffered,
          checkpoint.getStateSize() / 1e6,
          checkpoint.getEndToEndDuration(),
          FlinkJob.syncMillis(checkpoint),
          initializing);
    }
  }
}
