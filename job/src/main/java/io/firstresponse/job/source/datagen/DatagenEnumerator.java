package io.firstresponse.job.source.datagen;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;

/**
 * Assigns split {@code s} to reader {@code s} modulo the parallelism. A reader gets all its splits
 * when it registers: the messages of a split that came later would be behind the watermark of the
 * reader.
 */
final class DatagenEnumerator implements SplitEnumerator<DatagenSplit, DatagenEnumeratorState> {

  private final SplitEnumeratorContext<DatagenSplit> context;
  private final Map<Integer, DatagenSplit> unassigned = new TreeMap<>();

  DatagenEnumerator(
      SplitEnumeratorContext<DatagenSplit> context, Collection<DatagenSplit> unassigned) {
    this.context = context;
    unassigned.forEach(split -> this.unassigned.put(split.ordinal(), split));
  }

  @Override
  public void start() {}

  @Override
  public void addReader(int reader) {
    int readers = context.currentParallelism();
    List<DatagenSplit> share =
        unassigned.values().stream().filter(split -> split.ordinal() % readers == reader).toList();
    if (!share.isEmpty()) {
      share.forEach(split -> unassigned.remove(split.ordinal()));
      context.assignSplits(new SplitsAssignment<>(Map.of(reader, share)));
    }
    context.signalNoMoreSplits(reader);
  }

  /** The splits of a failed reader are assigned when it registers again. */
  @Override
  public void addSplitsBack(List<DatagenSplit> splits, int reader) {
    splits.forEach(split -> unassigned.put(split.ordinal(), split));
  }

  /** Readers do not request splits, since they get all of them when they register. */
  @Override
  public void handleSplitRequest(int reader, String host) {}

  @Override
  public DatagenEnumeratorState snapshotState(long checkpointId) {
    return new DatagenEnumeratorState(List.copyOf(unassigned.values()));
  }

  @Override
  public void close() {}
}
