package io.firstresponse.job.source.kafka;

import io.firstresponse.job.domain.Received;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.InvalidOffsetException;

/**
 * Wraps the connector's reader. If the next record has been deleted, it throws a {@link
 * MissingOffsetException}, whose message says what can be done.
 */
final class TopicsReader implements SourceReader<Received, KafkaPartitionSplit> {

  private final SourceReader<Received, KafkaPartitionSplit> reader;

  TopicsReader(SourceReader<Received, KafkaPartitionSplit> reader) {
    this.reader = reader;
  }

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Received> output) throws Exception {
    try {
      return reader.pollNext(output);
    } catch (RuntimeException e) {
      Optional<InvalidOffsetException> missing =
          ExceptionUtils.findThrowable(e, InvalidOffsetException.class);
      throw missing.isPresent() ? missingOffset(missing.get()) : e;
    }
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    return reader.snapshotState(checkpointId);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return reader.isAvailable();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    reader.addSplits(splits);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    reader.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    reader.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    reader.pauseOrResumeSplits(toPause, toResume);
  }

  @Override
  public void close() throws Exception {
    reader.close();
  }

  private static MissingOffsetException missingOffset(InvalidOffsetException failure) {
    return new MissingOffsetException(
        "%s: the record to go on with is gone from %s, by retention, deletion, or a topic made anew (%s). The job stops rather than leave a gap. To go on from the last checkpoint with the oldest or the next record that there is, set the option to earliest or latest."
            .formatted(
                KafkaOptions.ON_MISSING_OFFSET.key(),
                Partitions.listed(failure.partitions()),
                failure.getMessage()),
        failure);
  }
}
