package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of records in the shape of a platform, through the job into the tables. */
class MappingIT {

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  private static final String PROGRAM =
      "if .kind == \"chat\" then .id as $b | .parts[] | {a: .by, $b, ts: .at, direct: (.by != null)}"
          + " elif .kind == \"closed\" then {b: .id, ts: .at, closes: true}"
          + " elif .kind == \"bad\" then {b: .id}"
          + " else empty end";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"STREAMING", "BATCH"})
  void recordsOfManyMessagesAndOfNone(String runtime) throws Exception {
    int chats = 500;
    List<String> records = new ArrayList<>();
    for (int b = 1; b <= chats; b++) {
      records.add(
          "{\"kind\":\"chat\",\"id\":%d,\"parts\":[{\"at\":\"2018-08-15T10:00:00Z\"},{\"by\":null,\"at\":\"2018-08-15T10:00:10Z\"},{\"by\":%d,\"at\":\"2018-08-15T10:00:30Z\"}]}"
              .formatted(b, b % 7 + 1));
      records.add("{\"kind\":\"typing\",\"id\":%d}".formatted(b));
      records.add("{\"kind\":\"closed\",\"id\":%d,\"at\":\"2018-08-15T10:00:40Z\"}".formatted(b));
    }
    records.addAll(Collections.nCopies(3, "{\"kind\":\"bad\",\"id\":1}"));
    Collections.shuffle(records, new Random(1));
    Files.write(folder.resolve("records.jsonl"), records);

    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      RunOutcome outcome = run(database, runtime, PROGRAM);
      assertThat(outcome.conservation())
          .isEqualTo(
              new Conservation(
                  4L * chats + 3, 4L * chats, 0, 0, 3, 0, chats, 0, chats, 2L * chats));
      assertThat(outcome.conservation().records()).isEqualTo(records.size());
      assertThat(outcome.conservation())
          .hasToString(
              "conservation: true (records 1,503 = mapped 1,000 + skipped 500 + dead 3; read 2,003 ="
                  + " used 2,000 + ignored 0 + late 0 + dead 3, with 500 closes)");
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.deadLetters())
          .hasSize(2)
          .satisfies(
              lines -> {
                assertThat(lines.get(0))
                    .isEqualTo("dead letters: 3, kept in tbl_dead_letter of schema public");
                assertThat(lines.get(1))
                    .startsWith("  mapping 3, such as " + folder)
                    .contains("output 1: has no \"ts\"");
              });
      assertThat(
              database.count(
                  "select count(*) from tbl_result where a = b % 7 + 1 and asked_a = -1 and a_ts - b_ts = interval '30 s'"))
          .isEqualTo(chats);
      assertThat(
              database.count(
                  "select count(*) from response_sessions where asked_agent_id is null and responder_id is not null"))
          .isEqualTo(chats);
    }
  }

  @Test
  void aDocumentIsReadOnFromWhereItWas() throws Exception {
    long chats = 10_000;
    StringBuilder document = new StringBuilder("[");
    for (int b = 1; b <= chats; b++) {
      long at = 1_534_327_200_000L + b * 1_000L;
      document
          .append(b == 1 ? "\n" : ",\n")
          .append(
              """
                {
                  "kind": "chat", "id": %d,
                  "parts": [{"at": %d}, {"by": 3, "at": %d}]
                }"""
                  .formatted(b, at, at + 500));
    }
    Path input = folder.resolve("export.json");
    Files.writeString(input, document + "\n]\n");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type",
              "files",
              "--source.files.path",
              input.toString(),
              "--messages.jq",
              PROGRAM);
      Path checkpoints = folder.resolve("checkpoints");
      Configuration flink = JobRun.settings("hashmap", checkpoints);
      JobRun first = JobRun.startSlowly(flink, 1, options, 500, checkpoints);
      first.awaitUsed(500);
      String state = first.end(JobRun.Leaves.CHECKPOINT);
      JobRun second = JobRun.start(flink, 2, options, Optional.of(state), checkpoints);
      assertThat(second.finish())
          .isEqualTo(new Conservation(2 * chats, 2 * chats, 0, 0, 0, 0, 0, 0, 0, chats));
      assertThat(
              database.count(
                  "select count(*) from tbl_result where a = 3 and a_ts - b_ts = interval '0.5 s'"))
          .isEqualTo(chats);
    }
  }

  @Test
  void aMappingThatSkipsEverythingIsNoSuccess() throws Exception {
    Files.writeString(folder.resolve("records.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      RunOutcome outcome = run(database, "BATCH", "select(.event == \"message\")");
      assertThat(outcome.failure())
          .contains(
              "nothing usable: not one of 2 records is a message; the mapping made nothing of 2.");
      assertThat(outcome.conservation().holds()).isTrue();
    }
  }

  private RunOutcome run(TestDatabase database, String runtime, String program, String... more)
      throws Exception {
    String[] given = {
      "--source.type", "files", "--source.files.path", folder.toString(), "--messages.jq", program
    };
    Configuration options =
        database.options(
            Stream.concat(Arrays.stream(given), Arrays.stream(more)).toArray(String[]::new));
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    return RunOutcome.of(env.execute("mapping").getAllAccumulatorResults(), options);
  }
}
