package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.testing.PresetSample;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code scripts/run-local --messages.jq NAME} on the sample of each preset. */
class PresetsIT {

  private static final Path FEEDS = Path.of("../../conf/feeds");

  static Stream<String> presets() {
    return Presets.names().stream();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void theTableHasTheSessionsBesideTheSample(String preset) throws Exception {
    PresetSample sample = new PresetSample(preset, FEEDS);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      List<String> arguments = new ArrayList<>(sample.arguments());
      arguments.addAll(
          List.of("--source.type", "files", "--source.files.path", sample.records().toString()));
      Script.Outcome outcome =
          InProcess.runLocal(List.of(database.arguments(arguments.toArray(String[]::new))));
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out()).contains("conservation: true (").doesNotContain("dead letters");
      sample.assertSessions(database);
    }
  }
}
