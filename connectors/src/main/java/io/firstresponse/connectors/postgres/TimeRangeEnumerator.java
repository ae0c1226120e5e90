package io.firstresponse.connectors.postgres;

import io.firstresponse.connectors.PermanentFailure;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Hands out splits in the order of time, one to each reader that asks: what is not handed out is
 * later than what is, so that no reader's watermark passes it.
 */
final class TimeRangeEnumerator implements SplitEnumerator<TimeRangeSplit, TimeRangeState> {

  private final SplitEnumeratorContext<TimeRangeSplit> context;
  private final long end;
  private final long restoredEnd;
  private final PriorityQueue<TimeRangeSplit> unassigned =
      new PriorityQueue<>(TimeRangeSplit.BY_TIME);

  /**
   * Goes on from a state.
   *
   * @param end the first time not to read
   */
  TimeRangeEnumerator(
      SplitEnumeratorContext<TimeRangeSplit> context, long end, TimeRangeState state) {
    this.context = context;
    this.end = end;
    this.restoredEnd = state.end();
    this.unassigned.addAll(state.unassigned());
  }

  /**
   * State of a reading with another end is refused: the splits that were handed out end where that
   * one was to end, so what comes after would be left out, or the reading would never end. It is
   * refused here, because Flink loses a failure while it restores a job that has not begun.
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
    } else if (end != TimeRangeSplit.NO_END) {
      context.signalNoMoreSplits(reader);
    }
  }

  /** A failed reader's splits wait until it comes back and asks. */
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
