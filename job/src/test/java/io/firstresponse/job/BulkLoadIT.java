package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch that fills an empty table without its keys: they are there again, whatever happens. */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class BulkLoadIT {

  private static final long MESSAGES = 60_000;

  /** Half of them when the load has begun. */
  private static final int INTERRUPTIONS = Integer.getInteger("bulk.interruptions", 4);

  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String[] BEGIN_ANEW = {
    "--sink.take-over", "true", "--sink.start-over", "true"
  };

  @ParameterizedTest
  @EnumSource(ResponseMode.class)
  void theKeysAreMadeAfterTheRows(ResponseMode mode) throws Exception {
    try (TestDatabase database = created(mode)) {
      List<String> keys = keys(database);
      run(options(database));
      assertWhole(database, keys);
      assertThat(database.strings("select distinct tag from ddl order by 1"))
          .containsExactly("ALTER TABLE", "COMMENT", "CREATE INDEX", "DROP INDEX");
    }
  }

  @Test
  void aLoadThatIsInterruptedIsBegunAnew() throws Exception {
    long interrupted = 0;
    for (long seed = 0; seed < INTERRUPTIONS; seed++) {
      Random random = new Random(seed);
      try (TestDatabase database = created(ResponseMode.ANY_AGENT)) {
        List<String> keys = keys(database);
        JobClient job = start(options(database));
        CompletableFuture<?> ended = job.getJobExecutionResult();
        long rows = random.nextInt(10_000);
        if (seed % 2 == 0) {
          Await.until(
              "a load that has come so far, or the end",
              SOON,
              () ->
                  ended.isDone()
                      || (database.count("select count(*) from tbl_load") > 0
                          && database.count("select count(*) from tbl_result") >= rows));
        }
        if (!ended.isDone()) {
          job.cancel().exceptionally(hasEnded -> null).get();
          Await.until("its end", SOON, ended::isDone);
        }
        interrupted += database.count("select count(*) from tbl_load where keys <> '{}'");
        run(options(database, BEGIN_ANEW));
        assertWhole(database, keys);
      }
    }
    assertThat(interrupted).as("loads that were interrupted without keys").isPositive();
  }

  /** Without keys, rows that are written again would be there twice. */
  @Test
  void anAttemptAfterOneThatFailedFillsTheTableWithItsKeys() throws Exception {
    try (TestDatabase database = created(ResponseMode.ANY_AGENT)) {
      List<String> keys = keys(database);
      database.execute(
          "create sequence updates",
          "create function fail() returns trigger language plpgsql as $$ begin"
              + " if nextval('updates') = 1 then raise 'the first fails' using errcode = 'XX000';"
              + " end if; return new; end $$",
          "create trigger failing before update on tbl_load for each row execute function fail()");
      run(options(database));
      assertThat(database.count("select last_value from updates")).isGreaterThan(1);
      assertWhole(database, keys);
    }
  }

  @Test
  void aReaderIsNotKeptWaiting() throws Exception {
    try (TestDatabase database = created(ResponseMode.ANY_AGENT);
        Connection reader = database.connect();
        Statement reading = reader.createStatement()) {
      List<String> keys = keys(database);
      reader.setAutoCommit(false);
      reading.execute("select count(*) from tbl_result");
      run(options(database));
      reader.rollback();
      assertWhole(database, keys);
      assertThat(database.count("select count(*) from ddl where tag = 'DROP INDEX'")).isZero();
    }
  }

  @Test
  void tablesWithRowsOrTriggersKeepTheirKeys() throws Exception {
    try (TestDatabase database = created(ResponseMode.ANY_AGENT)) {
      List<String> keys = keys(database);
      database.execute(
          "create function pass() returns trigger language plpgsql as 'begin return new; end'",
          "create trigger passing before insert on tbl_result"
              + " for each row execute function pass()");
      run(options(database));
      assertWhole(database, keys);
      database.execute("drop trigger passing on tbl_result");
      run(options(database, "--sink.take-over", "true"));
      assertWhole(database, keys);
      run(options(database, "--sink.start-over", "true", "--sink.jdbc.bulk", "off"));
      assertWhole(database, keys);
      assertThat(database.count("select count(*) from ddl where tag = 'DROP INDEX'")).isZero();
    }
  }

  @Test
  void onlyTheOwnerMendsAnInterruptedLoad(@TempDir Path folder) throws Exception {
    try (TestDatabase database = created(ResponseMode.ANY_AGENT)) {
      String clerk = "clerk_" + database.name();
      database.execute(
          "drop index uk",
          "insert into tbl_load (target, keys, submitted_at, execution, attempt) values"
              + " ('tbl_result', array['create unique index uk on public.tbl_result (b) where a = -1 and closed_ts is null'],"
              + " now(), '', 0)",
          "create role " + clerk + " login password 'clerk'",
          "grant usage on schema public to " + clerk,
          "grant all on all tables in schema public to " + clerk);
      try {
        Path password = Files.writeString(folder.resolve("password"), "clerk");
        Configuration options =
            options(
                database,
                "--sink.jdbc.user",
                clerk,
                "--sink.jdbc.password-file",
                password.toString());
        assertThatThrownBy(() -> start(options))
            .isInstanceOf(BadOptionException.class)
            .hasMessageContaining("only the owner of the table can make its keys again");
      } finally {
        database.execute("drop owned by " + clerk, "drop role " + clerk);
      }
    }
  }

  /** Tables with one more index, and a record of what changes them. */
  private static TestDatabase created(ResponseMode mode) throws Exception {
    TestDatabase database = TestDatabase.create(mode);
    new TableCheck(new ResultDatabase(options(database)), options(database)).run();
    database.execute(
        "create index \"by answer\" on tbl_result (a_ts) where a_ts is not null",
        "comment on index \"by answer\" is 'who''s first?'",
        "create table ddl (tag text)",
        "create function note_ddl() returns event_trigger language plpgsql as"
            + " 'begin insert into public.ddl values (tg_tag); end'",
        "create event trigger noting on ddl_command_end"
            + " when tag in ('DROP INDEX', 'CREATE INDEX', 'ALTER TABLE', 'COMMENT')"
            + " execute function note_ddl()",
        "delete from ddl");
    return database;
  }

  private static List<String> keys(TestDatabase database) throws Exception {
    return database.strings(
        "select pg_get_indexdef(indexrelid), obj_description(indexrelid, 'pg_class')::text,"
            + " coalesce((select conname || pg_get_constraintdef(oid) from pg_constraint"
            + " where conindid = indexrelid), '-')"
            + " from pg_index where indrelid = 'tbl_result'::regclass order by 1");
  }

  private static void assertWhole(TestDatabase database, List<String> keys) throws Exception {
    assertThat(keys(database)).isEqualTo(keys).hasSize(3);
    assertThat(database.count("select count(*) from tbl_load")).isZero();
    assertThat(database.strings("select complete_through from data_complete_through"))
        .containsExactly("infinity");
    Workload workload = Workload.from(options(database));
    database.execute("truncate tbl");
    database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
    assertThat(database.differences()).isEmpty();
  }

  private static Configuration options(TestDatabase database, String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(
        List.of(
            "--source.type", "datagen",
            "--source.datagen.count", Long.toString(MESSAGES),
            "--source.datagen.customers", "20000",
            "--source.datagen.closes", "0.1",
            // Many batches, so that a load takes a while.
            "--sink.jdbc.batch-rows", "100"));
    return database.options(args.toArray(String[]::new));
  }

  private static void run(Configuration options) throws Exception {
    start(options).getJobExecutionResult().get();
  }

  private static JobClient start(Configuration options) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", "BATCH");
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "1");
    flink.setString("restart-strategy.fixed-delay.delay", "0 s");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    return env.executeAsync();
  }
}
