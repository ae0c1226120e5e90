package io.firstresponse.job.source.kafka;

import java.io.IOException;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/**
 * Wraps the connector's enumerator of a bounded source after a restore. The connector signals that
 * no more splits follow only if it discovers new partitions. Without the signal the readers would
 * wait for ever at the end of their partitions. This class gives the signal after the first
 * discovery, in any case.
 */
final class RestoredPartitions
    implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions;
  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private boolean complete;

  RestoredPartitions(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions,
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    this.partitions = partitions;
    this.context = context;
  }

  @Override
  public void start() {
    partitions.start();
    // Flink runs these calls one after the other: this one after the discovery of partitions, and
    // the next one after the lookup of their offsets.
    context.callAsync(() -> true, (looked, none) -> awaitOffsets());
  }

  private void awaitOffsets() {
    context.callAsync(
        () -> true,
        (looked, none) -> {
          complete = true;
          context.registeredReaders().keySet().forEach(context::signalNoMoreSplits);
        });
  }

  @Override
  public void addReader(int reader) {
    partitions.addReader(reader);
    if (complete) {
      context.signalNoMoreSplits(reader);
    }
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String host) {
    partitions.handleSplitRequest(reader, host);
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int reader) {
    partitions.addSplitsBack(splits, reader);
  }

  @Override
  public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
    return partitions.snapshotState(checkpoint);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    partitions.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    partitions.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void handleSourceEvent(int reader, SourceEvent event) {
    partitions.handleSourceEvent(reader, event);
  }

  @Override
  public void close() throws IOException {
    partitions.close();
  }
}
