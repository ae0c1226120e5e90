package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The packaged job on a Flink that has connectors for Kafka and JDBC in its own lib folder, as SQL
 * gateways and platforms have. Flink loads {@code org.apache.flink} from there first.
 */
class ForeignConnectorsIT {

  private static final long MESSAGES = 20_000;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"same, 3", "other, 4"})
  void theJobRunsOnItsOwn(String versions, int artifacts) throws Exception {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of("target/connectors", versions))) {
      jars = files.toList();
    }
    assertThat(jars).as("jars, without those of an earlier build").hasSize(artifacts);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TopicFeed feed = new TopicFeed(database, MESSAGES);
        FlinkCluster cluster = new FlinkCluster(folder, jars).up(1)) {
      feed.sendUpTo(MESSAGES);
      List<String> args = new ArrayList<>(feed.options());
      // A class of Kafka that an option names is loaded from the job's jar too.
      args.addAll(
          List.of(
              "--source.kafka.properties.metric.reporters",
              "org.apache.kafka.common.metrics.JmxReporter"));
      String job = cluster.run(args);
      feed.awaitUsed(cluster, job);

      Conservation counts = Conservation.of(cluster.counts(job));
      assertThat(counts.late() + counts.dead() + counts.ignored()).isZero();
      assertThat(feed.differences()).isEmpty();
      assertThat(cluster.failures(job)).isZero();
      cluster.succeed(List.of("cancel", job));
      cluster.await(job, "CANCELED");
    }
  }
}
