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
 * Counts of one task that are part of its checkpoints, so that after a crash they say what the
 * results say: each message once. Without this the conservation of messages could not be shown for
 * a run that was interrupted. They can be read while the job runs and at its end, as metrics and as
 * accumulators.
 */
public final class Tally {

  private static final ListStateDescriptor<long[]> STATE =
      new ListStateDescriptor<>("counts", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

  private final Map<Count, LongCounter> counters = new EnumMap<>(Count.class);
  private final ListState<long[]> state;

  /**
   * Registers the counts and takes over what the checkpoint holds, if the task was restored from
   * one. After rescaling the tasks share out what there was; only the sums have a meaning.
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

  /** What was counted, by this task and by those that it took over from. */
  public long get(Count count) {
    return counters.get(count).getLocalValuePrimitive();
  }

  /** Puts the counts into the checkpoint that is being taken. */
  public void snapshot() throws Exception {
    long[] now = new long[Count.values().length];
    counters.forEach((count, counter) -> now[count.slot()] = counter.getLocalValuePrimitive());
    state.update(List.of(now));
  }

  /** Shows a count as a metric; it is changed only through {@link Tally#add}. */
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
