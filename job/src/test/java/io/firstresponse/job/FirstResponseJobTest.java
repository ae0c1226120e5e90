package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.OptionParser;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class FirstResponseJobTest {

  @Test
  void unalignedCheckpointsAreRefused() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            new Configuration()
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10))
                .set(CheckpointingOptions.ENABLE_UNALIGNED, true));
    Configuration options =
        OptionParser.parse(
            new String[] {
              "--source.type",
              "datagen",
              "--sink.jdbc.url",
              "jdbc:postgresql://127.0.0.1:1/none",
              "--sink.jdbc.user",
              "nobody"
            });
    assertThatThrownBy(() -> FirstResponseJob.define(env, options))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("execution.checkpointing.unaligned.enabled: not true")
        .hasMessageContaining("-Dexecution.checkpointing.unaligned.enabled=false");
  }

  @Test
  void theChangelogBackendIsRefused() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            new Configuration()
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10))
                .set(StateChangelogOptions.ENABLE_STATE_CHANGE_LOG, true));
    Configuration options =
        OptionParser.parse(
            new String[] {
              "--source.type",
              "datagen",
              "--sink.jdbc.url",
              "jdbc:postgresql://127.0.0.1:1/none",
              "--sink.jdbc.user",
              "nobody"
            });
    assertThatThrownBy(() -> FirstResponseJob.define(env, options))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("state.changelog.enabled: not true")
        .hasMessageContaining("-Dstate.changelog.enabled=false");
  }
}
