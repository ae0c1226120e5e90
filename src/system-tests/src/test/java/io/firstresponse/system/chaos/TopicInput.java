package io.firstresponse.system.chaos;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.testing.TestTopic;
import java.util.List;
import java.util.Map;

/** A topic with several partitions. */
final class TopicInput implements ChaosInput {

  private static final int PARTITIONS = 4;

  private final TestTopic topic;

  TopicInput(KafkaBroker broker) throws Exception {
    topic = TestTopic.on(broker, PARTITIONS, Map.of());
  }

  @Override
  public List<String> options() {
    return List.of(topic.source("--source.kafka.discovery-interval", "1 s"));
  }

  @Override
  public int lanes() {
    return PARTITIONS;
  }

  @Override
  public void send(int lane, Message message) {
    topic.send(lane, message);
  }

  @Override
  public void flush() throws Exception {
    topic.flush();
  }

  @Override
  public void complete() throws Exception {
    topic.flush();
  }

  /**
   * Counts the records in the topic. A producer whose broker died before it confirmed a batch sends
   * the batch again.
   */
  @Override
  public long records() throws Exception {
    long records = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      records += topic.end(partition);
    }
    return records;
  }

  @Override
  public void close() {
    topic.close();
  }

  @Override
  public String toString() {
    return "Kafka";
  }
}
