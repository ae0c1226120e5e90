package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/** Wraps a source so that a listener gets each record, and can end the input. */
public final class ObservedSource<SplitT extends SourceSplit, StateT>
    extends SourceDecorator<SplitT, StateT> {

  @Serial private static final long serialVersionUID = 1;

  private final ReceivedListener listener;

  /**
   * @param listener gets the records of each reader in its task; it has to be serializable
   */
  public ObservedSource(Source<Received, SplitT, StateT> source, ReceivedListener listener) {
    super(source);
    this.listener = listener;
  }

  @Override
  public SourceReader<Received, SplitT> createReader(SourceReaderContext context) throws Exception {
    return new Reader<>(super.createReader(context), listener);
  }

  private static final class Reader<SplitT extends SourceSplit> extends ReaderDecorator<SplitT> {

    private final ReceivedListener listener;
    @Nullable private Outputs outputs;

    Reader(SourceReader<Received, SplitT> reader, ReceivedListener listener) {
      super(reader);
      this.listener = listener;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Received> output) throws Exception {
      if (!listener.wantsMore()) {
        return InputStatus.END_OF_INPUT;
      }
      if (outputs == null || outputs.output != output) {
        outputs = new Outputs(output, listener);
      }
      return super.pollNext(outputs);
    }
  }

  /** An output that the listener gets the records of. */
  private static class Output<O extends SourceOutput<Received>> extends OutputDecorator<O> {

    final ReceivedListener listener;
    private final String split;

    Output(O output, String split, ReceivedListener listener) {
      super(output);
      this.split = split;
      this.listener = listener;
    }

    @Override
    public void collect(Received received) {
      if (listener.wantsMore()) {
        listener.received(split, received);
        super.collect(received);
      }
    }

    @Override
    public void collect(Received received, long timestamp) {
      if (listener.wantsMore()) {
        listener.received(split, received);
        super.collect(received, timestamp);
      }
    }
  }

  private static final class Outputs extends Output<ReaderOutput<Received>>
      implements ReaderOutput<Received> {

    private final Map<String, SourceOutput<Received>> splits = new HashMap<>();

    Outputs(ReaderOutput<Received> output, ReceivedListener listener) {
      super(output, "", listener);
    }

    @Override
    public SourceOutput<Received> createOutputForSplit(String splitId) {
      return splits.computeIfAbsent(
          splitId, id -> new Output<>(output.createOutputForSplit(id), id, listener));
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      splits.remove(splitId);
      output.releaseOutputForSplit(splitId);
    }
  }
}
