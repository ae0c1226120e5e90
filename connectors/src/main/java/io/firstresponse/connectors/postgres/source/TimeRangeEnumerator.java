package io.firstresponse.connectors.postgres.source;

import io.firstresponse.connectors.PermanentFailure;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Assigns splits in the order of time, one to each reader that asks. Unassigned splits are later
 * than assigned ones, so no reader's watermark passes them.
 */
final class TimeRangeEnumerator implements SplitEnumerator<TimeRangeSplit, TimeRangeState> {

  private final SplitEnumeratorContext<TimeRangeSplit> context;
  private final long end;
  private final long restoredEnd;
  private final PriorityQueue<TimeRangeSplit> unassigned =
      new PriorityQueue<>(TimeRangeSplit.BY_TIME);

  /**
   * @param end the first time that is not read
   * @param state to go on from
   */
  TimeRangeEnumerator(
      SplitEnumeratorContext<TimeRangeSplit> context, long end, TimeRangeState state) {
    this.context = context;
    this.end = end;
    this.restoredEnd = state.end();
    this.unassigned.addAll(state.unassigned());
  }

  /**
   * Refuses state of a source with another end: its assigned splits have that end, so rows would be
   * left out, or reading would never end. It is refused here because Flink does not report a
   * failure of {@code restoreEnumerator} before the job runs.
   */
  @Override
  public void start() {
    if (restoredEnd != end) {
      throw new UncheckedIOException(
          new PermanentFailure(
              "This checkpoint is of a job that reads a PostgreSQL table %s, and this job reads it %s. Go on with the same end, or start without the checkpoint."
                  .formatted(text(restoredEnd), text(end))));
    }
  }

  private static String text(long end) {
    return end == TimeRangeSplit.NO_END
        ? "without end"
        : "up to " + Instant.EPOCH.plus(end, ChronoUnit.MICROS);
  }

  @Override
  public void addReader(int reader) {}

  /**
   * A reader without a split of an endless table stays, idle. If it ended, the job could not be
   * rescaled from its checkpoints.
   */
  @Override
  public void handleSplitRequest(int reader, String host) {
    if (!context.registeredReaders().containsKey(reader)) {
      return;
    }
    TimeRangeSplit next = unassigned.poll();
    if (next != null) {
      context.assignSplit(next, reader);
    } else if (end != TimeRangeSplit.NO_END) {
      context.signalNoMoreSplits(reader);
    }
  }

  /** The splits of a failed reader wait until a reader asks. */
  @Override
  public void addSplitsBack(List<TimeRangeSplit> splits, int reader) {
    unassigned.addAll(splits);
  }

  @Override
  public TimeRangeState snapshotState(long checkpointId) {
    return new TimeRangeState(end, unassigned.stream().sorted(TimeRangeSplit.BY_TIME).toList());
  }

  @Override
  public void close() {}
}
