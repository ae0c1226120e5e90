package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole job on messages from a real Kafka, against the window query. */
class KafkaIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long START = 1_534_327_200_000_000L;
  private static final long SECOND = 1_000_000;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @ParameterizedTest
  @CsvSource({
    "STREAMING, 1, ANY_AGENT",
    "STREAMING, 2, ADDRESSED_AGENT",
    "BATCH,     2, ANY_AGENT",
  })
  void partitionsOutOfStepWithDuplicates(String runtime, int parallelism, ResponseMode mode)
      throws Exception {
    long messages = 60_000;
    int partitions = 4;
    try (TestDatabase database = TestDatabase.create(mode);
        TestTopic topic = TestTopic.create(partitions)) {
      Configuration options =
          database.options(
              topic.source(
                  "--source.kafka.end", "latest",
                  "--source.datagen.count", Long.toString(messages),
                  "--source.datagen.event-rate", "1000",
                  "--source.datagen.customers", "500",
                  "--source.datagen.disorder", "20 s",
                  "--source.datagen.duplicates", "0.05",
                  "--event-time.max-out-of-orderness", "20 s"));
      Workload workload = Workload.from(options);
      // A customer's messages are spread over partitions, which are as unlike as can be: one has
      // half of all, and each is written as a whole before the next.
      List<List<Message>> parts = new ArrayList<>();
      for (int i = 0; i < partitions; i++) {
        parts.add(new ArrayList<>());
      }
      for (long i = 0; i < messages; i++) {
        parts.get(i % 2 == 0 ? 0 : (int) (i % partitions)).add(workload.message(i));
      }
      for (int i = 0; i < partitions; i++) {
        for (Message message : parts.get(i)) {
          topic.send(i, message);
        }
      }
      topic.flush();
      database.store(LongStream.range(0, messages).mapToObj(workload::message));

      assertThat(run(options, runtime, parallelism))
          .isEqualTo(new Conservation(messages, messages, 0, 0, 0));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result")).isGreaterThan(500);
    }
  }

  @ParameterizedTest
  @CsvSource({"gzip", "snappy", "lz4", "zstd"})
  void whateverTheRecordsAreCompressedWith(String compression) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic =
            TestTopic.on(
                KafkaBroker.shared(), 1, Map.<String, Object>of("compression.type", compression))) {
      for (int b = 0; b < 500; b++) {
        topic.send(0, new Message(1, b, START + b * SECOND, false));
        topic.send(0, new Message(1, b, START + b * SECOND + 5, true));
      }
      topic.flush();
      Configuration options = database.options(topic.source("--source.kafka.end", "latest"));
      assertThat(run(options, "BATCH", 1)).isEqualTo(new Conservation(1_000, 1_000, 0, 0, 0));
      assertThat(database.count("select count(*) from tbl_result where a = 1")).isEqualTo(500);
    }
  }

  @Test
  void anIdlePartitionAPartitionOfPoisonAndOnesAddedWhileRunning() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(3)) {
      String group = topic.name() + "-group";
      JobClient job =
          start(
              database.options(
                  topic.source(
                      "--source.kafka.group-id", group,
                      "--source.kafka.discovery-interval", "300 ms",
                      "--event-time.idle-timeout", "700 ms",
                      "--event-time.max-drift", "0 s",
                      "--event-time.max-out-of-orderness", "2 s",
                      "--sink.jdbc.flush-interval", "100 ms")),
              2);
      try {
        List<Message> all = new ArrayList<>();
        // Nothing in partition 1, and nothing of use in partition 2, for as long as it runs.
        all.addAll(conversations(topic, 0, 0));
        topic.send(2, "poison");
        awaitRows(job, database, all, topic, 0);
        topic.send(2, "poison");

        // The silent one speaks, then the other again.
        all.addAll(conversations(topic, 1, 2));
        awaitRows(job, database, all, topic, 1);
        topic.send(2, "poison");
        all.addAll(conversations(topic, 0, 4));
        awaitRows(job, database, all, topic, 0);
        topic.send(2, "poison");

        topic.addPartitionsUpTo(5);
        all.addAll(conversations(topic, 4, 6));
        awaitRows(job, database, all, topic, 4);

        assertThat(database.count("select count(*) from tbl_late")).isZero();
        assertThat(
                database.strings(
                    "select origin, position, reason from tbl_dead_letter order by position"))
            .containsExactly(
                topic.name() + "/2 0 bad-json",
                topic.name() + "/2 1 bad-json",
                topic.name() + "/2 2 bad-json",
                topic.name() + "/2 3 bad-json");
        // Of what a partition delivered before it fell silent; the rest follows within 10 s.
        Await.until(
            "the group to have come on", SOON, () -> topic.committed(group, 0).orElse(0L) > 400);
      } finally {
        job.cancel().get();
      }
    }
  }

  @Test
  void poisonInEveryFormIsKeptWithItsPlace() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(2)) {
      String good = MessageJson.of(new Message(1, 1, START, false));
      Map<String, byte[]> poison = new LinkedHashMap<>();
      poison.put("empty", new byte[0]);
      poison.put("bad-encoding", new byte[] {'{', (byte) 0xff, '}'});
      poison.put("bad-json", "{".getBytes(StandardCharsets.UTF_8));
      poison.put(
          "bad-field", good.replace("\"a\":1", "\"a\":1e400").getBytes(StandardCharsets.UTF_8));
      poison.put("missing-field", "{}".getBytes(StandardCharsets.UTF_8));
      poison.put("future", good.replace("2018", "9018").getBytes(StandardCharsets.UTF_8));
      poison.put(
          "too-long",
          good.replace("{", "{\"x\":\"" + "x".repeat(5_000) + "\",")
              .getBytes(StandardCharsets.UTF_8));
      for (byte[] value : poison.values()) {
        topic.send(1, value);
        topic.send(1, good);
      }
      topic.send(1, (String) null);
      topic.flush();

      Configuration options =
          database.options(
              topic.source("--source.kafka.end", "latest", "--messages.max-bytes", "4000"));
      assertThat(run(options, "STREAMING", 2))
          .isEqualTo(
              new Conservation(2 * poison.size() + 1, poison.size(), 0, 0, poison.size() + 1));
      List<String> expected = new ArrayList<>();
      poison.keySet().forEach(reason -> expected.add(2 * expected.size() + " " + reason));
      expected.add(2 * poison.size() + " empty");
      assertThat(
              database.strings(
                  "select position, reason from tbl_dead_letter where origin = '"
                      + topic.name()
                      + "/1' order by position"))
          .isEqualTo(expected);
      assertThat(database.count("select raw_length from tbl_dead_letter where reason = 'too-long'"))
          .isGreaterThan(5_000);
    }
  }

  @Test
  void changeEventsOfATable() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(1)) {
      String event =
          "{\"before\":%s,\"after\":%s,\"source\":{\"lsn\":1},\"op\":\"%s\",\"ts_ms\":1}";
      List<Message> inserted = new ArrayList<>();
      for (int b = 0; b < 100; b++) {
        Message question = new Message(1, b, START + b, false);
        Message answer = new Message(2, b, START + b + 7, true);
        inserted.addAll(List.of(question, answer));
        topic.send(0, event.formatted("null", MessageJson.of(question), "r"));
        String wrapped = event.formatted("null", MessageJson.of(answer), "c");
        topic.send(0, "{\"schema\":{\"type\":\"struct\"},\"payload\":" + wrapped + "}");
      }
      String row = MessageJson.of(inserted.get(0));
      topic.send(0, event.formatted(row, row.replace("\"a\":1", "\"a\":3"), "u"));
      topic.send(0, event.formatted(row, "null", "d"));
      topic.send(0, (String) null);
      topic.send(0, "{\"ts_ms\":1}");
      topic.flush();
      database.store(inserted.stream());

      Configuration options =
          database.options(
              topic.source(
                  "--source.kafka.end", "latest", "--source.kafka.format", "debezium-json"));
      assertThat(run(options, "BATCH", 1)).isEqualTo(new Conservation(203, 200, 0, 0, 3));
      assertThat(database.differences()).isEmpty();
      assertThat(database.strings("select position, reason from tbl_dead_letter order by position"))
          .containsExactly("200 changed", "201 changed", "203 bad-change-event");
    }
  }

  /**
   * An hour of messages in one partition, a minute in the other: the first waits for the second.
   *
   * <p>Flink samples watermarks before it acts on them, for some seconds by default; here at once,
   * and the topic is read record by record, so that a test need not have millions of them.
   */
  @ParameterizedTest
  @CsvSource({"1 min, 1", "1 min, 2", "0 s, 1"})
  void aFastPartitionWaitsForASlowOne(String maxDrift, int parallelism) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.on(KafkaBroker.shared(), 2, Map.of("batch.size", "0"))) {
      int messages = 4_000;
      long step = 3_600 * SECOND / messages;
      List<Message> all = new ArrayList<>();
      send(topic, 0, 0, 200, step, all);
      send(topic, 1, 0, 200, step, all);
      topic.flush();
      JobClient job =
          start(
              database.options(
                  topic.source(
                      "--event-time.max-drift", maxDrift,
                      "--event-time.idle-timeout", "0 s",
                      "--event-time.max-out-of-orderness", "10 s",
                      "--source.kafka.properties.max.partition.fetch.bytes", "1",
                      "--sink.jdbc.flush-interval", "100 ms")),
              parallelism);
      try {
        Await.until("the beginning to be read", SOON, () -> count(job, Count.READ) == 400);
        Await.until("the first rows", SOON, () -> count(job, Count.USED) > 100);
        // The first word of how far it may go takes its time, so that it may go further at first.
        send(topic, 0, 200, 800, step, all);
        topic.flush();
        Await.until("more to be read", SOON, () -> count(job, Count.READ) > 450);
        long ahead = awaitStandstill(job);
        send(topic, 0, 800, messages, step, all);
        topic.flush();
        if (maxDrift.startsWith("0")) {
          Await.until("all to be read", SOON, () -> count(job, Count.READ) == messages + 200);
          return;
        }
        assertThat(awaitStandstill(job)).as("messages read").isLessThan(ahead + 500);

        send(topic, 1, 200, messages / 2, step, all);
        topic.flush();
        Await.until("more to be read", SOON, () -> count(job, Count.READ) > messages);
        send(topic, 1, messages / 2, messages, step, all);
        topic.flush();
        awaitRows(job, database, all, topic, 0, 1);
        assertThat(database.count("select count(*) from tbl_late")).isZero();
      } finally {
        job.cancel().get();
      }
    }
  }

  /** Half questions, half answers, in order of time. */
  private static void send(
      TestTopic topic, int partition, int from, int to, long step, List<Message> all) {
    for (int i = from; i < to; i++) {
      Message message = new Message(1, partition * 100 + i % 50, START + i * step, i / 50 % 2 == 1);
      topic.send(partition, message);
      all.add(message);
    }
  }

  /** How many messages have been read when none has been for a while. */
  private static long awaitStandstill(JobClient job) throws Exception {
    long quiet = TimeUnit.SECONDS.toNanos(3);
    long[] last = {-1, 0};
    Await.until(
        "reading to stand still",
        SOON,
        () -> {
          long read = count(job, Count.READ);
          if (read != last[0]) {
            last[0] = read;
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] > quiet;
        });
    return last[0];
  }

  /** Conversations in one minute of event time, each with one customer of its own. */
  private static List<Message> conversations(TestTopic topic, int partition, int minute) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      long b = minute * 10_000L + i;
      long ts = START + minute * 60L * SECOND + i * SECOND / 10;
      messages.add(new Message(1, b, ts, false));
      messages.add(new Message(2, b, ts + SECOND / 2, true));
    }
    // Not by more than the out-of-orderness that the job allows.
    Collections.shuffle(messages.subList(0, 20), new Random(minute));
    messages.forEach(message -> topic.send(partition, message));
    return messages;
  }

  /**
   * Waits until the rows are those of all messages. For the watermark to pass them, one more is
   * sent to where they went; it is not yet final itself.
   */
  private static void awaitRows(
      JobClient job, TestDatabase database, List<Message> all, TestTopic topic, int... partitions)
      throws Exception {
    long last = all.stream().mapToLong(Message::ts).max().orElseThrow();
    Message next = new Message(1, 9_999_999, last + 20 * SECOND, false);
    for (int partition : partitions) {
      topic.send(partition, next);
    }
    topic.flush();
    database.execute("truncate tbl");
    database.store(all.stream());
    Await.until(
        "exact rows",
        SOON,
        () -> {
          assertThat(job.getJobStatus().get().isTerminalState()).isFalse();
          return database.count("select count(*) from tbl_result where a_ts is not null")
                  >= all.size() / 4
              && database.differences().isEmpty();
        });
    all.add(next);
  }

  private static Conservation run(Configuration options, String runtime, int parallelism)
      throws Exception {
    StreamExecutionEnvironment env = environment(options, runtime, parallelism);
    return Conservation.of(env.execute("kafka").getAllAccumulatorResults());
  }

  private static JobClient start(Configuration options, int parallelism) throws Exception {
    return environment(options, "STREAMING", parallelism).executeAsync("kafka");
  }

  private static StreamExecutionEnvironment environment(
      Configuration options, String runtime, int parallelism) {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("execution.checkpointing.interval", "300 ms");
    flink.setString("restart-strategy.type", "none");
    flink.setString("pipeline.watermark-alignment.buffer-size", "0");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(parallelism);
    FirstResponseJob.define(env, options);
    return env;
  }

  private static long count(JobClient job, Count count) throws Exception {
    return Conservation.value(job.getAccumulators().get(), count);
  }
}
