package io.firstresponse.job.source.kafka;

import java.io.Serial;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of bounded reading: what is there when the job first starts, looked up once. So the end
 * is in checkpoints, and a job that goes on from one ends there in all partitions. The connector's
 * own initializer would look it up again for the partitions that are not read to their end, and not
 * for those that are.
 */
@SuppressWarnings("deprecation") // The connector's interface needs Kafka's OffsetResetStrategy.
final class EndOffsets implements OffsetsInitializer {

  @Serial private static final long serialVersionUID = 1;

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever kafka) {
    return kafka.endOffsets(partitions);
  }

  /** Nothing begins here. */
  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
