package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.options.BadOptionException;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstResponseJobTest {

  @ParameterizedTest
  @ValueSource(strings = {"execution.checkpointing.unaligned.enabled", "state.changelog.enabled"})
  void whatTheStateDoesNotSurviveIsRefused(String option) {
    Configuration flink =
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    flink.setString(option, "true");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    Configuration options =
        JobOptions.parse(
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
        .hasMessageStartingWith(option + ": not true")
        .hasMessageContaining("-D" + option + "=false");
  }
}
