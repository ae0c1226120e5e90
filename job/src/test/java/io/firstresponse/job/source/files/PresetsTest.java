package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.source.files.Records.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every preset on its sample, against the {@code jq} command. */
class PresetsTest {

  private static final Path FEEDS = Path.of("../conf/feeds");

  private static final JsonMapper JSON = new JsonMapper();

  @TestFactory
  Stream<DynamicTest> outputsAreThoseOfJq() {
    assumeTrue(isThere("jq"), "there is no jq command here, so presets are not compared with it");
    return Presets.names().stream()
        .map(preset -> DynamicTest.dynamicTest(preset, () -> compare(preset)));
  }

  private static void compare(String preset) throws Exception {
    Map<String, String> variables = new HashMap<>();
    Path sample = null;
    try (Stream<Path> files = Files.list(FEEDS.resolve("samples"))) {
      for (Path file : files.toList()) {
        String[] name = file.getFileName().toString().split("\\.", -1);
        if (name[0].equals(preset) && name.length == 2) {
          sample = file;
        } else if (name[0].equals(preset) && name[2].equals("json")) {
          variables.put(name[1], file.toString());
        }
      }
    }
    List<JsonNode> records = records(sample);
    Mapping mapping =
        Mapping.from(
                new Configuration()
                    .set(MappingOptions.JQ, preset)
                    .set(MappingOptions.JSON_FILE, variables))
            .orElseThrow();
    List<JsonNode> outputs = new ArrayList<>();
    for (JsonNode record : records) {
      // As text and back, so that numbers are of the same types.
      mapping.program().run(record, output -> outputs.add(tree(output.toString())));
    }
    assertThat(outputs).isNotEmpty().isEqualTo(jq(preset, variables, records));
  }

  private static List<JsonNode> records(Path sample) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    if (sample.toString().endsWith(".csv")) {
      List<String> lines = Files.readAllLines(sample);
      String[] names = lines.get(0).split(",", -1);
      for (String line : lines.subList(1, lines.size())) {
        ObjectNode row = JSON.createObjectNode();
        String[] values = line.split(",", -1);
        for (int column = 0; column < names.length; column++) {
          row.put(names[column], values[column]);
        }
        records.add(row);
      }
      return records;
    }
    try (JsonValues values = new JsonValues(Files.newInputStream(sample), 1024 * 1024)) {
      while (values.next() == Found.RECORD) {
        records.add(
            tree(
                new String(
                    values.bytes(), values.from(), values.available(), StandardCharsets.UTF_8)));
      }
    }
    return records;
  }

  private static List<JsonNode> jq(
      String preset, Map<String, String> variables, List<JsonNode> records) throws Exception {
    List<String> command = new ArrayList<>(List.of("jq", "-c"));
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      command.addAll(
          List.of("--argjson", variable.getKey(), Files.readString(Path.of(variable.getValue()))));
    }
    command.addAll(List.of("-f", FEEDS.resolve(preset + ".jq").toString()));
    Process jq = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = jq.outputWriter(StandardCharsets.UTF_8)) {
      for (JsonNode record : records) {
        in.write(record + "\n");
      }
    }
    List<String> lines = jq.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertThat(jq.waitFor()).as("%s", lines).isZero();
    return lines.stream().map(PresetsTest::tree).toList();
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  private static boolean isThere(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }
}
