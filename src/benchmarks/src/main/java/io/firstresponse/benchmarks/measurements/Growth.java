package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.EventTimeOptions;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Whether the cost of a message depends on the number of messages, the number of customers and the
 * out-of-orderness; and what checkpoints cost as the buffer grows. It measures complete runs of the
 * operator alone on the heap backend, after warm-up. The time of a job without messages is
 * subtracted.
 */
final class Growth implements Bench.Measurement {

  private static final long MILLION = 1_000_000;

  /** A quantity that grows. */
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
      Run warmUp = new Run(bench, flink, 0);
      warmUp.seconds(messages(20 * MILLION));
      double idle = Double.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        idle = Math.min(idle, warmUp.seconds(messages(1_000)));
      }
      bench.say("a job with nothing to do: %.0f ms", idle * 1e3);
      bench.results().put(Figure.GROWTH_IDLE_JOB_MS, idle * 1e3);
      part.measure(new Run(bench, flink, idle));
    }
  }

  private static Traffic messages(long count) {
    return Traffic.of(ResponseMode.ANY_AGENT, count);
  }

  /**
   * The measurements, in a Flink after warm-up.
   *
   * @param idle the seconds that a job without messages takes
   */
  record Run(Bench bench, Flink flink, double idle) {

    void messages() throws Exception {
      // Small runs before and after the longest one, so that a machine that slows down affects all.
      double small = seconds(Growth.messages(MILLION), 5);
      double middle = seconds(Growth.messages(10 * MILLION), 2);
      double large = seconds(Growth.messages(100 * MILLION));
      middle += seconds(Growth.messages(10 * MILLION), 2);
      small += seconds(Growth.messages(MILLION), 5);
      bench.rate(Figure.GROWTH_MESSAGES_1M_ROWS_PER_S, 10 * MILLION / (small - 10 * idle));
      bench.rate(Figure.GROWTH_MESSAGES_10M_ROWS_PER_S, 40 * MILLION / (middle - 4 * idle));
      bench.rate(Figure.GROWTH_MESSAGES_100M_ROWS_PER_S, 100 * MILLION / (large - idle));
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
      // Nothing is out of order, and every message waits for the full hour: 36 million messages.
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
      bench.rate(figure, traffic.workload().end() / (seconds(traffic) - idle));
    }

    /** The sum of the seconds of several runs. */
    private double seconds(Traffic traffic, int times) throws Exception {
      double seconds = 0;
      for (int i = 0; i < times; i++) {
        seconds += seconds(traffic);
      }
      return seconds;
    }

    /** The seconds from the first message read to the end of the job. */
    private double seconds(Traffic traffic) throws Exception {
      Duration outOfOrderness = traffic.configuration().get(EventTimeOptions.MAX_OUT_OF_ORDERNESS);
      FlinkJob job =
          flink.run(
              env ->
                  OurFunction.sessions(
                          OperatorAlone.messages(env, traffic, outOfOrderness), outOfOrderness)
                      .sinkTo(new DiscardingSink<>()));
      FlinkJob.Times times = job.await(traffic.workload().end());
      job.forget();
      return (times.ended() - times.firstRead()) / 1e9;
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
