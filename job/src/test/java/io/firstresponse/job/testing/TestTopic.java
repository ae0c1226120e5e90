package io.firstresponse.job.testing;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.domain.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one test on a real broker, and what is done to it from outside the job. */
public final class TestTopic implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final KafkaBroker broker;
  private final int partitions;
  private final String name;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<?>> sent = new ArrayList<>();

  private TestTopic(
      String name, KafkaBroker broker, int partitions, Map<String, Object> producerProperties) {
    this.name = name;
    this.broker = broker;
    this.partitions = partitions;
    Map<String, Object> servers = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(servers);
    Map<String, Object> properties = new HashMap<>(broker.producerProperties());
    properties.put("linger.ms", "5");
    properties.putAll(producerProperties);
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A new topic on the broker that all tests share. */
  public static TestTopic create(int partitions) throws Exception {
    return on(KafkaBroker.shared(), partitions, Map.of());
  }

  /** A new topic on the given broker, and what is special about its producer. */
  public static TestTopic on(
      KafkaBroker broker, int partitions, Map<String, Object> producerProperties) throws Exception {
    return named("messages-" + TOPICS.incrementAndGet(), broker, partitions, producerProperties);
  }

  /** The same, for a test to which the name matters. */
  public static TestTopic named(
      String name, KafkaBroker broker, int partitions, Map<String, Object> producerProperties)
      throws Exception {
    TestTopic topic = new TestTopic(name, broker, partitions, producerProperties);
    topic.admin.createTopics(List.of(new NewTopic(topic.name, partitions, (short) 1))).all().get();
    return topic;
  }

  public String name() {
    return name;
  }

  /** How many partitions there were at first. */
  public int partitions() {
    return partitions;
  }

  /** Job options that read this topic. */
  public String[] source(String... more) {
    List<String> all = new ArrayList<>();
    all.addAll(
        List.of(
            "--source.type",
            "kafka",
            "--source.kafka.bootstrap-servers",
            broker.bootstrapServers(),
            "--source.kafka.topics",
            name));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  public void send(int partition, Message message) {
    send(partition, MessageJson.of(message));
  }

  /** Sends a record; it is there once {@link #flush} returns. */
  public void send(int partition, String value) {
    send(partition, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
  }

  public void send(int partition, byte[] value) {
    sent.add(producer.send(new ProducerRecord<>(name, partition, null, value)));
  }

  /** Waits until the broker has all that was sent. */
  public void flush() throws Exception {
    for (Future<?> one : sent) {
      one.get();
    }
    sent.clear();
  }

  public void addPartitionsUpTo(int count) throws Exception {
    admin.createPartitions(Map.of(name, NewPartitions.increaseTo(count))).all().get();
  }

  /** Removes the records before an offset, as retention does. */
  public void truncate(int partition, long before) throws Exception {
    admin.deleteRecords(Map.of(at(partition), RecordsToDelete.beforeOffset(before))).all().get();
  }

  /** How many records a partition has had. */
  public long end(int partition) throws Exception {
    return admin
        .listOffsets(Map.of(at(partition), OffsetSpec.latest()))
        .partitionResult(at(partition))
        .get()
        .offset();
  }

  /** What a group has committed, if it has. */
  public Optional<Long> committed(String group, int partition) throws Exception {
    return Optional.ofNullable(
            admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(at(partition)))
        .map(OffsetAndMetadata::offset);
  }

  public void commit(String group, int partition, long offset) throws Exception {
    admin
        .alterConsumerGroupOffsets(group, Map.of(at(partition), new OffsetAndMetadata(offset)))
        .all()
        .get();
  }

  /** Removes the topic, so that there can be another one of its name. */
  public void delete() throws Exception {
    admin.deleteTopics(List.of(name)).all().get();
  }

  @Override
  public void close() {
    // The broker may be gone for good.
    producer.close(LIMIT);
    admin.close(LIMIT);
  }

  private TopicPartition at(int partition) {
    return new TopicPartition(name, partition);
  }
}
