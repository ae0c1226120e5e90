package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import javax.annotation.Nullable;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * Keeps the watermark of each split and emits it when the split ends. When the last split of the
 * reader has ended, it emits the highest watermark of all of them.
 */
final class LastWatermarksReader<SplitT extends SourceSplit> extends ReaderDecorator<SplitT> {

  private final ToLongFunction<Received> times;
  @Nullable private Outputs outputs;

  LastWatermarksReader(SourceReader<Received, SplitT> reader, ToLongFunction<Received> times) {
    super(reader);
    this.times = times;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Received> output) throws Exception {
    if (outputs == null || outputs.output != output) {
      outputs = new Outputs(output);
    }
    return super.pollNext(outputs);
  }

  private final class Outputs extends OutputDecorator<ReaderOutput<Received>>
      implements ReaderOutput<Received> {

    private final Map<String, SplitOutput> splits = new HashMap<>();
    private long highestEnded = Long.MIN_VALUE;

    Outputs(ReaderOutput<Received> output) {
      super(output);
    }

    @Override
    public SourceOutput<Received> createOutputForSplit(String splitId) {
      return splits.computeIfAbsent(
          splitId, id -> new SplitOutput(output.createOutputForSplit(id)));
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      SplitOutput ended = splits.remove(splitId);
      if (ended != null && ended.reached != Long.MIN_VALUE) {
        ended.output.emitWatermark(new Watermark(ended.reached));
        highestEnded = Math.max(highestEnded, ended.reached);
      }
      output.releaseOutputForSplit(splitId);
      if (splits.isEmpty() && highestEnded != Long.MIN_VALUE) {
        output.emitWatermark(new Watermark(highestEnded));
      }
    }
  }

  private final class SplitOutput extends OutputDecorator<SourceOutput<Received>> {

    private long reached = Long.MIN_VALUE;

    SplitOutput(SourceOutput<Received> output) {
      super(output);
    }

    @Override
    public void collect(Received received) {
      output.collect(received);
      note(received);
    }

    @Override
    public void collect(Received received, long timestamp) {
      output.collect(received, timestamp);
      note(received);
    }

    private void note(Received received) {
      reached = Math.max(reached, times.applyAsLong(received));
    }
  }
}
