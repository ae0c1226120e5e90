package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The steps of the README's production section: from a topic into tables, on a real cluster. */
@Timeout(value = 1, unit = TimeUnit.DAYS) // A system property may make the run long.
class KafkaClusterIT {

  @TempDir static Path folder;

  private static FlinkCluster cluster;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = new FlinkCluster(folder).up(2);
  }

  @AfterAll
  static void endCluster() throws Exception {
    cluster.close();
  }

  @Test
  void aTopicIntoTablesStoppedAndGoneOnWith() throws Exception {
    // A million with -Dcluster.messages=1000000
    long messages = Long.getLong("cluster.messages", 100_000);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TopicFeed feed = new TopicFeed(database, messages)) {
      feed.sendUpTo(messages / 2);
      String first = cluster.run(with(List.of("-p", "1"), feed.options()));
      feed.awaitRead(cluster, first, messages / 2);
      String savepoint = cluster.stop(first);
      cluster.await(first, "FINISHED");

      String second = cluster.run(with(List.of("-s", savepoint, "-p", "2"), feed.options()));
      feed.sendUpTo(messages);
      feed.awaitUsed(cluster, second);

      Conservation counts = Conservation.of(cluster.counts(second));
      assertThat(counts.late() + counts.dead() + counts.ignored()).isZero();
      assertThat(feed.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
      cluster.succeed(List.of("cancel", second));
      cluster.await(second, "CANCELED");
    }
  }

  @Test
  void whatIsWrongWithKafkaIsOneLine() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(1)) {
      List<String> options = Arrays.asList(database.arguments(topic.source()));
      assertOneLine(
          cluster.command(run(options, "--source.kafka.topics", "nowhere")), "source.kafka.topics");
      assertOneLine(
          cluster.command(run(options, "--source.kafka.bootstrap-servers", "127.0.0.1:1")),
          "source.kafka.bootstrap-servers");
      assertOneLine(
          cluster.command(run(options, "--sink.jdbc.create-tables", "false")),
          "sink.jdbc.create-tables");
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

  private static List<String> with(List<String> before, List<String> options) {
    List<String> all = new ArrayList<>(before);
    all.addAll(options);
    return all;
  }
}
