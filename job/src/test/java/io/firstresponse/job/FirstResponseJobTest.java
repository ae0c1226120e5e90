package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.options.BadOptionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
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
    assertThatThrownBy(() -> FirstResponseJob.define(env, options()))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith(option + ": not true")
        .hasMessageContaining("-D" + option + "=false");
  }

  @Test
  void theSummaryNamesWhatDecidesTheResults() {
    assertThat(JobSummary.of(options("--results", "live"), "the database"))
        .contains(
            JobSummary.version(),
            "datagen",
            "any-agent",
            "live",
            "1 min",
            "public",
            "the database");
  }

  private static Configuration options(String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(
        List.of(
            "--source.type",
            "datagen",
            "--sink.jdbc.url",
            "jdbc:postgresql://127.0.0.1:1/none",
            "--sink.jdbc.user",
            "nobody"));
    return JobOptions.parse(args.toArray(String[]::new));
  }
}
