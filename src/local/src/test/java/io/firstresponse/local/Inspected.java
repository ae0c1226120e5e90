package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** What tests of {@code scripts/inspect} have in common. */
final class Inspected {

  private Inspected() {}

  /** Options that read a file or folder. */
  static List<String> files(Path path, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--source.type", "files", "--source.files.path", path.toString()));
    args.addAll(List.of(more));
    return args;
  }

  /** On a slow machine its progress is printed there. */
  static void assertNoErrors(Script.Outcome outcome) {
    assertThat(outcome.err().lines()).allMatch(line -> line.contains(" s  messages "));
  }

  /** What it prints with {@code --json}. */
  static JsonNode json(List<String> args) throws Exception {
    List<String> all = new ArrayList<>(args);
    all.add("--json");
    Script.Outcome outcome = InProcess.inspect(all);
    assertNoErrors(outcome);
    assertThat(outcome.out().lines()).hasSize(1);
    return new ObjectMapper().readTree(outcome.out());
  }
}
