package io.firstresponse.connectors.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

class TimeRangeEnumeratorTest {

  private static final long END = 400;

  private final Readers readers = new Readers();
  private final List<TimeRangeSplit> splits = TimeRangeSplit.cut(0, END, 0, 399, 4);

  private TimeRangeEnumerator enumerator(long end, List<TimeRangeSplit> unassigned) {
    return new TimeRangeEnumerator(readers, end, new TimeRangeState(end, unassigned));
  }

  @Test
  void splitsAreHandedOutInTheOrderOfTime() {
    TimeRangeEnumerator enumerator =
        enumerator(END, List.of(splits.get(3), splits.get(1), splits.get(0), splits.get(2)));
    readers.register(0, 1);
    enumerator.handleSplitRequest(1, null);
    enumerator.handleSplitRequest(0, null);
    enumerator.handleSplitRequest(1, null);
    assertThat(readers.assigned.get(1)).containsExactly(splits.get(0), splits.get(2));
    assertThat(readers.assigned.get(0)).containsExactly(splits.get(1));
    assertThat(enumerator.snapshotState(1).unassigned()).containsExactly(splits.get(3));
  }

  @Test
  void whatAFailedReaderHadIsFirstInItsPlace() {
    TimeRangeEnumerator enumerator = enumerator(END, splits);
    readers.register(0, 1);
    enumerator.handleSplitRequest(0, null);
    enumerator.handleSplitRequest(1, null);
    enumerator.addSplitsBack(readers.assigned.remove(0), 0);
    assertThat(enumerator.snapshotState(1).unassigned())
        .containsExactly(splits.get(0), splits.get(2), splits.get(3));
    enumerator.handleSplitRequest(0, null);
    assertThat(readers.assigned.get(0)).containsExactly(splits.get(0));
  }

  @Test
  void readersOfARangeEndWhenNothingIsLeft() {
    TimeRangeEnumerator enumerator = enumerator(END, splits.subList(0, 1));
    readers.register(0, 1);
    enumerator.handleSplitRequest(0, null);
    enumerator.handleSplitRequest(1, null);
    assertThat(readers.ended).containsExactly(1);
    enumerator.handleSplitRequest(0, null);
    assertThat(readers.ended).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void readersWithoutAShareOfAnEndlessTableStay() {
    TimeRangeEnumerator enumerator = enumerator(TimeRangeSplit.NO_END, splits.subList(0, 1));
    readers.register(0, 1);
    enumerator.handleSplitRequest(0, null);
    enumerator.handleSplitRequest(1, null);
    assertThat(readers.ended).isEmpty();
  }

  @Test
  void aReaderThatIsGoneGetsNothing() {
    TimeRangeEnumerator enumerator = enumerator(END, splits);
    enumerator.handleSplitRequest(0, null);
    assertThat(enumerator.snapshotState(1).unassigned()).isEqualTo(splits);
  }

  @Test
  void stateOfAReadingWithAnotherEndIsRefused() {
    TimeRangeEnumerator other =
        new TimeRangeEnumerator(readers, END, new TimeRangeState(TimeRangeSplit.NO_END, List.of()));
    assertThatThrownBy(other::start)
        .hasCauseInstanceOf(PermanentFailure.class)
        .hasMessageContaining(
            "without end, and this job reads it up to 1970-01-01T00:00:00.000400Z");
    enumerator(END, splits).start();
  }

  /** What the enumerator does to readers. */
  private static final class Readers implements SplitEnumeratorContext<TimeRangeSplit> {

    private final Map<Integer, List<TimeRangeSplit>> assigned = new HashMap<>();
    private final Map<Integer, ReaderInfo> registered = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();

    void register(int... numbers) {
      for (int number : numbers) {
        registered.put(number, new ReaderInfo(number, "here"));
      }
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      return registered;
    }

    @Override
    public void assignSplits(SplitsAssignment<TimeRangeSplit> assignment) {
      assignment
          .assignment()
          .forEach(
              (reader, splits) ->
                  assigned.computeIfAbsent(reader, none -> new ArrayList<>()).addAll(splits));
    }

    @Override
    public void signalNoMoreSplits(int reader) {
      ended.add(reader);
    }

    @Override
    public int currentParallelism() {
      return registered.size();
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sendEventToSourceReader(int reader, SourceEvent event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <V> void callAsync(Callable<V> callable, BiConsumer<V, Throwable> handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <V> void callAsync(
        Callable<V> callable, BiConsumer<V, Throwable> handler, long delay, long period) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      throw new UnsupportedOperationException();
    }
  }
}
