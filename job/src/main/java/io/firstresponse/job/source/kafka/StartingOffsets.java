package io.firstresponse.job.source.kafka;

import io.firstresponse.job.source.kafka.KafkaOptions.KafkaStart;
import io.firstresponse.job.source.kafka.KafkaOptions.MissingOffset;
import java.io.Serial;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * The start of reading, and the action if an offset has been deleted. The connector's own
 * initializers connect the two: one that starts with the oldest record would also silently continue
 * with the oldest record if retention deletes records before the job reads them.
 *
 * <p>The offsets of the group are looked up once, when the job starts, and are in checkpoints even
 * for partitions of which nothing was read.
 */
@SuppressWarnings("deprecation") // The connector's interface needs Kafka's OffsetResetStrategy.
final class StartingOffsets implements OffsetsInitializer {

  @Serial private static final long serialVersionUID = 1;

  private final KafkaStart start;
  private final long startMillis;
  private final MissingOffset onMissing;

  /**
   * @param startMillis for {@link KafkaStart#TIMESTAMP}: milliseconds since 1970
   */
  StartingOffsets(KafkaStart start, long startMillis, MissingOffset onMissing) {
    this.start = start;
    this.startMillis = startMillis;
    this.onMissing = onMissing;
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever kafka) {
    return switch (start) {
      case EARLIEST -> OffsetsInitializer.earliest().getPartitionOffsets(partitions, kafka);
      case LATEST -> OffsetsInitializer.latest().getPartitionOffsets(partitions, kafka);
      case TIMESTAMP ->
          OffsetsInitializer.timestamp(startMillis).getPartitionOffsets(partitions, kafka);
      case GROUP -> ofGroup(partitions, kafka);
    };
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return switch (onMissing) {
      case FAIL -> OffsetResetStrategy.NONE;
      case EARLIEST -> OffsetResetStrategy.EARLIEST;
      case LATEST -> OffsetResetStrategy.LATEST;
    };
  }

  private Map<TopicPartition, Long> ofGroup(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever kafka) {
    Map<TopicPartition, Long> offsets = new HashMap<>(kafka.committedOffsets(partitions));
    Set<TopicPartition> missing = new TreeSet<>(Partitions.ORDER);
    missing.addAll(partitions);
    missing.removeAll(offsets.keySet());
    if (!missing.isEmpty()) {
      switch (onMissing) {
        case FAIL ->
            throw new MissingOffsetException(
                "%s: the group has no offset for %s. To begin there with the oldest or the next record, set %s to earliest or latest."
                    .formatted(
                        KafkaOptions.START.key(),
                        Partitions.listed(missing),
                        KafkaOptions.ON_MISSING_OFFSET.key()));
        case EARLIEST -> offsets.putAll(kafka.beginningOffsets(missing));
        case LATEST -> offsets.putAll(kafka.endOffsets(missing));
      }
    }
    return offsets;
  }
}
