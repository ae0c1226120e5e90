package io.firstresponse.job.source.kafka;

import io.firstresponse.job.source.kafka.KafkaOptions.KafkaEnd;
import io.firstresponse.job.types.UnfitStateException;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The connector's serializer of partitions. It refuses the state of a job with another value of
 * {@code source.kafka.end}: a partition in state is bounded or not, as it was when the job first
 * started.
 */
final class PartitionSerializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {

  private final SimpleVersionedSerializer<KafkaPartitionSplit> partitions;
  private final boolean bounded;

  PartitionSerializer(SimpleVersionedSerializer<KafkaPartitionSplit> partitions, boolean bounded) {
    this.partitions = partitions;
    this.bounded = bounded;
  }

  @Override
  public int getVersion() {
    return partitions.getVersion();
  }

  @Override
  public byte[] serialize(KafkaPartitionSplit partition) throws IOException {
    return partitions.serialize(partition);
  }

  @Override
  public KafkaPartitionSplit deserialize(int version, byte[] serialized) throws IOException {
    KafkaPartitionSplit partition = partitions.deserialize(version, serialized);
    boolean ends = partition.getStoppingOffset().isPresent();
    if (ends != bounded) {
      throw new UnfitStateException(
          "This checkpoint is of a job with %s %s, and this job has %s: the partitions in it would %s. Go on with the same end, or start without the checkpoint."
              .formatted(
                  KafkaOptions.END.key(),
                  end(ends),
                  end(bounded),
                  bounded ? "never end" : "end where they did"));
    }
    return partition;
  }

  private static KafkaEnd end(boolean bounded) {
    return bounded ? KafkaEnd.LATEST : KafkaEnd.NEVER;
  }
}
