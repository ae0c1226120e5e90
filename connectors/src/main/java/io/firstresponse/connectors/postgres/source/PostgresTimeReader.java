package io.firstresponse.connectors.postgres.source;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;

/** Delivers the rows that a {@link TimeRangeReader} fetches, and keeps the rest of each split. */
final class PostgresTimeReader<T>
    extends SingleThreadMultiplexSourceReaderBase<
        TimedRow<T>, T, TimeRangeSplit, PostgresTimeReader.Progress> {

  /** The rest of a split. */
  static final class Progress {

    private TimeRangeSplit split;

    private Progress(TimeRangeSplit split) {
      this.split = split;
    }
  }

  private final boolean bounded;
  private final AtomicReference<TimeRangeReader<T>> fetching;

  private PostgresTimeReader(
      Supplier<TimeRangeReader<T>> readers,
      AtomicReference<TimeRangeReader<T>> fetching,
      boolean bounded,
      SourceReaderContext context) {
    super(
        () -> fetching.updateAndGet(before -> readers.get()),
        PostgresTimeReader::emit,
        context.getConfiguration(),
        context);
    this.fetching = fetching;
    this.bounded = bounded;
  }

  /**
   * Creates a reader without splits.
   *
   * @param readers creates the fetching part; called again after a failure of it
   */
  static <T> PostgresTimeReader<T> create(
      Supplier<TimeRangeReader<T>> readers, boolean bounded, SourceReaderContext context) {
    return new PostgresTimeReader<>(readers, new AtomicReference<>(), bounded, context);
  }

  @Override
  public void start() {
    if (getNumberOfCurrentlyAssignedSplits() == 0) {
      context.sendSplitRequest();
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    InputStatus status = super.pollNext(output);
    if (!bounded && getNumberOfCurrentlyAssignedSplits() == 0) {
      // Another reader has the only split, and must not wait for this one's watermark.
      output.markIdle();
    }
    return status;
  }

  @Override
  protected void onSplitFinished(Map<String, Progress> finished) {
    context.sendSplitRequest();
  }

  @Override
  protected Progress initializedState(TimeRangeSplit split) {
    return new Progress(split);
  }

  @Override
  protected TimeRangeSplit toSplitType(String splitId, Progress progress) {
    return progress.split;
  }

  @Override
  public void close() throws Exception {
    TimeRangeReader<T> reader = fetching.get();
    if (reader != null) {
      reader.abort();
    }
    super.close();
  }

  private static <T> void emit(TimedRow<T> row, SourceOutput<T> output, Progress progress) {
    if (row.time() == null) {
      output.collect(row.value());
    } else {
      output.collect(row.value(), Math.floorDiv(row.time(), 1000L));
    }
    if (row.position() != progress.split.from()) {
      progress.split = progress.split.at(row.position());
    }
  }
}
