package io.firstresponse.job.source.kafka;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Partitions as text for people. */
final class Partitions {

  static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private static final int SHOWN = 3;

  private Partitions() {}

  /** The first few as {@code topic/partition}, and the number of the others. */
  static String listed(Collection<TopicPartition> partitions) {
    String first =
        partitions.stream()
            .sorted(ORDER)
            .limit(SHOWN)
            .map(partition -> partition.topic() + "/" + partition.partition())
            .collect(Collectors.joining(", "));
    int more = partitions.size() - SHOWN;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
