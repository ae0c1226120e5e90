package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.options.SinkOptions;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class LoadCommandTest {

  private static final Configuration WITH_SINK =
      new Configuration()
          .set(SinkOptions.URL, "jdbc:postgresql://localhost/support")
          .set(SinkOptions.USER, "first_response");

  private static String of(List<String> given, List<String> recommended) {
    return LoadCommand.loading("scripts/run-local", given, recommended, WITH_SINK);
  }

  @Test
  void hasWhatWasGivenAndWhatIsRecommended() {
    assertThat(
            of(
                List.of(
                    "--source.type=files",
                    "--event-time.max-out-of-orderness",
                    "5 s",
                    "-Dparallelism.default=2",
                    "--messages.jq",
                    "select(.a != 'it''s') | {b}"),
                List.of("--event-time.max-out-of-orderness", "2 h", "--messages.ids", "text")))
        .isEqualTo(
            """
            scripts/run-local \\
              --source.type files \\
              --event-time.max-out-of-orderness '2 h' \\
              -Dparallelism.default=2 \\
              --messages.jq 'select(.a != '\\''it'\\'''\\''s'\\'') | {b}' \\
              --messages.ids text""");
  }

  @Test
  void namesTheDatabaseThatIsMissing() {
    assertThat(LoadCommand.loading("bin/run-local", List.of(), List.of(), new Configuration()))
        .isEqualTo(
            """
            bin/run-local \\
              --sink.jdbc.url jdbc:postgresql://HOST:5432/DATABASE \\
              --sink.jdbc.user USER""");
    assertThat(LoadCommand.of("bin/inspect", List.of(), List.of("--messages.jq", "zammad")))
        .isEqualTo("bin/inspect \\\n  --messages.jq zammad");
  }

  @Test
  void showsNoSecrets() {
    assertThat(
            of(
                List.of(
                    "--source.kafka.properties.sasl.jaas.config",
                    "x password=canary1",
                    "--source.kafka.properties.ssl.keystore.password",
                    "canary2",
                    "--source.kafka.properties.ssl.key.password",
                    "${file:/etc/kafka:key}",
                    "--sink.jdbc.url",
                    "jdbc:postgresql://me:canary3@host/db?user=me&password=canary4&ssl=true",
                    "-Ds3.secret-key=canary5",
                    "-Ds3.access-key=canary6",
                    "--sink.jdbc.password-file",
                    "/home/me/.password"),
                List.of()))
        .doesNotContain("canary")
        .contains(
            "jdbc:postgresql://me:HIDDEN@host/db?user=me&password=HIDDEN&ssl=true",
            "--sink.jdbc.password-file /home/me/.password",
            "'${file:/etc/kafka:key}'");
  }
}
