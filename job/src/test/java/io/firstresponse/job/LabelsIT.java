package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.decode.LabelSet;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestLabels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels on their way from the feed into the tables and views. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LabelsIT {

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  private static final long START = 1_534_327_200_000_000L;

  /** How far out of order messages are, at most. */
  private static final long DISORDER_SECONDS = 60;

  private static final String SESSIONS =
      "select customer_id, extract(epoch from opened_at - '2018-08-15T10:00:00Z')::int, labels"
          + " from response_sessions order by 1, 2";

  private static final String EXAMPLE =
      """
      {"a": 1, "b": 7, "ts": "2018-08-15T10:00:00Z", "direct": false, "labels": {"priority": "urgent", "channel": "email"}}
      {"a": 1, "b": 7, "ts": "2018-08-15T10:00:05Z", "direct": false, "labels": {"channel": "chat"}}
      {"a": 1, "b": 7, "ts": "2018-08-15T10:01:00Z", "direct": true, "labels": {"channel": "phone"}}
      {"a": 1, "b": 7, "ts": "2018-08-15T10:02:00Z", "direct": false}
      {"a": 1, "b": 8, "ts": "2018-08-15T10:00:00Z", "direct": false, "labels": {"channel": {"name": "email"}}}
      """;

  @TempDir Path folder;
  @TempDir Path states;

  @ParameterizedTest
  @CsvSource({
    "BATCH, final, ANY_AGENT",
    "STREAMING, final, ADDRESSED_AGENT",
    "STREAMING, live, ANY_AGENT",
  })
  void aSessionHasThoseOfItsOpeningMessage(String runtime, String results, ResponseMode mode)
      throws Exception {
    Path file = Files.writeString(folder.resolve("messages.jsonl"), EXAMPLE);
    try (TestDatabase database = TestDatabase.create(mode)) {
      RunOutcome outcome =
          run(
              database,
              runtime,
              "--results",
              results,
              "--event-time.max-out-of-orderness",
              "1 d",
              "--source.type",
              "files",
              "--source.files.path",
              file.toString(),
              "--messages.field.labels",
              "labels");
      assertThat(outcome.conservation().dead()).isEqualTo(1);
      assertThat(database.strings("select reason, detail from tbl_dead_letter"))
          .containsExactly(
              "bad-field field \"labels.channel\" holds an object, not a text, number or boolean");
      assertThat(database.strings(SESSIONS))
          .containsExactly("7 0 {\"channel\": \"email\", \"priority\": \"urgent\"}", "7 120 null");
      assertThat(database.strings("select label from tbl_labels order by label::text"))
          .containsExactly(
              "{\"channel\": \"chat\"}", "{\"channel\": \"email\", \"priority\": \"urgent\"}");
    }
  }

  @Test
  void aColumnOfATableMayHaveThem() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute(
          "create table chat (a bigint, b bigint, ts timestamptz, direct boolean, said jsonb, other json)",
          "insert into chat values"
              + " (1, 7, '2018-08-15T10:00:00Z', false, '{\"priority\": 1, \"channel\": \"email\"}', '{\"n\":  1.0}'),"
              + " (1, 8, '2018-08-15T10:00:00Z', false, null, null),"
              + " (1, 9, '2018-08-15T10:00:00Z', false, 'null', 'null'),"
              + " (1, 10, '2018-08-15T10:00:00Z', false, '[1]', '{\"n\": {}}')");
      for (String column : List.of("said", "other")) {
        RunOutcome outcome =
            run(
                database,
                "BATCH",
                "--sink.start-over",
                "true",
                "--source.type",
                "postgres",
                "--source.postgres.url",
                database.url(),
                "--source.postgres.user",
                EmbeddedPostgresServer.USER,
                "--source.postgres.table",
                "chat",
                "--source.postgres.to",
                "2019-01-01",
                "--messages.field.labels",
                column);
        assertThat(outcome.conservation().dead()).isEqualTo(1);
        assertThat(
                database.strings(
                    "select detail, convert_from(raw, 'UTF8')::jsonb -> 'b' from tbl_dead_letter"))
            .containsExactly(
                column.equals("said")
                    ? "field \"said\" holds the text '[1]', not an object of texts 10"
                    : "field \"other.n\" holds an object, not a text, number or boolean 10");
        assertThat(database.strings(SESSIONS))
            .containsExactly(
                column.equals("said")
                    ? "7 0 {\"channel\": \"email\", \"priority\": \"1\"}"
                    : "7 0 {\"n\": \"1.0\"}",
                "8 0 null",
                "9 0 null");
      }
    }
  }

  /** The rows of an earlier run say what a key stands for. */
  @Test
  void twoSetsWithOneKeyAreReportedAndTheJobGoesOn() throws Exception {
    Path file = Files.writeString(folder.resolve("messages.jsonl"), EXAMPLE);
    String[] args = {
      "--source.type",
      "files",
      "--source.files.path",
      file.toString(),
      "--messages.field.labels",
      "labels",
      "--sink.start-over",
      "true"
    };
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(database, "BATCH", args);
      database.execute(
          "update tbl_labels set label = '{\"forged\": \"1\"}' where label = '{\"channel\": \"chat\"}'");
      RunOutcome outcome = run(database, "BATCH", args);
      assertThat(outcome.failure()).isEmpty();
      assertThat(
              database.strings(
                  "select origin, detail, convert_from(raw, 'UTF8') from tbl_dead_letter where reason = 'label-collision'"))
          .containsExactly(
              "tbl_labels %1$d the label sets '{\"forged\": \"1\"}' and '{\"channel\":\"chat\"}' have the same key, %1$d: the job takes them for one {\"channel\":\"chat\"}"
                  .formatted(LabelSet.key("{\"channel\":\"chat\"}")));
      assertThat(database.count("select count(*) from tbl_labels where label ? 'forged'"))
          .isEqualTo(1);
    }
  }

  /** Of a run without labels, which a run with labels replaces. */
  @Test
  void rowsWhoseLabelsDifferAreCorrected() throws Exception {
    Path file = Files.writeString(folder.resolve("messages.jsonl"), EXAMPLE);
    String[] without = {"--source.type", "files", "--source.files.path", file.toString()};
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(database, "BATCH", without);
      assertThat(database.strings(SESSIONS)).containsExactly("7 0 null", "7 120 null", "8 0 null");
      List<String> with = new ArrayList<>(Arrays.asList(without));
      with.addAll(List.of("--messages.field.labels", "labels", "--sink.take-over", "true"));
      run(database, "BATCH", with.toArray(String[]::new));
      assertThat(database.strings(SESSIONS))
          .containsExactly("7 0 {\"channel\": \"email\", \"priority\": \"urgent\"}", "7 120 null");
      run(
          database,
          "BATCH",
          "--source.type",
          "files",
          "--source.files.path",
          file.toString(),
          "--sink.take-over",
          "true");
      assertThat(database.strings(SESSIONS)).containsExactly("7 0 null", "7 120 null", "8 0 null");
    }
  }

  /** A job without labels goes on with them, and without them again. */
  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, CANONICAL_SAVEPOINT, hashmap hashmap hashmap",
    "ADDRESSED_AGENT, live,  CANONICAL_SAVEPOINT, hashmap rocksdb hashmap",
    "ANY_AGENT,       live,  NATIVE_SAVEPOINT,    rocksdb rocksdb rocksdb",
    "ADDRESSED_AGENT, final, CHECKPOINT,          rocksdb rocksdb rocksdb",
  })
  void aRunningJobIsUpgraded(ResponseMode mode, String results, JobRun.Leaves what, String backends)
      throws Exception {
    Random random = new Random(backends.hashCode());
    List<Message> all = new ArrayList<>();
    try (TestDatabase database = TestDatabase.create(mode)) {
      Optional<String> state = Optional.empty();
      for (int leg = 0; leg < 3; leg++) {
        boolean labels = leg == 1;
        List<Message> added = messages(random, leg, labels, all);
        Files.write(
            folder.resolve("leg%d.jsonl".formatted(leg)),
            added.stream().map(MessageJson::of).toList());
        all.addAll(added);
        List<String> args =
            new ArrayList<>(
                List.of(
                    "--source.type",
                    "files",
                    "--source.files.path",
                    folder.toString(),
                    "--event-time.max-out-of-orderness",
                    2 * DISORDER_SECONDS + " s",
                    "--results",
                    results,
                    "--results.live-interval",
                    "100 ms"));
        args.addAll(labels ? List.of("--messages.field.labels", "labels") : List.of());
        args.addAll(leg < 2 ? List.of("--source.files.watch-interval", "50 ms") : List.of());
        JobRun run =
            JobRun.start(
                JobRun.settings(List.of(backends.split(" ", -1)).get(leg), states),
                1 + leg % 2,
                database.options(args.toArray(String[]::new)),
                state,
                states);
        if (leg < 2) {
          run.awaitUsed(due(all));
          state = Optional.of(run.end(what));
        } else {
          assertThat(run.finish().used()).isEqualTo(all.size());
        }
      }
      database.store(all.stream());
      assertThat(database.count("select count(*) from tbl_late")).isZero();
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where labels is not null"))
          .isBetween(100L, database.count("select count(*) from tbl_result") - 100);
    }
  }

  /** Messages of a thousand seconds, some of them copies of earlier ones. */
  private static List<Message> messages(
      Random random, int leg, boolean labels, List<Message> before) {
    List<Message> earlier = new ArrayList<>(before);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      long at = START + (leg * 1_000L + i) * 1_000_000;
      Message message =
          random.nextInt(6) == 0 && earlier.size() > 30
              ? earlier.get(earlier.size() - 1 - random.nextInt(30))
              : new Message(
                  1 + random.nextInt(3),
                  1 + random.nextInt(40),
                  at - random.nextLong(DISORDER_SECONDS * 1_000_000),
                  random.nextBoolean());
      boolean labelled = labels && message.kind() == MessageKind.CUSTOMER && random.nextInt(4) > 0;
      message = TestLabels.with(message, labelled ? TestLabels.any(random) : Message.NO_LABELS);
      messages.add(message);
      earlier.add(message);
    }
    return messages;
  }

  /** How many messages the watermark has passed when all have been read. */
  private static long due(List<Message> messages) {
    long last = messages.stream().mapToLong(Message::millis).max().orElseThrow();
    long watermark = last - 2 * DISORDER_SECONDS * 1_000 - 1;
    return messages.stream().filter(message -> message.millis() <= watermark).count();
  }

  private static RunOutcome run(TestDatabase database, String runtime, String... args)
      throws Exception {
    Configuration options = database.options(args);
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("execution.checkpointing.interval", "200 ms");
    flink.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    return RunOutcome.of(env.execute("labels").getAllAccumulatorResults(), options);
  }
}
