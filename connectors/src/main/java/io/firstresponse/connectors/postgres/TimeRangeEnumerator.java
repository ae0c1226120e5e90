package io.firstresponse.connectors.postgres;

import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Hands out splits in the order of time, one to each reader that asks: what is not handed out is
 * later than what is, so that no reader's watermark passes it.
 */
final class TimeRangeEnumerator implements SplitEnumerator<TimeRangeSplit, List<TimeRangeSplit>> {

  private final SplitEnumeratorContext<TimeRangeSplit> context;
  private final boolean bounded;
  private final PriorityQueue<TimeRangeSplit> unassigned =
      new PriorityQueue<>(TimeRangeSplit.BY_TIME);

  TimeRangeEnumerator(
      SplitEnumeratorContext<TimeRangeSplit> context,
      boolean bounded,
      Collection<TimeRangeSplit> unassigned) {
    this.context = context;
    this.bounded = bounded;
    this.unassigned.addAll(unassigned);
  }

  @Override
  public void start() {}

  @Override
  public void addReader(int reader) {}

  /**
   * A reader that gets nothing of an endless table stays, idle: were it to end, a job could not go
   * on from its checkpoint at another parallelism.
   */
  @Override
  public void handleSplitRequest(int reader, String host) {
    if (!context.registeredReaders().containsKey(reader)) {
      return;
    }
    TimeRangeSplit next = unassigned.poll();
    if (next != null) {
      context.assignSplit(next, reader);
    } else if (bounded) {
      context.signalNoMoreSplits(reader);
    }
  }

  /** A failed reader's splits wait until it comes back and asks. */
  @Override
  public void addSplitsBack(List<TimeRangeSplit> splits, int reader) {
    unassigned.addAll(splits);
  }

  @Override
  public List<TimeRangeSplit> snapshotState(long checkpointId) {
    return unassigned.stream().sorted(TimeRangeSplit.BY_TIME).toList();
  }

  @Override
  public void close() {}
}
