package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The bytes of heap per waiting message, beyond those of a job without messages: with final
 * results, and with live ones, which also keep the messages of each customer in order.
 */
final class WaitingHeap implements Bench.Measurement {

  private static final int COLLECTIONS = 5;

  @Override
  public void run(Bench bench) throws Exception {
    Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().stateMessages());
    try (Flink flink = Flink.start(OperatorAlone.settings("hashmap"))) {
      OperatorAlone.Contestant live =
          (env, messages) ->
              OurFunction.sessions(messages, Duration.ofSeconds(60), Duration.ofSeconds(1));
      long nothing =
          heap(flink, new StandingState(traffic, m -> false, false, OurFunction::sessions));
      keep(bench, traffic, heap(flink, StandingState.buffered(traffic)) - nothing, false);
      keep(
          bench,
          traffic,
          heap(flink, new StandingState(traffic, m -> true, false, live)) - nothing,
          true);
    }
  }

  private static void keep(Bench bench, Traffic traffic, long bytes, boolean live) {
    double each = (double) bytes / traffic.workload().end();
    bench
        .results()
        .put(
            live ? Figure.HEAP_BYTES_PER_LIVE_MESSAGE : Figure.HEAP_BYTES_PER_WAITING_MESSAGE,
            each);
    bench.say("a message that waits, %s results: %.0f bytes", live ? "live" : "final", each);
  }

  /** The bytes in use after a garbage collection, while the job has no work. */
  private static long heap(Flink flink, StandingState state) throws Exception {
    FlinkJob job = state.start(flink);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    job.cancel();
    job.forget();
    return least;
  }
}
