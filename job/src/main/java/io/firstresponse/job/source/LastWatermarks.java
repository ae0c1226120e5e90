package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.time.Duration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

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
    implements Source<Received, SplitT, StateT> {

  @Serial private static final long serialVersionUID = 1;

  private static final Duration WITHOUT_SPLIT = Duration.ofMinutes(1);

  private final Source<Received, SplitT, StateT> source;
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
    this.source = source;
    this.times = times;
    this.withoutSplit = withoutSplit;
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SourceReader<Received, SplitT> createReader(SourceReaderContext context) throws Exception {
    SourceReader<Received, SplitT> reader =
        new LastWatermarksReader<>(source.createReader(context), times);
    return getBoundedness() == Boundedness.BOUNDED
        ? reader
        : new SplitlessReader<>(reader, withoutSplit);
  }

  @Override
  public SplitEnumerator<SplitT, StateT> createEnumerator(SplitEnumeratorContext<SplitT> context)
      throws Exception {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<SplitT, StateT> restoreEnumerator(
      SplitEnumeratorContext<SplitT> context, StateT state) throws Exception {
    return source.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<SplitT> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<StateT> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }
}
