package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.PresetSample;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples of presets as the values of Kafka records. */
class KafkaMappingIT {

  private static final Path FEEDS = Path.of("../conf/feeds");

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  /** Platforms whose webhooks or changes come through Kafka, a record in a line of the sample. */
  @ParameterizedTest
  @ValueSource(strings = {"chatwoot", "chatwoot-database", "zammad"})
  void theTableHasTheSessionsBesideTheSample(String preset) throws Exception {
    PresetSample sample = new PresetSample(preset, FEEDS);
    List<String> records = Files.readAllLines(sample.records());
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.create(2)) {
      for (int i = 0; i < records.size(); i++) {
        topic.send(i % 2, records.get(i));
      }
      topic.flush();
      List<String> arguments = new ArrayList<>(sample.arguments());
      arguments.addAll(List.of(topic.source("--source.kafka.end", "latest")));
      Configuration options = database.options(arguments.toArray(String[]::new));
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "BATCH");
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(2);
      FirstResponseJob.define(env, options);
      RunOutcome outcome =
          RunOutcome.of(env.execute("mapping").getAllAccumulatorResults(), options);
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.conservation().holds()).isTrue();
      assertThat(outcome.conservation().records()).isEqualTo(records.size());
      assertThat(outcome.conservation().dead()).isZero();
      sample.assertSessions(database);
    }
  }
}
