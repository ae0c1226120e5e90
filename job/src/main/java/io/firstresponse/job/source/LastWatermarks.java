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
 * A source whose splits' last watermarks count. Flink emits watermarks some times a second, and
 * forgets a split when it ends: what the split had reached since would be lost, and so would all of
 * a split that is read in less.
 *
 * <p>A reader of input without end that has had no split for a minute becomes idle, so that it does
 * not hold the others back even if idleness is turned off. Not before: splits are assigned a moment
 * after the start.
 */
public final class LastWatermarks<SplitT extends SourceSplit, StateT>
    implements Source<Received, SplitT, StateT> {

  @Serial private static final long serialVersionUID = 1;

  private static final Duration WITHOUT_SPLIT = Duration.ofMinutes(1);

  private final Source<Received, SplitT, StateT> source;
  private final MessageTimes times;
  private final Duration withoutSplit;

  /**
   * @param times the watermarks that Flink makes of the same records
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
