package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.kafka.MissingOffsetException;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away, or is not as it was, or not as the options say. */
class KafkaFaultsIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long START = 1_534_327_200_000_000L;
  private static final long SECOND = 1_000_000;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @Test
  void aBrokerThatIsKilledAndComesBackIsNotNoticed() throws Exception {
    try (KafkaBroker broker = KafkaBroker.launch();
        TestTopic topic = TestTopic.on(broker, 2, Map.of());
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      JobClient job =
          environment(
                  database.options(
                      topic.source(
                          "--source.kafka.discovery-interval", "300 ms",
                          "--event-time.max-out-of-orderness", "5 s")),
                  null)
              .executeAsync();
      try {
        List<Message> all = new ArrayList<>();
        for (int outage = 0; outage < 2; outage++) {
          send(topic, outage * 500, outage * 500 + 400, all);
          topic.flush();
          Await.until("all to be read", SOON, () -> count(job, Count.READ) == all.size());
          if (outage == 0) {
            broker.kill();
          } else {
            broker.stop();
          }
          broker.start();
          send(topic, outage * 500 + 400, outage * 500 + 500, all);
          topic.flush();
          Await.until("the rest to be read", SOON, () -> count(job, Count.READ) == all.size());
        }
        send(topic, 10_000, 10_002, new ArrayList<>());
        topic.flush();
        database.store(all.stream());
        Await.until(
            "exact rows",
            SOON,
            () ->
                database.count("select count(*) from tbl_result") > 0
                    && database.differences().isEmpty());
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      } finally {
        job.cancel().get();
      }
    }
  }

  @Test
  void recordsThatAreGoneStopTheJobUnlessItIsToldToGoOn() throws Exception {
    try (TestTopic topic = TestTopic.create(1);
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      List<Message> all = new ArrayList<>();
      send(topic, 0, 100, all);
      topic.flush();
      JobClient first = environment(database.options(topic.source()), null).executeAsync();
      Await.until("all to be read", SOON, () -> count(first, Count.READ) == 100);
      String savepoint =
          first
              .stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
              .get();
      send(topic, 100, 200, all);
      topic.flush();
      topic.truncate(0, 150);

      // It would be restarted a hundred times if that were of any use.
      JobClient second = environment(database.options(topic.source()), savepoint).executeAsync();
      assertThatThrownBy(() -> second.getJobExecutionResult().get())
          .satisfies(
              failure ->
                  assertThat(ExceptionUtils.findThrowable(failure, MissingOffsetException.class))
                      .hasValueSatisfying(
                          gone ->
                              assertThat(gone)
                                  .hasMessageStartingWith("source.kafka.on-missing-offset: ")
                                  .hasMessageContaining(topic.name() + "/0")));

      JobClient third =
          environment(
                  database.options(topic.source("--source.kafka.on-missing-offset", "earliest")),
                  savepoint)
              .executeAsync();
      Await.until("what is left to be read", SOON, () -> count(third, Count.READ) == 150);
      third.cancel().get();
    }
  }

  @Test
  void whereReadingBegins() throws Exception {
    try (TestTopic topic = TestTopic.create(1)) {
      List<Message> all = new ArrayList<>();
      send(topic, 0, 100, all);
      topic.flush();
      topic.truncate(0, 10);
      String group = topic.name() + "-group";
      List<String> ofGroup =
          List.of("--source.kafka.start", "group", "--source.kafka.group-id", group);

      assertThatThrownBy(() -> read(topic, ofGroup))
          .satisfies(
              failure ->
                  assertThat(ExceptionUtils.findThrowable(failure, MissingOffsetException.class))
                      .hasValueSatisfying(
                          gone ->
                              assertThat(gone)
                                  .hasMessageStartingWith("source.kafka.start: ")
                                  .hasMessageContaining("source.kafka.on-missing-offset")));
      List<String> otherwise = new ArrayList<>(ofGroup);
      otherwise.addAll(List.of("--source.kafka.on-missing-offset", "earliest"));
      assertThat(read(topic, otherwise)).isEqualTo(90);
      topic.commit(group, 0, 70);
      assertThat(read(topic, ofGroup)).isEqualTo(30);

      assertThat(read(topic, List.of())).isEqualTo(90);
      assertThat(read(topic, List.of("--source.kafka.start", "latest"))).isZero();
      for (Map.Entry<String, Long> since :
          Map.of("2018-01-01T00:00:00Z", 90L, "2100-01-01T00:00:00+08:00", 0L).entrySet()) {
        assertThat(
                read(
                    topic,
                    List.of(
                        "--source.kafka.start",
                        "timestamp",
                        "--source.kafka.start-timestamp",
                        since.getKey())))
            .isEqualTo(since.getValue());
      }
    }
  }

  @Test
  void whatATransactionTookBackWasNeverSent() throws Exception {
    try (TestTopic topic = TestTopic.create(1);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of(
                    "bootstrap.servers",
                    KafkaBroker.shared().bootstrapServers(),
                    "transactional.id",
                    topic.name()),
                new StringSerializer(),
                new StringSerializer())) {
      producer.initTransactions();
      for (boolean commit : new boolean[] {true, false, true}) {
        producer.beginTransaction();
        for (int i = 0; i < 10; i++) {
          String value = MessageJson.of(new Message(1, i, START, false));
          producer.send(new ProducerRecord<>(topic.name(), value)).get();
        }
        if (commit) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
      assertThat(read(topic, List.of())).isEqualTo(20);
    }
  }

  @Test
  void whatIsNotAsTheOptionsSayIsToldBeforeTheJobStarts() throws Exception {
    try (TestTopic topic = TestTopic.create(1);
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String servers = "--source.kafka.bootstrap-servers";
      String here = KafkaBroker.shared().bootstrapServers();
      assertRefused(
          "source.kafka.bootstrap-servers: no answer from 127.0.0.1:1 within 1 s.",
          servers,
          "127.0.0.1:1",
          "--source.kafka.topics",
          topic.name());
      String mute = "127.0.0.1:" + silent.getLocalPort();
      assertRefused(
          "source.kafka.bootstrap-servers: no answer from " + mute + " within 1 s.",
          servers,
          mute,
          "--source.kafka.topic-pattern",
          ".*");
      assertRefused(
          "source.kafka.bootstrap-servers: Kafka's client cannot be made with this: ",
          servers,
          "nowhere",
          "--source.kafka.topics",
          topic.name());
      assertRefused(
          "source.kafka.topics: there is no topic 'no-such-topic' at " + here,
          servers,
          here,
          "--source.kafka.topics",
          topic.name() + ";no-such-topic");
      assertRefused(
          "source.kafka.topics: there is no topic 'no,topic' at " + here,
          servers,
          here,
          "--source.kafka.topics",
          "no,topic");
      assertRefused(
          "source.kafka.topic-pattern: 'nothing-.*' matches none of the ",
          servers,
          here,
          "--source.kafka.topic-pattern",
          "nothing-.*");
      assertRefused(
          "source.kafka.topic-pattern: '(' is no regular expression: ",
          servers,
          here,
          "--source.kafka.topic-pattern",
          "(");
      assertRefused(
          "source.kafka.start-timestamp: 'monday' is no instant",
          servers,
          here,
          "--source.kafka.topics",
          topic.name(),
          "--source.kafka.start",
          "timestamp",
          "--source.kafka.start-timestamp",
          "monday");
      assertRefused(
          "source.kafka.properties: Kafka's client cannot be made with this: ",
          servers,
          here,
          "--source.kafka.topics",
          topic.name(),
          "--source.kafka.properties.security.protocol",
          "TELEPATHY");
    }
  }

  private static void assertRefused(String message, String... source) throws Exception {
    List<String> args = new ArrayList<>(List.of(source));
    args.addAll(List.of("--source.type", "kafka", "--source.kafka.check-timeout", "1 s"));
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options(args.toArray(String[]::new));
      assertThatThrownBy(() -> environment(options, null))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith(message)
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
  }

  /** How many messages a bounded run reads. */
  private static long read(TestTopic topic, List<String> how) throws Exception {
    List<String> args = new ArrayList<>(how);
    args.addAll(List.of("--source.kafka.end", "latest"));
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options(topic.source(args.toArray(String[]::new)));
      Conservation conservation =
          Conservation.of(environment(options, null).execute("bounded").getAllAccumulatorResults());
      assertThat(conservation.holds()).isTrue();
      return conservation.read();
    }
  }

  /** Questions and answers in order of time, every other one in the other partition if it is. */
  private static void send(TestTopic topic, int from, int to, List<Message> all) {
    for (int i = from; i < to; i++) {
      Message message = new Message(1, i / 2 % 50, START + i * SECOND, i % 2 == 1);
      topic.send(i % topic.partitions(), message);
      all.add(message);
    }
  }

  private static StreamExecutionEnvironment environment(Configuration options, String savepoint) {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", "STREAMING");
    flink.setString("execution.checkpointing.interval", "500 ms");
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "100");
    flink.setString("restart-strategy.fixed-delay.delay", "1 h");
    if (savepoint != null) {
      flink.setString("execution.state-recovery.path", savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    return env;
  }

  private static long count(JobClient job, Count count) throws Exception {
    return Conservation.value(job.getAccumulators().get(), count);
  }
}
