package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.time.Duration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * Wraps a source so that the last watermark of each split is emitted when the split ends. Flink
 * emits watermarks a few times a second and drops a split when it ends. Without this class the
 * watermark of the last records would be lost, and so would the watermark of a split that is read
 * within one interval.
 *
 * <p>In unbounded input, a reader that has had no split for a minute becomes idle, even if idleness
 * is turned off, so that it does not hold the other readers back. It must not be idle earlier,
 * since splits are assigned shortly after the start.
 */
public final class LastWatermarks<SplitT extends SourceSplit, StateT>
    extends SourceDecorator<SplitT, StateT> {

  @Serial private static final long serialVersionUID = 1;

  private static final Duration WITHOUT_SPLIT = Duration.ofMinutes(1);

  private final MessageTimes times;
  private final Duration withoutSplit;

  /**
   * @param times the watermark of a record, as the watermark strategy of the job makes it
   */
  public LastWatermarks(Source<Received, SplitT, StateT> source, MessageTimes times) {
    this(source, times, WITHOUT_SPLIT);
  }

  /**
   * @param withoutSplit how long a reader may wait for its first split before it is idle
   */
  LastWatermarks(
      Source<Received, SplitT, StateT> source, MessageTimes times, Duration withoutSplit) {
    super(source);
    this.times = times;
    this.withoutSplit = withoutSplit;
  }

  @Override
  public SourceReader<Received, SplitT> createReader(SourceReaderContext context) throws Exception {
    SourceReader<Received, SplitT> reader =
        new LastWatermarksReader<>(super.createReader(context), times);
    return getBoundedness() == Boundedness.BOUNDED
        ? reader
        : new SplitlessReader<>(reader, withoutSplit);
  }
}
