package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportOptionsTest {

  private static final String PASSWORD = "canary-password";

  @TempDir Path folder;

  @Test
  void defaults() {
    ReportOptions options = parse();
    assertThat(options.schema()).isEqualTo("public");
    assertThat(options.out()).isEqualTo(folder.resolve("report.html"));
    assertThat(options.request()).isEqualTo(ReportRequest.usual());
    assertThat(options.connections()).hasToString("postgresql://localhost/support as user reader");
  }

  @Test
  void values() {
    ReportOptions options =
        parse(
            "--sink.jdbc.schema=eu",
            "--from",
            "2026-03-01",
            "--to",
            "2026-03-31",
            "--target",
            "1 hour",
            "--title",
            "March",
            "--team=West",
            "--label.channel",
            "e mail",
            "--label.priority=high",
            "--agent",
            "Ann");
    assertThat(options.schema()).isEqualTo("eu");
    ReportRequest request = options.request();
    assertThat(request.title()).isEqualTo("March");
    assertThat(request.from()).contains(LocalDate.of(2026, 3, 1));
    assertThat(request.to()).contains(LocalDate.of(2026, 3, 31));
    assertThat(request.target()).contains("1 hour");
    assertThat(request.filter())
        .isEqualTo(
            new ReportFilter(
                Optional.of("West"),
                new TreeMap<>(Map.of("channel", "e mail", "priority", "high")),
                Optional.of("Ann")));
  }

  @Test
  void theJobsOwnFileWillDo() throws IOException {
    Path file = folder.resolve("job.properties");
    Files.writeString(file, "source.type: kafka\nresponse-mode: any-agent\nsink.jdbc.schema: eu\n");
    assertThat(parse("--config", file.toString()).schema()).isEqualTo("eu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "form|1|There is no option form. Did you mean from?",
        "sink.jdbc.password|canary-password|There is no option sink.jdbc.password. Did you mean sink.jdbc.password-file?",
        "from|yesterday|from: 'yesterday' is not a day, such as 2026-03-01.",
        "to|2026-02-30|to: '2026-02-30' is not a day, such as 2026-03-01.",
        "title|' '|title has no value.",
        "label.channel|' '|label.channel has no value.",
        "label|email|There is no option label. Did you mean label.*?",
      })
  void whatIsWrongIsOneLine(String key, String value, String message) {
    assertThatThrownBy(() -> parse("--" + key, value))
        .isInstanceOf(BadOptionException.class)
        .hasMessage(message)
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void anUrlWithASecretIsNotRepeated() {
    assertThatThrownBy(
            () -> parse(Map.of("sink.jdbc.url", "jdbc:postgresql://h/d?password=" + PASSWORD)))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("sink.jdbc.url: ")
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void aFileThatCannotBeWritten() {
    Path nowhere = folder.resolve("none/report.html");
    assertThatThrownBy(() -> parse(Map.of("out", nowhere.toString())))
        .hasMessage("out: there is no folder %s.".formatted(nowhere.getParent()));
    assertThatThrownBy(() -> parse(Map.of("out", folder.toString())))
        .hasMessage("out: %s is a folder; name a file.".formatted(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sink.jdbc.url", "sink.jdbc.user", "out"})
  void whatIsNeededIsNamed(String key) {
    Map<String, String> options = needed();
    options.remove(key);
    assertThatThrownBy(() -> ReportOptions.parse(arguments(options)))
        .isInstanceOf(BadOptionException.class)
        .hasMessageStartingWith("--" + key + " is missing: ");
  }

  @Test
  void theScriptsHelpNamesEveryOption() throws IOException {
    String script = Files.readString(Path.of("../../scripts/report"));
    assertThat(ReportOptions.KEYS)
        .hasSize(12)
        .allSatisfy(
            option ->
                assertThat(script)
                    .containsPattern("\n#   --\\Q" + option.replace(".*", ".NAME") + "\\E [A-Z]"));
  }

  private Map<String, String> needed() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("sink.jdbc.url", "jdbc:postgresql://localhost/support");
    options.put("sink.jdbc.user", "reader");
    options.put("out", folder.resolve("report.html").toString());
    return options;
  }

  private ReportOptions parse(Map<String, String> changed) {
    Map<String, String> options = needed();
    options.putAll(changed);
    return ReportOptions.parse(arguments(options));
  }

  private ReportOptions parse(String... more) {
    List<String> args = new ArrayList<>(Arrays.asList(arguments(needed())));
    args.addAll(Arrays.asList(more));
    return ReportOptions.parse(args.toArray(String[]::new));
  }

  private static String[] arguments(Map<String, String> options) {
    List<String> args = new ArrayList<>();
    options.forEach((key, value) -> args.addAll(List.of("--" + key, value)));
    return args.toArray(String[]::new);
  }
}
