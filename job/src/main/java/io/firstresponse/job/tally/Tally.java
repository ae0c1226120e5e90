package io.firstresponse.job.tally;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;

/**
 * The counts of one task. They are part of its checkpoints, so that after a crash each message is
 * counted once, as in the results. They are visible as metrics and as accumulators, while the job
 * runs and when it has ended.
 */
public final class Tally {

  private static final ListStateDescriptor<long[]> STATE =
      new ListStateDescriptor<>("counts", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

  private final Map<Count, LongCounter> counters = new EnumMap<>(Count.class);
  private final ListState<long[]> state;

  /**
   * Registers the counts, and restores them from the checkpoint if there is one. After rescaling
   * the restored counts are distributed over the tasks; only the sums over all tasks have a
   * meaning.
   */
  public Tally(RuntimeContext context, OperatorStateStore store, Count... counts) throws Exception {
    for (Count count : counts) {
      LongCounter counter = new LongCounter();
      context.addAccumulator(count.metric(), counter);
      context.getMetricGroup().counter(count.metric(), new Reading(counter));
      counters.put(count, counter);
    }
    state = store.getListState(STATE);
    for (long[] restored : state.get()) {
      for (Map.Entry<Count, LongCounter> counter : counters.entrySet()) {
        int at = counter.getKey().slot();
        if (at < restored.length) {
          counter.getValue().add(restored[at]);
        }
      }
    }
  }

  /** Adds to one of the counts given to the constructor. */
  public void add(Count count, long n) {
    counters.get(count).add(n);
  }

  /** The present count of this task, with the restored counts. */
  public long get(Count count) {
    return counters.get(count).getLocalValuePrimitive();
  }

  /** Writes the counts into the checkpoint. */
  public void snapshot() throws Exception {
    long[] now = new long[Count.values().length];
    counters.forEach((count, counter) -> now[count.slot()] = counter.getLocalValuePrimitive());
    state.update(List.of(now));
  }

  /** A count as a metric that can only be read. */
  private record Reading(LongCounter counter) implements Counter {
    @Override
    public void inc() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void inc(long n) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void dec() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void dec(long n) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long getCount() {
      return counter.getLocalValuePrimitive();
    }
  }
}
