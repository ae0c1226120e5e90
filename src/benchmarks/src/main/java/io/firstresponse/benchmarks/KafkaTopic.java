package io.firstresponse.benchmarks;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.source.datagen.Workload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of messages in JSON, dealt out to four partitions. */
final class KafkaTopic {

  static final String NAME = "messages";

  private static final int PARTITIONS = 4;

  private KafkaTopic() {}

  /** Makes the topic, and returns when the broker has all messages. */
  static void fill(KafkaBroker broker, Workload workload) throws Exception {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "linger.ms",
            "20",
            "batch.size",
            Integer.toString(256 * 1024));
    try (Admin admin = Admin.create(properties)) {
      admin.createTopics(List.of(new NewTopic(NAME, PARTITIONS, (short) 1))).all().get();
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < workload.end(); i++) {
        byte[] value = Json.of(workload.message(i)).getBytes(StandardCharsets.UTF_8);
        // What fails to arrive is missed in the rows.
        var unused = producer.send(new ProducerRecord<>(NAME, (int) (i % PARTITIONS), null, value));
      }
    }
  }
}
