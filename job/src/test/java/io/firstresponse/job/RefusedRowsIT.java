package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.SlowSource;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows that the database refuses: the tables do not claim to be complete, until that is settled.
 */
class RefusedRowsIT {

  private static final long MESSAGES = 4_000;

  /** The first session of customer 7 in the messages of {@link #job}. */
  private static final String FIRST_OF_7 = "(select min(ts) from tbl where b = 7 and not direct)";

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, BATCH",
    "ANY_AGENT,       final, STREAMING",
    "ANY_AGENT,       live,  STREAMING",
    "ADDRESSED_AGENT, final, BATCH",
    "ADDRESSED_AGENT, live,  STREAMING",
  })
  void aRefusedCustomerHoldsUpWhatIsComplete(ResponseMode mode, String results, String runtime)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options = job(database, results);
      refuse(database, 7);
      run(options, runtime);

      assertThat(
              database.strings(
                  "select complete_through = "
                      + FIRST_OF_7
                      + " - interval '1 microsecond' from data_complete_through"))
          .containsExactly("t");
      assertThat(
              database.strings(
                  "select distinct split_part(origin, ' ', 1), reason, raw_length > 0, settled_at is null,"
                      + " detail like 'SQLSTATE P0001: %' from tbl_dead_letter"))
          .containsExactly("tbl_result refused t t t");
      assertThat(
              database.count(
                  "select count(*) from tbl_dead_letter"
                      + " where origin ~ '^tbl_result b_ts=[^ ]+Z b=7( a=[0-9]+)?$'"
                      + " and substring(origin from 'b_ts=([^ ]+)')::timestamptz = holds_at"
                      + " and convert_from(raw, 'UTF8')::jsonb ->> 'b' = '7'"
                      + " and (convert_from(raw, 'UTF8')::jsonb ->> 'b_ts')::timestamptz = holds_at"))
          .isEqualTo(database.count("select count(*) from tbl_dead_letter"))
          .isPositive();

      // A person decides that the rows are not needed.
      database.execute(
          "update tbl_dead_letter set settled_at = now() where reason = 'refused' and settled_at is null");
      assertThat(completeThrough(database)).containsExactly("infinity");

      // Refused once more, the same rows stay settled.
      run(options, runtime);
      assertThat(database.count("select count(*) from tbl_dead_letter where settled_at is null"))
          .isZero();
      assertThat(completeThrough(database)).containsExactly("infinity");

      // The cause is mended, and the rows are written.
      database.execute(
          "update tbl_dead_letter set settled_at = null", "drop trigger refuse on tbl_result");
      run(options, runtime);
      assertThat(database.strings("select origin from tbl_dead_letter")).isEmpty();
      assertThat(completeThrough(database)).containsExactly("infinity");
      assertThat(database.differences()).isEmpty();
    }
  }

  /** The program that flink run takes ends in failure, by one line. */
  @Test
  void aTableThatRefusesAllRowsFailsTheProgram() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      job(database, "final");
      database.execute("alter table tbl_result add column note text not null");
      long sessions = database.expected().size();
      assertThatThrownBy(() -> FirstResponseJob.main(arguments(database, "final")))
          .isInstanceOf(ProgramParametrizationException.class)
          .hasMessageStartingWith(
              "not complete: %,d rows refused by tbl_result".formatted(sessions))
          .hasMessageContaining("settled_at is null")
          .hasMessageNotContaining("\n");

      database.execute("alter table tbl_result drop column note");
      assertThatCode(() -> FirstResponseJob.main(arguments(database, "final")))
          .doesNotThrowAnyException();
      assertThat(database.differences()).isEmpty();
      assertThat(completeThrough(database)).containsExactly("infinity");
    }
  }

  /** A late message that cannot be kept is in no table. */
  @Test
  void aRefusedLateMessageHoldsUpToo() throws Exception {
    Path input = folder.resolve("late.jsonl");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      lines.add(
          MessageJson.of(
              new Message(1, 1000 + i, 1_534_327_200_000_000L + i * 1_000_000L, false, false)));
    }
    Files.write(input, lines);
    Files.writeString(
        folder.resolve("later.jsonl"),
        MessageJson.of(new Message(1, 5, 1_534_327_201_000_001L, false, false)) + "\n");
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type", "files",
              "--source.files.path", folder.toString(),
              "--event-time.max-out-of-orderness", "1 s");
      new TableCheck(new ResultDatabase(options), options).run();
      database.execute("alter table tbl_late add column note text not null");
      Configuration flink = new Configuration();
      flink.setString("execution.runtime-mode", "STREAMING");
      flink.setString("pipeline.auto-watermark-interval", "1 ms");
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(1);
      ResultDatabase tables = new ResultDatabase(options);
      Topology.define(
          env,
          options,
          new SlowSource<>(MessageSources.of(options), 1_000),
          false,
          tables.start(),
          tables.results(),
          tables.corrections(),
          tables.late(),
          tables.deadLetters(),
          tables.names(),
          tables.labels());
      env.execute("late");
      assertThat(database.strings("select origin from tbl_dead_letter"))
          .containsExactly(
              "tbl_late b=5 a=1 ts=2018-08-15T10:00:01.000001Z direct=false closes=false");
      assertThat(
              database.strings(
                  "select complete_through = '2018-08-15T10:00:01Z' from data_complete_through"))
          .containsExactly("t");
    }
  }

  private static List<String> completeThrough(TestDatabase database) throws Exception {
    return database.strings("select complete_through from data_complete_through");
  }

  private static void refuse(TestDatabase database, long customer) {
    database.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin"
            + " raise exception 'not this one'; end $$",
        "create trigger refuse before insert or update on tbl_result for each row when (new.b = "
            + customer
            + ") execute function refuse()");
  }

  private static String[] arguments(TestDatabase database, String results) {
    return database.arguments(
        "--source.type", "datagen",
        "--source.datagen.count", Long.toString(MESSAGES),
        "--source.datagen.customers", "50",
        "--source.datagen.agents", "5",
        "--source.datagen.disorder", "5 s",
        "--event-time.max-out-of-orderness", "5 s",
        "--results", results,
        "--results.live-interval", "20 ms",
        "--messages.automated", "count",
        "--sink.take-over", "true");
  }

  /** The options of a job, its tables, and its messages for the window query. */
  private static Configuration job(TestDatabase database, String results) throws Exception {
    Configuration options = JobOptions.parse(arguments(database, results));
    new TableCheck(new ResultDatabase(options), options).run();
    Workload workload = Workload.from(options);
    database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
    return options;
  }

  private static void run(Configuration options, String runtime) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(flink).setParallelism(2);
    FirstResponseJob.define(env, options);
    env.execute("refused");
  }
}
