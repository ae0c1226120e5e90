package io.firstresponse.job.source.kafka;

import java.io.Serial;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of bounded input: the end of each partition when the job first starts. The offsets are
 * looked up once and kept in checkpoints, so that a restored job ends at the same offsets. The
 * connector's own initializer would look them up again after a restore, but only for partitions
 * that are not completely read.
 */
@SuppressWarnings("deprecation") // The connector's interface needs Kafka's OffsetResetStrategy.
final class EndOffsets implements OffsetsInitializer {

  @Serial private static final long serialVersionUID = 1;

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever kafka) {
    return kafka.endOffsets(partitions);
  }

  /** Not used, since these offsets are not a start. */
  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
