package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.mapping.Presets;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.source.files.Records.Found;
import io.firstresponse.job.testing.PresetSample;
import io.firstresponse.job.testing.WindowQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every preset on its sample, against the {@code jq} command and the sessions beside it. */
class PresetsTest {

  private static final Path FEEDS = Path.of("../conf/feeds");

  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void allPresetsOfTheTreeAreKnownByTheirNames() throws IOException {
    try (Stream<Path> files = Files.list(FEEDS)) {
      assertThat(Presets.names())
          .hasSize(13)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(".jq"))
                  .map(name -> name.substring(0, name.length() - ".jq".length()))
                  .toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> outputsAreThoseOfJq() {
    assumeTrue(isThere("jq"), "there is no jq command here, so presets are not compared with it");
    return Presets.names().stream()
        .map(preset -> DynamicTest.dynamicTest(preset, () -> compare(preset)));
  }

  @TestFactory
  Stream<DynamicTest> sessionsAreThoseBesideTheSample() {
    return Presets.names().stream()
        .map(preset -> DynamicTest.dynamicTest(preset, () -> assertSessions(preset)));
  }

  private static void assertSessions(String preset) throws Exception {
    InputFiles files = new InputFiles();
    // The samples are of 2026, whatever the clock says.
    files.set(EventTimeOptions.MAX_FUTURE_SKEW, Duration.ofDays(36_500));
    files.set(MappingOptions.JQ, preset);
    PresetSample sample = new PresetSample(preset, FEEDS);
    files.set(MappingOptions.JSON_FILE, sample.jsonFiles());
    Presets.options(preset)
        .forEach(
            (option, value) ->
                files.set(ConfigOptions.key(option).stringType().noDefaultValue(), value));
    List<Message> messages = new ArrayList<>();
    for (Received one : files.read(files.whole(sample.records()))) {
      if (one instanceof Message message) {
        messages.add(message);
      } else {
        assertThat(one).isInstanceOf(Mapped.class);
        messages.addAll(((Mapped) one).messages());
      }
    }
    // As the job does by default.
    messages.removeIf(message -> message.automated() && !message.closes());
    Map<Long, String> ids = ids(messages);
    assertThat(
            WindowQuery.sessions(ResponseMode.ANY_AGENT, messages).stream()
                .map(session -> line(session, ids))
                .toList())
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(sample.sessions());
  }

  /** The ids of the keys, if ids are texts. */
  private static Map<Long, String> ids(List<Message> messages) {
    Map<Long, String> ids = new HashMap<>();
    for (Message message : messages) {
      if (message.texts().customerId() != null) {
        ids.put(message.b(), message.texts().customerId());
      }
      if (message.texts().agentId() != null) {
        ids.put(message.a(), message.texts().agentId());
      }
    }
    return ids;
  }

  private static String line(Session session, Map<Long, String> ids) {
    return "%s,%s,%s,%s,%s,%s"
        .formatted(
            id(session.b(), ids),
            time(session.openedAt()),
            session.asked() == Session.NOBODY ? "" : id(session.asked(), ids),
            session.isAnswered() ? id(session.responder(), ids) : "",
            session.isAnswered() ? time(session.endedAt()) : "",
            session.isClosed() ? time(session.endedAt()) : "");
  }

  private static String id(long key, Map<Long, String> ids) {
    return ids.getOrDefault(key, Long.toString(key));
  }

  /** With as many decimals as it needs. */
  private static String time(long micros) {
    return Instant.EPOCH
        .plus(micros, ChronoUnit.MICROS)
        .toString()
        .replaceFirst("(\\.\\d*[1-9])0+Z$", "$1Z");
  }

  private static void compare(String preset) throws Exception {
    PresetSample sample = new PresetSample(preset, FEEDS);
    Map<String, String> variables = sample.jsonFiles();
    List<JsonNode> records = records(sample.records());
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
