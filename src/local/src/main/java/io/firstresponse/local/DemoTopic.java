package io.firstresponse.local;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topic of the demo: JSON messages in several partitions, by customer. */
final class DemoTopic {

  static final String NAME = "chat-messages";

  /** The options of a job that reads the names and labels of the messages. */
  static final List<String> FIELDS =
      List.of(
          "--messages.field.agent",
          "agent",
          "--messages.field.customer",
          "customer",
          "--messages.field.labels",
          "labels");

  private static final int PARTITIONS = 4;
  private static final short REPLICAS = 1;

  private DemoTopic() {}

  /**
   * Creates the topic and writes messages to it; returns when the broker has all of them.
   *
   * @throws ExecutionException when the broker has refused one
   */
  static void write(String bootstrapServers, Stream<Message> messages)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(List.of(new NewTopic(NAME, PARTITIONS, REPLICAS))).all().get();
    }
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
      messages.forEach(
          message -> {
            // The callback has the result.
            Future<?> unused =
                producer.send(
                    record(message),
                    (written, e) -> {
                      if (e != null) {
                        failure.compareAndSet(null, e);
                      }
                    });
          });
      producer.flush();
    }
    if (failure.get() != null) {
      throw new ExecutionException(failure.get());
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "linger.ms",
            "20",
            "batch.size",
            "131072",
            // Keeps the order within a partition, also when a batch is sent again.
            "max.in.flight.requests.per.connection",
            "1",
            "enable.idempotence",
            "false"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static ProducerRecord<byte[], byte[]> record(Message message) {
    return new ProducerRecord<>(NAME, bytes(Long.toString(message.b())), bytes(json(message)));
  }

  /** Generated names have no character that JSON escapes. */
  private static String json(Message message) {
    Texts texts = message.texts();
    return "{\"a\":"
        + message.a()
        + ",\"b\":"
        + message.b()
        + ",\"ts\":\""
        + Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS)
        + (message.closes() ? "\",\"closes\":true" : "\",\"direct\":" + message.direct())
        + ",\"automated\":"
        + message.automated()
        + ",\"agent\":\""
        + texts.agentName()
        + "\",\"customer\":\""
        + texts.customerName()
        + "\""
        + (texts.labels() == null ? "" : ",\"labels\":" + texts.labels())
        + "}";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
