package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.peers.StreamsProcessor;
import io.firstresponse.benchmarks.setup.Json;
import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.datagen.Workload;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics that are filled before a measurement begins. */
final class KafkaTopic {

  /** The topic of messages in JSON, distributed over four partitions, round robin. */
  static final String NAME = "messages";

  private static final int PARTITIONS = 4;

  /** The content of a topic. */
  private interface Content {
    void send(Producer<byte[], byte[]> producer);
  }

  private KafkaTopic() {}

  /** Creates the topic and returns when the broker has all messages. */
  static void fill(KafkaBroker broker, Workload workload) throws Exception {
    fill(
        broker,
        NAME,
        PARTITIONS,
        producer -> {
          for (long i = 0; i < workload.end(); i++) {
            byte[] value = Json.of(workload.message(i)).getBytes(StandardCharsets.UTF_8);
            send(producer, new ProducerRecord<>(NAME, (int) (i % PARTITIONS), null, value));
          }
        });
  }

  /**
   * Creates a topic of messages in the format of {@link StreamsProcessor}, with their times as
   * record timestamps. All messages of a customer are in one partition, in the order of delivery.
   *
   * @param last the message at the end of each partition
   */
  static void fillByCustomer(
      KafkaBroker broker, String topic, int partitions, Workload workload, Message last)
      throws Exception {
    fill(
        broker,
        topic,
        partitions,
        producer -> {
          for (long i = 0; i < workload.end(); i++) {
            Message message = workload.message(i);
            send(producer, stamped(topic, (int) (message.b() % partitions), message));
          }
          for (int partition = 0; partition < partitions; partition++) {
            send(producer, stamped(topic, partition, last));
          }
        });
  }

  private static ProducerRecord<byte[], byte[]> stamped(
      String topic, int partition, Message message) {
    return new ProducerRecord<>(
        topic, partition, message.millis(), null, StreamsProcessor.bytes(message));
  }

  private static void send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    // A message that does not arrive shows as missing rows.
    var unused = producer.send(record);
  }

  private static void fill(KafkaBroker broker, String topic, int partitions, Content content)
      throws Exception {
    // Messages are years old: the default retention would delete them.
    NewTopic kept =
        new NewTopic(topic, partitions, (short) 1).configs(Map.of("retention.ms", "-1"));
    Map<String, Object> properties = new HashMap<>(broker.producerProperties());
    properties.put("linger.ms", "20");
    properties.put("batch.size", Integer.toString(256 * 1024));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(kept)).all().get();
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      content.send(producer);
    }
  }
}
