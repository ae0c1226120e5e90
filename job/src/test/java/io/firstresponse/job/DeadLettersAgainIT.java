package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same input, read again: of each record holds what the last run says. */
class DeadLettersAgainIT {

  private static final String LETTERS =
      "select substring(origin from '[^/]*$'), position, reason from tbl_dead_letter order by 1, 2";

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  /** With a wrong option all records die, with the right one one does, for another reason. */
  @ParameterizedTest
  @ValueSource(strings = {"BATCH", "STREAMING"})
  void theLastRunDecides(String runtime) throws Exception {
    Path input = Files.createDirectory(folder.resolve("input"));
    Files.write(
        input.resolve("one.jsonl"),
        List.of(
            "{\"a\":1,\"b\":1,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false,\"text\":\"hi\"}",
            "{\"a\":1,\"ts\":\"2018-08-15T10:01:00Z\",\"direct\":true,\"text\":\"hi\"}"));
    Files.write(
        input.resolve("two.jsonl"),
        List.of(
            "{\"a\":1,\"b\":2,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false,\"text\":\"hi\"}"));
    Path beside = Files.writeString(folder.resolve("input2.jsonl"), "{}\n");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(database, runtime, Optional.empty(), files(beside));
      run(database, runtime, Optional.empty(), files(input, "--messages.field.ts", "text"));
      assertThat(database.strings(LETTERS))
          .containsExactly(
              "input2.jsonl 0 missing-field",
              "one.jsonl 0 bad-timestamp",
              "one.jsonl 69 bad-timestamp",
              "two.jsonl 0 bad-timestamp");
      run(database, runtime, Optional.empty(), files(input));
      assertThat(database.strings(LETTERS))
          .as("another file's stays")
          .containsExactly("input2.jsonl 0 missing-field", "one.jsonl 69 missing-field");
      run(database, runtime, Optional.empty(), files(beside, "--messages.field.b", "who"));
      assertThat(
              database.strings(
                  "select detail like '%who%' from tbl_dead_letter where position = 0"))
          .containsExactly("t");
    }
  }

  /** Nothing is complete while a file is not read, and all is when the next run reads it. */
  @Test
  void aFileThatCouldNotBeReadIsMissingUntilItIs() throws Exception {
    Path input = Files.createDirectory(folder.resolve("input"));
    String question = "{\"a\":1,\"b\":%d,\"ts\":\"2018-08-15T10:00:00Z\",\"direct\":false}%n";
    Files.writeString(input.resolve("1.jsonl"), question.formatted(1));
    Path elsewhere = folder.resolve("elsewhere.jsonl");
    Files.createSymbolicLink(input.resolve("2.jsonl"), elsewhere);
    String[] arguments =
        files(input, "--source.files.on-unreadable", "dead-letter", "--sink.take-over", "true");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      assertThatThrownBy(() -> FirstResponseJob.main(database.arguments(arguments)))
          .isInstanceOf(ProgramParametrizationException.class)
          .hasMessageStartingWith("not complete: 1 file not read; see tbl_dead_letter");
      assertThat(database.strings(LETTERS)).containsExactly("2.jsonl 0 unreadable");
      assertThat(
              database.count(
                  "select count(*) from data_complete_through where complete_through is null"))
          .isOne();

      Files.writeString(elsewhere, question.formatted(2));
      assertThatCode(() -> FirstResponseJob.main(database.arguments(arguments)))
          .doesNotThrowAnyException();
      assertThat(database.strings(LETTERS)).isEmpty();
      assertThat(database.strings("select b from tbl_result order by 1")).containsExactly("1", "2");
      assertThat(database.strings("select complete_through from data_complete_through"))
          .containsExactly("infinity");
    }
  }

  /** What was read before a savepoint is not read again: its letters stay. */
  @Test
  void whatWasNotReadAgainStays() throws Exception {
    Path input = Files.createDirectory(folder.resolve("input"));
    Files.write(input.resolve("1.jsonl"), List.of("bad", "worse"));
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String[] watched = files(input, "--source.files.watch-interval", "100 ms");
      JobClient job = start(database, "STREAMING", Optional.empty(), watched);
      Await.until(
          "the letters",
          Duration.ofSeconds(60),
          () ->
              database.count("select count(*) from pg_tables where tablename = 'tbl_dead_letter'")
                      > 0
                  && database.count("select count(*) from tbl_dead_letter") == 2);
      String savepoint =
          job.stopWithSavepoint(
                  false,
                  folder.resolve("savepoints").toUri().toString(),
                  SavepointFormatType.CANONICAL)
              .get();
      job.getJobExecutionResult().get();
      run(database, "STREAMING", Optional.of(savepoint), files(input));
      assertThat(database.strings(LETTERS))
          .containsExactly("1.jsonl 0 bad-json", "1.jsonl 4 bad-json");
    }
  }

  private static String[] files(Path path, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--source.type", "files", "--source.files.path", path.toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static void run(
      TestDatabase database, String runtime, Optional<String> state, String... arguments)
      throws Exception {
    start(database, runtime, state, arguments).getJobExecutionResult().get();
  }

  private static JobClient start(
      TestDatabase database, String runtime, Optional<String> state, String... arguments)
      throws Exception {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("restart-strategy.type", "none");
    state.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(2);
    Configuration options = database.options(arguments);
    // Of the same input, its rows replace those of the run before.
    options.set(SinkOptions.TAKE_OVER, state.isEmpty());
    FirstResponseJob.define(env, options);
    return env.executeAsync("again");
  }
}
