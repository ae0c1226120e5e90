package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Messages that wait for an hour, in a heap of a given size: the rate of the function until the
 * messages of a full hour are waiting and some have become final, with a checkpoint every few
 * seconds, and the longest pause. No message is out of order.
 */
final class LongWait implements Bench.Measurement {

  private static final Duration BOUND = Duration.ofHours(1);
  private static final Duration CHECKPOINTS = Duration.ofSeconds(10);

  private final long waiting;
  private final String backend;
  private final Duration liveInterval;
  private final Figure figure;

  /**
   * A measurement with one state backend.
   *
   * @param waiting the number of messages that wait at the end
   * @param backend Flink's state backend
   * @param liveInterval zero for final results
   */
  LongWait(long waiting, String backend, Duration liveInterval, Figure figure) {
    this.waiting = waiting;
    this.backend = backend;
    this.liveInterval = liveInterval;
    this.figure = figure;
  }

  @Override
  public void run(Bench bench) throws Exception {
    long messages = waiting + waiting / 10;
    Traffic traffic =
        Traffic.of(ResponseMode.ANY_AGENT, messages)
            .with("source.datagen.event-rate", Long.toString(waiting / BOUND.toSeconds()))
            .with("source.datagen.disorder", "0 s");
    Map<String, String> settings = OperatorAlone.settings(backend);
    settings.put("execution.checkpointing.interval", CHECKPOINTS.toMillis() + " ms");
    try (Flink flink = Flink.start(settings)) {
      FlinkJob job =
          flink.run(
              env ->
                  OurFunction.sessions(
                          OperatorAlone.messages(env, traffic, BOUND), BOUND, liveInterval)
                      .sinkTo(new DiscardingSink<>()));
      job.awaitThat(() -> job.read() > 0);
      long first = System.nanoTime();
      long moved = first;
      long longest = 0;
      for (long read = 0; read < messages; ) {
        job.look();
        long now = System.nanoTime();
        if (job.read() > read) {
          read = job.read();
          longest = Math.max(longest, now - moved);
          moved = now;
        }
      }
      bench.rate(figure, messages / ((System.nanoTime() - first) / 1e9));
      bench.say(
          "%,d messages waited on %s in a heap of %,d MB; the longest pause was %,d ms",
          waiting,
          backend,
          Runtime.getRuntime().maxMemory() >> 20,
          TimeUnit.NANOSECONDS.toMillis(longest));
      for (AbstractCheckpointStats checkpoint : job.checkpoints()) {
        bench.say(
            "checkpoint %d: %,d MB, %,d of them new, in %,d ms, %,d of them synchronous",
            checkpoint.getCheckpointId(),
            checkpoint.getStateSize() / 1_000_000,
            checkpoint.getCheckpointedSize() / 1_000_000,
            checkpoint.getEndToEndDuration(),
            FlinkJob.syncMillis(checkpoint));
      }
      job.cancel();
    }
  }
}
