package io.firstresponse.job.testing;

import io.firstresponse.job.domain.Received;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimitedSourceReader;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** A source, state and all, that takes its time: so that the job can be ended in the middle. */
public final class SlowSource<SplitT extends SourceSplit, StateT>
    implements Source<Received, SplitT, StateT> {

  private static final long serialVersionUID = 1;

  private final Source<Received, SplitT, StateT> source;
  private final double perSecond;

  /**
   * @param perSecond how many records all readers read together
   */
  public SlowSource(Source<Received, SplitT, StateT> source, double perSecond) {
    this.source = source;
    this.perSecond = perSecond;
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  @SuppressWarnings("unchecked")
  public SourceReader<Received, SplitT> createReader(SourceReaderContext context) throws Exception {
    SourceReader<Received, SplitT> reader = source.createReader(context);
    return new RateLimitedSourceReader<>(
        reader,
        RateLimiterStrategy.perSecond(perSecond).createRateLimiter(context.currentParallelism())) {
      /** Flink's own keeps them to itself. */
      @Override
      public void handleSourceEvents(SourceEvent event) {
        reader.handleSourceEvents(event);
      }
    };
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
