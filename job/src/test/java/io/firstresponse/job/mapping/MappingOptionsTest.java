package io.firstresponse.job.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.JobOptions;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.options.BadOptionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingOptionsTest {

  @Test
  void valuesOfAMapping() {
    Configuration options =
        parse(
            "--messages.jq",
            ".a | .b",
            "--messages.jq.arg.team",
            "support: \"first\"",
            "--messages.jq.json-file.agents",
            "agents.json",
            "--messages.time-zone",
            "America/New_York");
    assertThat(options.get(MappingOptions.JQ)).isEqualTo(".a | .b");
    assertThat(options.get(MappingOptions.ARG)).isEqualTo(Map.of("team", "support: \"first\""));
    assertThat(options.get(MappingOptions.JSON_FILE)).isEqualTo(Map.of("agents", "agents.json"));
    assertThat(options.get(MessageOptions.TIME_ZONE)).isEqualTo("America/New_York");
    assertThat(parse().get(MessageOptions.TIME_ZONE)).isEqualTo("UTC");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--messages.time-zone Europe/Berln|messages.time-zone: 'Europe/Berln' is not the IANA name of a time zone, such as Europe/Berlin. Did you mean Europe/Berlin?",
        "--messages.time-zone +02:00|messages.time-zone: '+02:00' is not the IANA name",
        "--messages.jq.arg.x 1|messages.jq.arg.x: goes with messages.jq, which is not given.",
        "--messages.jq . --messages.jq.arg.a-b 1|messages.jq.arg.a-b: 'a-b' cannot be a variable of jq",
        "--messages.jq . --messages.jq.arg.x 1 --messages.jq.json-file.x f|messages.jq.json-file.x: $x is given by messages.jq.arg.x too.",
        "--messages.jq . --messages.field.ts at|messages.field.ts: has no meaning with messages.jq",
        "--messages.jq . --source.type datagen|messages.jq: not with source.type datagen",
        "--messages.jq . --source.type postgres|messages.jq: not with source.type postgres: there a view is the mapping",
        "--messages.jp .|There is no option messages.jp. Did you mean messages.jq?",
      })
  void refusesWhatCannotBeMeant(String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments.split(" ")))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith(message);
  }

  private static Configuration parse(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--source.files.path",
                "in.jsonl",
                "--sink.jdbc.url",
                "jdbc:postgresql://localhost/support",
                "--sink.jdbc.user",
                "writer",
                "--source.postgres.url",
                "jdbc:postgresql://localhost/support",
                "--source.postgres.user",
                "reader"));
    all.addAll(Arrays.asList(arguments));
    if (!all.contains("--source.type")) {
      all.addAll(List.of("--source.type", "files"));
    }
    return JobOptions.parse(all.toArray(String[]::new));
  }
}
