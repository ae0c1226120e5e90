package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked examples of the page on semantics about closes and ids, from files. */
class WorkedExamplesIT {

  private static final String SESSIONS =
      """
      select coalesce(customer, customer_id::text), to_char(opened_at at time zone 'UTC', 'HH24:MI'),
        coalesce(asked_agent_id::text, 'nobody'), status,
        coalesce(to_char(coalesce(responded_at, closed_at) at time zone 'UTC', 'HH24:MI'), '-'),
        coalesce(responder_id::text, '-')
      from response_sessions order by 1, opened_at
      """;

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "BATCH, final",
    "STREAMING, final",
    "BATCH, live",
    "STREAMING, live",
  })
  void thanksAndAClose(String runtime, String results) throws Exception {
    String[] conversation = {
      close("09:10:00"), asks("09:06:00"), answers("09:05:00"), asks("09:00:00"),
    };
    String[] withQuestion = {
      conversation[0], asks("09:10:00"), conversation[1], conversation[2], conversation[3],
    };
    for (ResponseMode mode : ResponseMode.values()) {
      for (String[] records : List.of(conversation, withQuestion)) {
        try (TestDatabase database = TestDatabase.create(mode)) {
          run(database, runtime, results, "integer", records);
          assertThat(database.strings(SESSIONS))
              .containsExactly("7 09:00 1 answered 09:05 1", "7 09:06 1 closed 09:10 -");
          assertThat(database.strings("select response_seconds from response_sessions order by 1"))
              .containsExactly("300", "null");
          assertThat(database.count("select count(*) from waiting_now")).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BATCH, final",
    "STREAMING, final",
    "BATCH, live",
    "STREAMING, live",
  })
  void toNobodyInParticular(String runtime, String results) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(
          database,
          runtime,
          results,
          "integer",
          "{\"a\":5,\"b\":7,\"ts\":\"2026-03-02T09:05:00Z\",\"direct\":true}",
          "{\"a\":null,\"b\":7,\"ts\":\"2026-03-02T09:00:00Z\",\"direct\":false}",
          "{\"b\":8,\"ts\":\"2026-03-02T09:02:00Z\",\"closes\":true}",
          "{\"b\":8,\"ts\":\"2026-03-02T09:01:00Z\",\"direct\":false}");
      assertThat(database.strings(SESSIONS))
          .containsExactly("7 09:00 nobody answered 09:05 5", "8 09:01 nobody closed 09:02 -");
      assertThat(database.strings("select asked_a, a from tbl_result order by b"))
          .containsExactly("-1 5", "-1 -1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BATCH, final",
    "STREAMING, final",
    "BATCH, live",
    "STREAMING, live",
  })
  void texts(String runtime, String results) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(
          database,
          runtime,
          results,
          "text",
          "{\"b\":\"10\",\"ts\":\"2026-03-02T09:00:00Z\",\"direct\":false}",
          "{\"b\":\"010\",\"ts\":\"2026-03-02T09:01:00Z\",\"direct\":false}",
          "{\"b\":10,\"ts\":\"2026-03-02T09:02:00Z\",\"closes\":true}");
      assertThat(database.strings(SESSIONS))
          .containsExactly("010 09:01 nobody open - -", "10 09:00 nobody closed 09:02 -");
    }
  }

  private static String asks(String time) {
    return record(time, "\"direct\":false");
  }

  private static String answers(String time) {
    return record(time, "\"direct\":true");
  }

  private static String close(String time) {
    return record(time, "\"closes\":true");
  }

  private static String record(String time, String kind) {
    return "{\"a\":1,\"b\":7,\"ts\":\"2026-03-02T%sZ\",%s}".formatted(time, kind);
  }

  private void run(
      TestDatabase database, String runtime, String results, String ids, String... records)
      throws Exception {
    Path file = Files.write(folder.resolve("messages.jsonl"), List.of(records));
    Configuration options =
        database.options(
            "--source.type",
            "files",
            "--source.files.path",
            file.toString(),
            "--messages.ids",
            ids,
            "--results",
            results,
            "--event-time.max-future-skew",
            "36500 d",
            "--event-time.max-out-of-orderness",
            "1 d");
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    env.execute("examples");
  }
}
