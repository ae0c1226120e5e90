package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.StreamsProcessor;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * First responses by Kafka Streams. Outside of unit tests Kafka Streams needs a broker, so it reads
 * from one on the same cores. Messages are there in binary, partitioned by customer, in as many
 * partitions as the other contestants have subtasks. The stores are in memory and have no
 * changelog, as the others' state has no checkpoints.
 */
final class KafkaStreamsAlone implements Bench.Measurement {

  private static final String TOPIC = "messages-by-customer";
  private static final long LIMIT_MINUTES = 30;

  @Override
  public void run(Bench bench) throws Exception {
    Workload workload =
        Traffic.of(ResponseMode.ANY_AGENT, bench.scale().operatorMessages()).workload();
    Path state = Files.createTempDirectory("first-response-bench-");
    try (KafkaBroker broker = KafkaBroker.launch()) {
      Message last = afterAll(workload);
      KafkaTopic.fillByCustomer(broker, TOPIC, Flink.PARALLELISM, workload, last);
      run(bench, workload, last, properties(broker, state));
    } finally {
      FileUtils.deleteDirectoryQuietly(state.toFile());
    }
  }

  private static void run(Bench bench, Workload workload, Message last, Properties properties)
      throws Exception {
    LongAdder read = new LongAdder();
    CountDownLatch ended = new CountDownLatch(Flink.PARALLELISM);
    try (KafkaStreams streams = new KafkaStreams(topology(read, ended, last), properties)) {
      startTogether(streams);
      long count = workload.end();
      long half = timeOf(streams, read, count / 2);
      long all = timeOf(streams, read, count);
      bench.rate(Figure.KAFKA_STREAMS_ROWS_PER_S, (count - count / 2) / ((all - half) / 1e9));
      if (!ended.await(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        throw new IllegalStateException("Kafka Streams did not come to the end of its topic");
      }
    }
    AnswerCheck.EXACT.run(bench, workload);
  }

  /**
   * Waits until all threads have started, before the first message is read. A partition that moved
   * to another thread later would lose its store.
   */
  private static void startTogether(KafkaStreams streams) throws InterruptedException {
    streams.pause();
    streams.start();
    while (!spread(streams)) {
      look(streams);
    }
    streams.resume();
  }

  /** Whether each thread has a partition. */
  private static boolean spread(KafkaStreams streams) {
    return streams.metadataForLocalThreads().stream()
            .filter(thread -> thread.activeTasks().size() == 1)
            .count()
        == Flink.PARALLELISM;
  }

  /** The time of {@link System#nanoTime} at which this many messages had been read. */
  private static long timeOf(KafkaStreams streams, LongAdder read, long count)
      throws InterruptedException {
    while (read.sum() < count) {
      look(streams);
    }
    return System.nanoTime();
  }

  /** Waits a few milliseconds. */
  private static void look(KafkaStreams streams) throws InterruptedException {
    if (streams.state().hasCompletedShutdown()) {
      throw new IllegalStateException("Kafka Streams has ended too early: " + streams.state());
    }
    TimeUnit.MILLISECONDS.sleep(5);
  }

  private static Topology topology(LongAdder read, CountDownLatch ended, Message last) {
    return new Topology()
        .addSource("messages", Serdes.Bytes().deserializer(), Serdes.Bytes().deserializer(), TOPIC)
        .addProcessor(
            "sessions", () -> new StreamsProcessor(read, ended, last.millis()), "messages")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(StreamsProcessor.WAITING),
                    Serdes.Bytes(),
                    Serdes.ByteArray())
                .withLoggingDisabled(),
            "sessions")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(StreamsProcessor.OPEN),
                    Serdes.Long(),
                    Serdes.ByteArray())
                .withLoggingDisabled(),
            "sessions");
  }

  private static Properties properties(KafkaBroker broker, Path state) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "first-responses");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Flink.PARALLELISM);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put("auto.offset.reset", "earliest");
    properties.put("max.poll.records", 10_000);
    return properties;
  }

  /** A message later than all others, which moves stream time past them. */
  private static Message afterAll(Workload workload) {
    long last = workload.message(workload.end() - 1).ts();
    return new Message(0, -1, last + Duration.ofDays(1).toNanos() / 1_000, true);
  }
}
