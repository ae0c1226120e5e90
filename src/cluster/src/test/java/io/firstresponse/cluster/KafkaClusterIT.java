package io.firstresponse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.TestDatabase;
import io.firstresponse.job.TestTopic;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README's production section does: from a topic into tables, on a real cluster. */
class KafkaClusterIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int PARTITIONS = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"ANY_AGENT, final", "ADDRESSED_AGENT, live"})
  void aTopicIntoTablesStoppedAndGoneOnWith(ResponseMode mode, String results) throws Exception {
    // A million with -Dcluster.messages=1000000
    long messages = Long.getLong("cluster.messages", 100_000);
    try (FlinkCluster cluster = new FlinkCluster(folder).up(2);
        TestDatabase database = TestDatabase.create(mode);
        TestTopic topic = TestTopic.create(PARTITIONS)) {
      List<String> options =
          Arrays.asList(
              database.arguments(
                  topic.source(
                      "--results", results,
                      "--source.datagen.count", Long.toString(messages),
                      "--source.datagen.event-rate", "1000",
                      "--source.datagen.customers", "500",
                      "--source.datagen.disorder", "10 s",
                      "--source.datagen.duplicates", "0.02",
                      "--event-time.idle-timeout", "1 s",
                      "--event-time.max-out-of-orderness", "10 s",
                      "--sink.jdbc.flush-interval", "200 ms")));
      Workload workload = Workload.from(OptionParser.parse(options.toArray(String[]::new)));
      long half = messages / 2;
      send(topic, workload, 0, half);
      String first = cluster.run(with(List.of("-p", "1"), options));
      awaitRead(cluster, first, half);
      String savepoint = cluster.stop(first);
      cluster.await(first, "FINISHED");

      String second = cluster.run(with(List.of("-s", savepoint, "-p", "2"), options));
      send(topic, workload, half, messages);
      // Later than all others, so that the watermark passes those.
      for (int partition = 0; partition < PARTITIONS; partition++) {
        topic.send(partition, closing(workload, messages));
      }
      topic.flush();
      long all = messages + PARTITIONS;
      awaitRead(cluster, second, all);
      Await.until(
          "all but the last to be used",
          LIMIT,
          () -> cluster.counts(second).get(Count.USED.metric()) == messages);
      // And its rows to be in a checkpoint, so that they are sent.
      int checkpoints = cluster.checkpoints(second);
      Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(second) > checkpoints + 1);

      Conservation counts = Conservation.of(cluster.counts(second));
      assertThat(counts.late() + counts.dead() + counts.ignored()).isZero();
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      cluster.succeed(List.of("cancel", second));
      cluster.await(second, "CANCELED");
    }
  }

  @Test
  void whatIsWrongWithKafkaIsOneLine() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder).up(1);
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(1)) {
      List<String> options = Arrays.asList(database.arguments(topic.source()));
      assertOneLine(
          cluster.command(run(options, "--source.kafka.topics", "nowhere")), "source.kafka.topics");
      assertOneLine(
          cluster.command(run(options, "--source.kafka.bootstrap-servers", "127.0.0.1:1")),
          "source.kafka.bootstrap-servers");
      assertOneLine(
          cluster.command(run(options, "--sink.jdbc.schema", "nowhere")), "sink.jdbc.schema");
    }
  }

  private static void assertOneLine(FlinkCluster.Outcome outcome, String option) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
    assertThat(outcome.err().lines().filter(line -> !line.isBlank()))
        .as("%s", outcome)
        .singleElement()
        .asString()
        .contains(option);
  }

  /** The options, one of them with another value. */
  private static List<String> run(List<String> options, String option, String value) {
    List<String> changed = with(List.of("run", "-d"), options);
    int at = changed.indexOf(option);
    if (at < 0) {
      changed.addAll(List.of(option, value));
    } else {
      changed.set(at + 1, value);
    }
    return changed;
  }

  private static void awaitRead(FlinkCluster cluster, String job, long messages) throws Exception {
    cluster.await(job, "RUNNING");
    Await.until(
        messages + " messages read",
        LIMIT,
        () -> cluster.counts(job).getOrDefault(Count.READ.metric(), 0L) == messages);
  }

  private static void send(TestTopic topic, Workload workload, long from, long to)
      throws Exception {
    for (long i = from; i < to; i++) {
      topic.send((int) (i % PARTITIONS), workload.message(i));
    }
    topic.flush();
  }

  private static Message closing(Workload workload, long messages) {
    long last =
        LongStream.range(0, messages).map(i -> workload.message(i).ts()).max().orElseThrow();
    return new Message(1, -1, last + 3_600_000_000L, true);
  }

  private static List<String> with(List<String> before, List<String> options) {
    List<String> all = new ArrayList<>(before);
    all.addAll(options);
    return all;
  }
}
