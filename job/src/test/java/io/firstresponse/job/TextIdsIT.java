package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.WindowQuery;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run with ids that are texts, against the window query over the same messages with integers. */
class TextIdsIT {

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  /** Of them, files are made; a million with {@code -Dids.messages=1000000}. */
  private static final long MESSAGES = Long.getLong("ids.messages", 20_000);

  /** The tables into which three statements fail. */
  private static final List<String> FAILING = List.of("tbl_result", "tbl_customer");

  private static final String MICROS = "(extract(epoch from %s) * 1000000)::bigint";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT, FINAL, BATCH",
    "ADDRESSED_AGENT, FINAL, BATCH",
    "ANY_AGENT, FINAL, STREAMING",
    "ADDRESSED_AGENT, FINAL, STREAMING",
    "ANY_AGENT, LIVE, STREAMING",
    "ADDRESSED_AGENT, LIVE, STREAMING",
  })
  void theSessionsAreThoseOfIntegers(ResponseMode mode, Results results, String runtime)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      List<String> names = write(database, 4);
      RunOutcome outcome =
          run(
              database,
              runtime,
              "--results",
              results.toString(),
              "--event-time.max-out-of-orderness",
              "3650 d",
              "--messages.field.customer",
              "name");
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.conservation().holds()).isTrue();
      assertThat(outcome.conservation().used()).isEqualTo(MESSAGES);
      assertThat(sessions(database, mode)).isEqualTo(database.expected());
      assertThat(names(database)).isEqualTo(names);
      assertThat(database.strings("select count(*), count(name) from tbl_agent"))
          .containsExactly(database.count("select count(distinct a) from tbl") + " 0");
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }

  /** What failed attempts have read is read again: ids become the same keys, and names stay. */
  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT, FINAL",
    "ADDRESSED_AGENT, FINAL",
    "ANY_AGENT, LIVE",
    "ADDRESSED_AGENT, LIVE",
  })
  void theSessionsAreThoseOfIntegersAfterFailures(ResponseMode mode, Results results)
      throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      List<String> names = write(database, 1);
      Configuration options = options(database);
      new TableCheck(new ResultDatabase(options), options).run();
      for (String table : FAILING) {
        database.execute(
            """
            create sequence statements_of_TABLE;
            create function fail_TABLE() returns trigger language plpgsql as $$
            begin
              if nextval('statements_of_TABLE') in (2, 5, 9) then
                raise 'this one fails' using errcode = 'XX000';
              end if;
              return null;
            end $$;
            create trigger failing before insert on TABLE execute function fail_TABLE();
            """
                .replace("TABLE", table));
      }
      RunOutcome outcome =
          run(
              database,
              "STREAMING",
              3 * FAILING.size(),
              "--results",
              results.toString(),
              "--sink.jdbc.batch-rows",
              "500",
              "--event-time.max-out-of-orderness",
              "20 s",
              "--messages.field.customer",
              "name");
      assertThat(outcome.failure()).isEmpty();
      for (String table : FAILING) {
        assertThat(database.count("select last_value from statements_of_" + table))
            .as("statements of " + table)
            .isGreaterThan(9);
      }
      assertThat(outcome.conservation().holds()).isTrue();
      assertThat(sessions(database, mode)).isEqualTo(database.expected());
      assertThat(names(database)).isEqualTo(names);
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
      assertThat(database.count("select count(*) from tbl_late")).isZero();
      assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
    }
  }

  /** The rows of an earlier run say what a key stands for. */
  @Test
  void twoIdsWithOneKeyAreReportedAndTheJobGoesOn() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      write(database, 4);
      run(database, "BATCH");
      database.execute("update tbl_customer set id = 'forged' where id = 'customer 1'");
      RunOutcome outcome = run(database, "BATCH", "--sink.start-over", "true");
      assertThat(outcome.failure()).isEmpty();
      assertThat(outcome.deadLetters())
          .hasSize(2)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("  id-collision 1, such as tbl_customer ")
                      .contains("the ids 'forged' and 'customer 1' have the same key"));
      assertThat(database.count("select count(*) from tbl_result"))
          .isEqualTo(database.expected().size());
      assertThat(
              database.strings("select id from tbl_customer where id in ('forged', 'customer 1')"))
          .containsExactly("forged");
    }
  }

  @Test
  void botAgentsAreTextsToo() throws Exception {
    Files.writeString(
        folder.resolve("messages.csv"),
        """
        a,b,ts,direct
        ,c1,2018-08-15T10:00:00Z,f
        bot:7,c1,2018-08-15T10:00:05Z,t
        Ann,c1,2018-08-15T10:01:00Z,t
        """);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      run(database, "BATCH", "--messages.bot-agents", "bot:7;other");
      assertThat(
              database.strings(
                  "select customer, responder, response_seconds, asked_agent is null from response_sessions"))
          .containsExactly("c1 Ann 60 t");
      assertThat(database.strings("select id from tbl_agent")).containsExactly("Ann");
    }
  }

  /** The digits of an integer are the same id as a text of them. */
  @Test
  void theColumnsOfATableMayBeOfManyTypes() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute(
          "create table chat (agent uuid, who varchar, sent timestamptz, direct boolean, bot boolean,"
              + " called text)",
          "insert into chat values"
              + " (null, '7', '2018-08-15T10:00:00Z', false, null, 'Cy'),"
              + " ('6F1E2B0A-95F5-4B1E-9A53-0A5D3C1D7F00', '7', '2018-08-15T10:00:30Z', true, false, null),"
              + " (null, '', '2018-08-15T10:00:00Z', false, null, null)",
          "create view numbers as select agent, who::bigint as who, sent, direct, bot, called from chat"
              + " where who <> ''");
      for (String table : List.of("chat", "numbers")) {
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
                table,
                "--source.postgres.to",
                "2019-01-01",
                "--messages.field.a",
                "agent",
                "--messages.field.b",
                "who",
                "--messages.field.ts",
                "sent",
                "--messages.field.automated",
                "bot",
                "--messages.field.customer",
                "called");
        assertThat(outcome.conservation().dead()).isEqualTo(table.equals("chat") ? 1 : 0);
        assertThat(
                database.strings(
                    "select c.id, s.customer, s.responder, s.response_seconds from response_sessions s"
                        + " join tbl_customer c on c.customer = s.customer_id"))
            .containsExactly("7 Cy 6f1e2b0a-95f5-4b1e-9a53-0a5d3c1d7f00 30");
      }
      assertThat(database.count("select count(*) from tbl_customer")).isEqualTo(1);
    }
  }

  /**
   * Writes the messages into files, and into the table of the window query.
   *
   * @return the name that each customer should have, sorted
   */
  private List<String> write(TestDatabase database, int fileCount) throws Exception {
    Workload workload =
        Workload.from(
            database.options(
                "--source.type", "datagen",
                "--source.datagen.count", Long.toString(MESSAGES),
                "--source.datagen.customers", Long.toString(MESSAGES / 10),
                "--source.datagen.agents", "50",
                "--source.datagen.disorder", "20 s",
                "--source.datagen.duplicates", "0.02",
                "--source.datagen.closes", "0.1"));
    List<BufferedWriter> files = new ArrayList<>();
    for (int i = 0; i < fileCount; i++) {
      files.add(Files.newBufferedWriter(folder.resolve("messages-%d.jsonl".formatted(i))));
    }
    Map<Long, Message> latest = new HashMap<>();
    for (long i = 0; i < MESSAGES; i++) {
      Message message = workload.message(i);
      files.get((int) (i % fileCount)).write(json(message) + "\n");
      latest.merge(message.b(), message, (one, other) -> one.ts() >= other.ts() ? one : other);
    }
    for (BufferedWriter file : files) {
      file.close();
    }
    database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
    List<String> names = new ArrayList<>();
    latest.forEach(
        (b, message) ->
            names.add("customer %d: %s at %d".formatted(b, name(message), message.ts())));
    names.sort(null);
    return names;
  }

  /** Names change every five minutes, and return. */
  private static String name(Message message) {
    return "Customer %d as %d".formatted(message.b(), message.ts() / 300_000_000 % 3);
  }

  private static String json(Message message) {
    return "{\"a\":%s,\"b\":\"customer %d\",\"ts\":\"%s\",\"direct\":%b,\"closes\":%b,\"name\":\"%s\"}"
        .formatted(
            message.a() == Session.NOBODY ? "null" : "\"agent-" + message.a() + "\"",
            message.b(),
            TestDatabase.instant(message.ts()),
            message.direct(),
            message.closes(),
            name(message));
  }

  private RunOutcome run(TestDatabase database, String runtime, String... more) throws Exception {
    return run(database, runtime, 0, more);
  }

  private RunOutcome run(TestDatabase database, String runtime, int restarts, String... more)
      throws Exception {
    Configuration options = options(database, more);
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("execution.checkpointing.interval", "200 ms");
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", Integer.toString(restarts));
    flink.setString("restart-strategy.fixed-delay.delay", "0 s");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    FirstResponseJob.define(env, options);
    return RunOutcome.of(env.execute("texts").getAllAccumulatorResults(), options);
  }

  private Configuration options(TestDatabase database, String... more) {
    List<String> args = new ArrayList<>(List.of("--messages.ids", "text"));
    if (!List.of(more).contains("--source.type")) {
      args.addAll(List.of("--source.type", "files", "--source.files.path", folder.toString()));
    }
    args.addAll(Arrays.asList(more));
    return database.options(args.toArray(String[]::new));
  }

  private static List<Session> sessions(TestDatabase database, ResponseMode mode) throws Exception {
    String asked = mode == ResponseMode.ANY_AGENT ? "r.asked_a" : "r.a";
    String responder = mode == ResponseMode.ANY_AGENT ? "r.a" : "r.rsp_a";
    List<Session> sessions = new ArrayList<>();
    for (String row :
        database.strings(
            """
            select replace(c.id, 'customer ', ''), %s, coalesce(replace(asked.id, 'agent-', ''), '-1'),
              coalesce(replace(responder.id, 'agent-', ''), '-1'), %s
            from tbl_result r
            join tbl_customer c on c.customer = r.b
            left join tbl_agent asked on asked.agent = %s
            left join tbl_agent responder on responder.agent = %s
            """
                .formatted(
                    MICROS.formatted("r.b_ts"), TestDatabase.endedAt("r"), asked, responder))) {
      long[] columns = Arrays.stream(row.split(" ", -1)).mapToLong(Long::parseLong).toArray();
      sessions.add(new Session(columns[0], columns[1], columns[2], columns[3], columns[4]));
    }
    sessions.sort(WindowQuery.ROW_ORDER);
    return sessions;
  }

  private static List<String> names(TestDatabase database) throws Exception {
    List<String> names =
        new ArrayList<>(
            database.strings(
                "select id || ': ' || name || ' at ' || %s from tbl_customer"
                    .formatted(MICROS.formatted("name_ts"))));
    names.sort(null);
    return names;
  }
}
