package io.firstresponse.job.source.datagen;

import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The source that generates the messages of a {@link Workload}. The stream has a fixed number of
 * splits, and message {@code i} belongs to split {@code i} modulo that number, so that the messages
 * do not depend on the parallelism. Each split has its own watermark. The options are {@link
 * DatagenOptions}.
 */
public final class DatagenSource implements Source<Received, DatagenSplit, DatagenEnumeratorState> {

  @Serial private static final long serialVersionUID = 1L;

  private static final int MAX_SPLITS = 32_768;
  private static final double MAX_RATE = 1e9;

  private final Workload workload;
  private final int splits;
  private final double rate;

  private DatagenSource(Workload workload, int splits, double rate) {
    Workload.require(
        splits >= 1 && splits <= MAX_SPLITS,
        DatagenOptions.SPLITS,
        splits,
        "from 1 to " + MAX_SPLITS);
    Workload.require(
        rate >= 0 && rate <= MAX_RATE, DatagenOptions.RATE, rate, "from 0 to 1000000000");
    this.workload = workload;
    this.splits = splits;
    this.rate = rate;
  }

  /**
   * Makes the source that the options describe.
   *
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  public static DatagenSource from(ReadableConfig options) {
    return new DatagenSource(
        Workload.from(options),
        options.get(DatagenOptions.SPLITS),
        options.get(DatagenOptions.RATE));
  }

  @Override
  public Boundedness getBoundedness() {
    return workload.isBounded() ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Received, DatagenSplit> createReader(SourceReaderContext context) {
    return new DatagenReader(
        workload,
        new Pace(rate, new Pace.MachineClock()),
        context.metricGroup().getIOMetricGroup().getNumRecordsInCounter());
  }

  @Override
  public SplitEnumerator<DatagenSplit, DatagenEnumeratorState> createEnumerator(
      SplitEnumeratorContext<DatagenSplit> context) {
    return new DatagenEnumerator(
        context,
        IntStream.range(0, splits).mapToObj(s -> DatagenSplit.atStart(s, splits)).toList());
  }

  @Override
  public SplitEnumerator<DatagenSplit, DatagenEnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<DatagenSplit> context, DatagenEnumeratorState state) {
    return new DatagenEnumerator(context, state.unassigned());
  }

  @Override
  public SimpleVersionedSerializer<DatagenSplit> getSplitSerializer() {
    return new DatagenSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<DatagenEnumeratorState> getEnumeratorCheckpointSerializer() {
    return new DatagenEnumeratorStateSerializer();
  }
}
