package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

class DatagenEnumeratorTest {

  private final DatagenSource source =
      DatagenSource.from(new Configuration().set(DatagenOptions.SPLITS, 5));

  @Test
  void splitsAreDealtOutRoundRobinAtOnce() throws Exception {
    Readers readers = new Readers(2);
    SplitEnumerator<DatagenSplit, DatagenEnumeratorState> enumerator =
        source.createEnumerator(readers);
    enumerator.start();

    enumerator.addReader(1);
    assertThat(readers.assigned).containsExactly(Map.entry(1, List.of(whole(1), whole(3))));
    assertThat(readers.finished).containsExactly(1);
    assertThat(enumerator.snapshotState(1).unassigned())
        .containsExactly(whole(0), whole(2), whole(4));

    enumerator.addReader(0);
    assertThat(readers.assigned.get(0)).containsExactly(whole(0), whole(2), whole(4));
    assertThat(readers.finished).containsExactlyInAnyOrder(0, 1);
    assertThat(enumerator.snapshotState(2).unassigned()).isEmpty();
  }

  @Test
  void readersTooManyAreToldThatNothingComes() throws Exception {
    Readers readers = new Readers(7);
    SplitEnumerator<DatagenSplit, DatagenEnumeratorState> enumerator =
        source.createEnumerator(readers);

    enumerator.addReader(6);

    assertThat(readers.assigned).isEmpty();
    assertThat(readers.finished).containsExactly(6);
  }

  @Test
  void aFailedReaderGetsItsSplitsBackWhereTheyWere() throws Exception {
    Readers readers = new Readers(2);
    SplitEnumerator<DatagenSplit, DatagenEnumeratorState> enumerator =
        source.createEnumerator(readers);
    enumerator.addReader(0);
    enumerator.addReader(1);

    DatagenSplit advanced = new DatagenSplit(3, 5, 503);
    enumerator.addSplitsBack(List.of(whole(1), advanced), 1);
    assertThat(enumerator.snapshotState(1).unassigned()).containsExactly(whole(1), advanced);
    readers.assigned.clear();
    readers.finished.clear();
    enumerator.addReader(1);

    assertThat(readers.assigned).containsExactly(Map.entry(1, List.of(whole(1), advanced)));
    assertThat(readers.finished).containsExactly(1);
  }

  @Test
  void aRestoredEnumeratorDealsOutWhatNoReaderHad() throws Exception {
    Readers readers = new Readers(3);
    SplitEnumerator<DatagenSplit, DatagenEnumeratorState> enumerator =
        source.restoreEnumerator(readers, new DatagenEnumeratorState(List.of(whole(1), whole(4))));

    for (int reader = 0; reader < 3; reader++) {
      enumerator.addReader(reader);
    }

    assertThat(readers.assigned).containsExactly(Map.entry(1, List.of(whole(1), whole(4))));
    assertThat(readers.finished).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void theCountDecidesWhetherTheSourceIsBounded() {
    assertThat(source.getBoundedness()).isEqualTo(Boundedness.BOUNDED);
    assertThat(
            DatagenSource.from(new Configuration().set(DatagenOptions.COUNT, 0L)).getBoundedness())
        .isEqualTo(Boundedness.CONTINUOUS_UNBOUNDED);
  }

  @Test
  void optionsOutOfRangeAreNamed() {
    refused(DatagenOptions.SPLITS, 0);
    refused(DatagenOptions.SPLITS, 32_769);
    refused(DatagenOptions.RATE, -1.0);
    refused(DatagenOptions.RATE, Double.NaN);
    refused(DatagenOptions.RATE, Double.POSITIVE_INFINITY);
    refused(DatagenOptions.AGENTS, 0L);
  }

  private static <T> void refused(ConfigOption<T> option, T value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatagenSource.from(new Configuration().set(option, value)))
        .withMessageStartingWith(option.key() + " must be ");
  }

  private static DatagenSplit whole(int ordinal) {
    return DatagenSplit.atStart(ordinal, 5);
  }

  /** As many readers as the parallelism says, seen from the enumerator. */
  private static final class Readers implements SplitEnumeratorContext<DatagenSplit> {

    final Map<Integer, List<DatagenSplit>> assigned = new HashMap<>();
    final Set<Integer> finished = new HashSet<>();
    private final int parallelism;

    Readers(int parallelism) {
      this.parallelism = parallelism;
    }

    @Override
    public int currentParallelism() {
      return parallelism;
    }

    @Override
    public void assignSplits(SplitsAssignment<DatagenSplit> assignment) {
      assignment
          .assignment()
          .forEach(
              (reader, splits) -> {
                assertThat(finished)
                    .as("got the signal that no splits follow")
                    .doesNotContain(reader);
                assigned.computeIfAbsent(reader, r -> new ArrayList<>()).addAll(splits);
              });
    }

    @Override
    public void signalNoMoreSplits(int reader) {
      finished.add(reader);
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
    public Map<Integer, ReaderInfo> registeredReaders() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> void callAsync(
        Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      throw new UnsupportedOperationException();
    }
  }
}
