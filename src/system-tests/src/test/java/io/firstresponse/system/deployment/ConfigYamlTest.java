package io.firstresponse.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.util.PortRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped {@code config.yaml}, read by Flink: all settings, with their values. */
class ConfigYamlTest {

  private static final Path CONF = Path.of("../../conf");
  private static final String REPORTER = "metrics.reporter.prom.";

  private final Configuration configuration =
      GlobalConfiguration.loadConfiguration(CONF.toString());

  private final Set<String> asserted = new TreeSet<>();

  @Test
  void everySettingIsAsMeant() {
    assertSetting(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.AUTOMATIC);
    assertSetting(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(20));
    assertSetting(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    assertSetting(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(5));
    assertSetting(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 5);
    assertSetting(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    assertSetting(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
    assertSetting(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    assertSetting(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file:///tmp/first-response/checkpoints");
    assertSetting(
        CheckpointingOptions.SAVEPOINT_DIRECTORY, "file:///tmp/first-response/savepoints");

    assertSetting(PipelineOptions.MAX_PARALLELISM, 720);
    assertSetting(PipelineOptions.GENERIC_TYPES, false);
    assertSetting(PipelineOptions.AUTO_GENERATE_UIDS, false);
    assertSetting(PipelineOptions.OBJECT_REUSE, true);

    assertSetting(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    assertSetting(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    assertSetting(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    assertSetting(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofMinutes(1));
    assertSetting(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_JITTER_FACTOR, 0.1);
    assertSetting(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(10));
    assertSetting(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, 15);

    assertSetting(CoreOptions.FLINK_TM_JVM_OPTIONS, "-XX:+UseParallelGC");
    assertThat(configuration.get(CoreOptions.FLINK_JVM_OPTIONS).split(" "))
        .hasSize(14)
        .allMatch(
            option -> option.matches("--add-(opens|exports)=java[.a-z]+/[.a-z0-9]+=ALL-UNNAMED"))
        .doesNotHaveDuplicates();
    asserted.add(CoreOptions.FLINK_JVM_OPTIONS.key());
    assertSetting(StateBackendOptions.STATE_BACKEND, "hashmap");

    assertSetting(ClientOptions.CLIENT_TIMEOUT, Duration.ofMinutes(10));
    assertSetting(BlobServerOptions.CLEANUP_INTERVAL, 60L);

    assertSetting(RestOptions.ADDRESS, "localhost");
    assertSetting(RestOptions.BIND_ADDRESS, "127.0.0.1");
    assertSetting(WebOptions.SUBMIT_ENABLE, false);
    assertSetting(WebOptions.CANCEL_ENABLE, false);

    assertThat(asserted).isEqualTo(new TreeSet<>(configuration.keySet()));
  }

  /** Flink's reporter listens on all interfaces, so it is off unless a user configures it. */
  @Test
  void metricsArePublishedOnceTheirCommentSignsAreRemoved(@TempDir Path folder) throws Exception {
    assertThat(configuration.keySet()).noneMatch(key -> key.startsWith("metrics."));
    String text = Files.readString(CONF.resolve("config.yaml"));
    int commented = text.indexOf("#metrics:");
    Files.writeString(
        folder.resolve("config.yaml"),
        text.substring(0, commented) + text.substring(commented).replaceAll("(?m)^#", ""));
    Map<String, String> more =
        new TreeMap<>(GlobalConfiguration.loadConfiguration(folder.toString()).toMap());
    assertThat(more.keySet().containsAll(configuration.keySet())).isTrue();
    more.keySet().removeAll(configuration.keySet());
    assertThat(more)
        .containsOnlyKeys(REPORTER + "factory.class", REPORTER + "port")
        .containsEntry(
            REPORTER + "factory.class",
            "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    assertThat(new PortRange(more.get(REPORTER + "port")).getPortsIterator())
        .toIterable()
        .hasSize(20)
        .startsWith(9249);
  }

  @Test
  void everyKeyIsOneOfFlinks() throws Exception {
    Set<String> known = FlinkKeys.all();
    assertThat(known).hasSizeGreaterThan(300).doesNotContain("rest.adress");
    assertThat(configuration.keySet()).isNotEmpty().isSubsetOf(known);
  }

  private <T> void assertSetting(ConfigOption<T> option, T value) {
    assertThat(configuration.getOptional(option)).as(option.key()).contains(value);
    asserted.add(option.key());
  }
}
