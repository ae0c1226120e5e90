package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.util.BitSet;

/**
 * The bytes of a full checkpoint on the heap backend per element of its state, beyond those of a
 * job without state. The messages are those of 30 s of traffic, about as many as wait at any
 * moment; a third of the customers have at least one.
 */
final class StateBytes implements Bench.Measurement {

  @Override
  public void run(Bench bench) throws Exception {
    Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, bench.scale().stateMessages());
    long messages = traffic.workload().end();
    long keys = customers(traffic.workload(), false);
    long openKeys = customers(traffic.workload(), true);
    try (Flink flink = Flink.start(OperatorAlone.settings("hashmap"))) {
      long empty =
          size(flink, new StandingState(traffic, m -> false, false, OurFunction::sessions));

      long bytes =
          size(flink, new StandingState(traffic, m -> true, false, StandingState::oneByte));
      // Without the one byte of the measurement.
      double backend = (double) (bytes - empty) / keys - 1;
      bench.results().put(Figure.STATE_BACKEND_BYTES_PER_KEY, backend);
      bench.say("the backend's own: %.1f bytes a key", backend);

      double buffered = (double) (size(flink, StandingState.buffered(traffic)) - empty) / messages;
      bench.results().put(Figure.STATE_BYTES_PER_BUFFERED_MESSAGE, buffered);
      bench.say("%,d messages that wait: %.1f bytes each", messages, buffered);

      double open =
          size(flink, new StandingState(traffic, m -> !m.direct(), true, OurFunction::sessions))
              - empty;
      bench.results().put(Figure.STATE_BYTES_PER_OPEN_SESSION_WITH_KEY, open / openKeys);
      bench.results().put(Figure.STATE_BYTES_PER_OPEN_SESSION, open / openKeys - backend);
      bench.say(
          "%,d open sessions: %.1f bytes each, %.1f of them beyond the backend's",
          openKeys, open / openKeys, open / openKeys - backend);

      double settled =
          size(flink, new StandingState(traffic, m -> m.direct(), true, OurFunction::sessions))
              - empty;
      bench.results().put(Figure.STATE_BYTES_PER_SETTLED_CUSTOMER, settled / keys);
      bench.say("settled customers: %.1f bytes each", settled / keys);
    }
  }

  private static long size(Flink flink, StandingState state) throws Exception {
    FlinkJob job = state.start(flink);
    long bytes = job.checkpoint().getStateSize();
    job.cancel();
    job.forget();
    return bytes;
  }

  /** The number of customers who write or are written to, or only of those who write. */
  private static long customers(Workload workload, boolean writing) {
    BitSet seen = new BitSet();
    for (long i = 0; i < workload.end(); i++) {
      var message = workload.message(i);
      if (!writing || !message.direct()) {
        seen.set((int) message.b());
      }
    }
    return seen.cardinality();
  }
}
