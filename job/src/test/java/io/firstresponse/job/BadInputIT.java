package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of bad record among good ones: the good ones count, the bad ones are kept. */
class BadInputIT {

  private static final String GOOD_QUESTION =
      "{\"a\":1,\"b\":%d,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false}";
  private static final String GOOD_ANSWER =
      "{\"a\":1,\"b\":%d,\"ts\":\"2018-08-15T10:00:30Z\",\"direct\":true}";

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @SuppressWarnings("ArrayRecordComponent")
  private record Bad(String reason, byte[] bytes) {
    Bad(String reason, String text) {
      this(reason, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<Bad> badLines() {
    String good = GOOD_QUESTION.formatted(1);
    byte[] badUtf8 = ("{\"x\":\"?\"," + good.substring(1)).getBytes(StandardCharsets.UTF_8);
    badUtf8[6] = (byte) 0xff;
    return List.of(
        new Bad("bad-encoding", badUtf8),
        new Bad("bad-json", "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
        new Bad("bad-json", "not json"),
        new Bad("bad-json", "{\"a\":1,\"b\":1,"),
        new Bad("bad-json", good + good),
        new Bad("bad-json", "[1,2]"),
        new Bad("bad-json", "null"),
        new Bad("bad-json", good.replace("\"a\":1", "\"a\":1,\"a\":2")),
        new Bad("bad-field", good.replace("\"a\":1", "\"a\":1e400")),
        new Bad("bad-field", good.replace("\"a\":1", "\"a\":9223372036854775808")),
        new Bad("bad-field", good.replace("\"a\":1", "\"a\":\"one\"")),
        new Bad("bad-field", good.replace("false", "\"no\"")),
        new Bad("bad-field", GOOD_ANSWER.formatted(1).replace("\"a\":1", "\"a\":-1")),
        new Bad("missing-field", GOOD_ANSWER.formatted(1).replace("\"a\":1", "\"a\":null")),
        new Bad("missing-field", "{\"a\":1,\"b\":1,\"direct\":false}"),
        new Bad("bad-timestamp", good.replace("2018-08-15T10:00:00Z", "2018-02-30T10:00:00Z")),
        new Bad("bad-timestamp", good.replace("\"2018-08-15T10:00:00Z\"", "1e400")),
        new Bad("future", good.replace("2018", "9018")),
        new Bad("empty", ""),
        new Bad("too-long", "{\"x\":\"" + "x".repeat(3_000_000) + "\"," + good.substring(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"STREAMING", "BATCH"})
  void goodLinesCountAndBadLinesAreKept(String runtime) throws Exception {
    List<Bad> bad = badLines();
    int customers = 300;
    List<byte[]> lines = new ArrayList<>();
    for (int b = 1; b <= customers; b++) {
      lines.add(GOOD_QUESTION.formatted(b).getBytes(StandardCharsets.UTF_8));
      lines.add(GOOD_ANSWER.formatted(b).getBytes(StandardCharsets.UTF_8));
      if (b <= bad.size()) {
        lines.add(bad.get(b - 1).bytes());
      }
    }
    write(Files.newOutputStream(folder.resolve("mixed.jsonl")), lines);
    Files.write(folder.resolve("cut.jsonl.gz"), truncatedGzip());
    Files.writeString(folder.resolve("what.xyz"), "?");

    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options("--source.type", "files", "--source.files.path", folder.toString());
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", runtime);
      flink.setString("restart-strategy.type", "none");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(2);
      FirstResponseJob.define(env, options);
      Conservation conservation =
          Conservation.of(env.execute("bad input").getAllAccumulatorResults());

      int dead = bad.size() + 2;
      assertThat(conservation.holds()).isTrue();
      assertThat(conservation.dead()).isEqualTo(dead);
      assertThat(database.count("select count(*) from tbl_dead_letter")).isEqualTo(dead);
      assertThat(
              database.count(
                  "select count(*) from tbl_result where a = 1 and a_ts - b_ts = interval '30 s' and b <= "
                      + customers))
          .isEqualTo(customers);
      assertThat(
              database.strings(
                  "select reason from tbl_dead_letter where origin like '%mixed.jsonl' order by position"))
          .containsExactlyElementsOf(bad.stream().map(Bad::reason).toList());
      for (int i = 0; i < bad.size(); i++) {
        assertThat(
                database.count(
                    "select raw_length from tbl_dead_letter where origin like '%mixed.jsonl' order by position offset "
                        + i
                        + " limit 1"))
            .isEqualTo(bad.get(i).bytes().length);
      }
      assertThat(
              database.strings(
                  "select reason from tbl_dead_letter where origin not like '%mixed.jsonl' order by 1"))
          .containsExactly("bad-compression", "unknown-format");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Milliseconds, taken for seconds.
        "1534327815000|seconds|5 min|nothing usable: the times of all 2 records",
        "\"2099-01-01T00:00:00Z\"|seconds|5 min|nothing usable: the times of all 2 records",
        "\"2099-01-01T00:00:00Z\"|seconds|36500 d|unlikely times: all 2 messages are from after next year",
        "1534327815|milliseconds|5 min|unlikely times: all 2 messages are from before 1990",
      })
  void timesThatAreAllUnlikelyAreNoSuccess(String ts, String unit, String skew, String line)
      throws Exception {
    Path input = folder.resolve("messages.jsonl");
    Files.writeString(
        input,
        """
        {"a":1,"b":7,"ts":TS,"direct":false}
        {"a":1,"b":7,"ts":TS,"direct":true}
        """
            .replace("TS", ts));
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type",
              "files",
              "--source.files.path",
              input.toString(),
              "--messages.epoch-unit",
              unit,
              "--event-time.max-future-skew",
              skew);
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "BATCH");
      flink.setString("restart-strategy.type", "none");
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
      env.setParallelism(1);
      FirstResponseJob.define(env, options);
      RunOutcome outcome =
          RunOutcome.of(env.execute("unlikely").getAllAccumulatorResults(), options);
      assertThat(outcome.failure().orElse("no failure"))
          .startsWith(line)
          .contains("messages.epoch-unit")
          .doesNotContain("\n");
    }
  }

  private static byte[] truncatedGzip() throws Exception {
    List<byte[]> lines = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      lines.add(GOOD_QUESTION.formatted(1_000_000 + i).getBytes(StandardCharsets.UTF_8));
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    write(new GZIPOutputStream(whole), lines);
    return Arrays.copyOf(whole.toByteArray(), whole.size() / 2);
  }

  private static void write(OutputStream out, List<byte[]> lines) throws Exception {
    try (out) {
      for (byte[] line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
  }
}
