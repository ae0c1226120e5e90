package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job on a table of messages, against the window query on that table. */
class PostgresSourceIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "AUTOMATIC, ANY_AGENT,       1",
    "STREAMING, ANY_AGENT,       64",
    "STREAMING, ADDRESSED_AGENT, 5",
  })
  void aBackfillIsReadInParallel(String runtime, ResponseMode mode, int splits) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Workload workload = workload(database, 60_000);
      database.store(LongStream.range(0, 60_000).mapToObj(workload::message));
      database.execute("create index on tbl (ts)");
      // 60,000 messages in 10 minutes from 10:00:00 on: the beginning and the end are left out.
      String outside = "ts < '2018-08-15T10:01:00Z' or ts >= '2018-08-15T10:09:00.5Z'";
      Conservation conservation =
          run(
              options(
                  database,
                  "--source.postgres.from",
                  "2018-08-15T10:01:00",
                  "--source.postgres.to",
                  "2018-08-15T12:09:00.5+02:00",
                  "--source.postgres.splits",
                  Integer.toString(splits),
                  "--event-time.max-out-of-orderness",
                  "1 s"),
              runtime);
      database.execute("delete from tbl where " + outside);
      long inside = database.count("select count(*) from tbl");
      assertThat(inside).isBetween(40_000L, 55_000L);
      assertThat(conservation).isEqualTo(new Conservation(inside, inside, 0, 0, 0));
      assertThat(database.differences()).isEmpty();
    }
  }

  /** The connection is cut when about half of the splits are read, and the job starts again. */
  @ParameterizedTest
  @CsvSource({"AUTOMATIC", "STREAMING"})
  void aBackfillGoesOnAfterAFailure(String runtime) throws Exception {
    long messages = 60_000;
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        FaultProxy proxy = new FaultProxy(EmbeddedPostgresServer.shared().port())) {
      Workload workload = workload(database, messages);
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      database.execute("create index on tbl (ts)");
      Configuration options =
          options(
              database,
              "--source.postgres.url",
              database.url(proxy.port()),
              "--source.postgres.to",
              "2019-01-01",
              "--source.postgres.retry-timeout",
              "0 s",
              "--event-time.max-out-of-orderness",
              "1 s");
      JobClient job = start(options, runtime);
      proxy.cutAfter(50_000);
      Conservation conservation =
          Conservation.of(job.getJobExecutionResult().get().getAllAccumulatorResults());
      assertThat(proxy.cuts()).isOne();
      assertThat(conservation.holds()).isTrue();
      assertThat(conservation.used()).isGreaterThanOrEqualTo(messages);
      assertThat(conservation.late()).isZero();
      assertThat(database.differences()).isEmpty();
    }
  }

  /** The one reader's split goes to whoever is there after it. */
  @Test
  void anEndlessTableIsReadOnFromASavepointAtAnotherParallelism() throws Exception {
    long messages = 6_000;
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute("create index on tbl (ts)");
      Workload workload = workload(database, messages);
      Configuration options =
          options(
              database,
              "--source.postgres.poll-interval",
              "20 ms",
              "--results",
              "live",
              "--results.live-interval",
              "50 ms");
      String savepoint = null;
      int run = 0;
      for (int parallelism : new int[] {1, 2, 1}) {
        StreamExecutionEnvironment env = environment("AUTOMATIC", savepoint);
        env.setParallelism(parallelism);
        FirstResponseJob.define(env, options);
        database.store(
            LongStream.range(run * messages / 3, ++run * messages / 3).mapToObj(workload::message));
        JobClient job = env.executeAsync();
        Await.until("run " + run, SOON, () -> database.differences().isEmpty());
        savepoint =
            job.stopWithSavepoint(
                    false,
                    folder.resolve("savepoint-" + run).toUri().toString(),
                    SavepointFormatType.CANONICAL)
                .get();
      }
      assertThat(database.count("select count(*) from tbl_late")).isZero();
    }
  }

  /** Names of all kinds, ids of 32 bits, times without a zone, and a mark of bots. */
  @Test
  void otherNamesAndTypes() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute(
          "create schema \"Chat \"\"x\"\"\"",
          "create table \"Chat \"\"x\"\"\".\"Messages; --\" (note text, \"to\" smallint, \"Agent\" int,"
              + " sent timestamp, out boolean, bot boolean)",
          "insert into \"Chat \"\"x\"\"\".\"Messages; --\" values"
              + " ('a', 2, 1, '2018-08-15 10:00:00.000001', false, null),"
              + " ('b', 2, 9, '2018-08-15 10:00:01', true, true),"
              + " ('c', 2, 8, '2018-08-15 10:00:02', true, false)");
      Conservation conservation =
          run(
              options(
                  database,
                  "--source.postgres.to",
                  "9999-12-31",
                  "--source.postgres.schema",
                  "Chat \"x\"",
                  "--source.postgres.table",
                  "Messages; --",
                  "--messages.field.a",
                  "Agent",
                  "--messages.field.b",
                  "to",
                  "--messages.field.ts",
                  "sent",
                  "--messages.field.direct",
                  "out",
                  "--messages.field.automated",
                  "bot"),
              "AUTOMATIC");
      assertThat(conservation).isEqualTo(new Conservation(3, 2, 1, 0, 0));
      assertThat(
              database.strings(
                  "select b, b_ts at time zone 'UTC', a, a_ts at time zone 'UTC', asked_a from tbl_result"))
          .containsExactly("2 2018-08-15 10:00:00.000001 8 2018-08-15 10:00:02 1");
    }
  }

  @Test
  void rowsThatAreNoMessagesAreKept() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute(
          """
          insert into tbl values
            (1, 1, '2018-08-15T10:00:00Z', false), (2, 1, '2018-08-15T10:00:30Z', true),
            (null, 1, '2018-08-15T10:00:10Z', true), (1, null, '2018-08-15T10:00:10Z', true),
            (1, 1, null, true), (1, 1, null, true), (1, 1, '2018-08-15T10:00:10Z', null),
            (-1, 1, '2018-08-15T10:00:10Z', true), (1, 1, '-infinity', true),
            (1, 1, '0044-03-15T12:00:00Z BC', true), (3, 1, '9018-08-15T10:00:10Z', true),
            (-1, 5, '2018-08-15T10:00:00Z', false), (null, 6, '2018-08-15T10:00:00Z', false)
          """,
          "insert into tbl values (null, 6, '2018-08-15T10:00:40Z', null, true), (1, 5, null, null, true)");
      Conservation conservation =
          run(options(database, "--source.postgres.to", "9999-12-31T23:59:59Z"), "STREAMING");
      assertThat(conservation).isEqualTo(new Conservation(15, 5, 0, 0, 10, 0, 1, 0, 0, 0));
      assertThat(
              database.strings(
                  "select origin, reason, convert_from(raw, 'UTF8') from tbl_dead_letter"))
          .containsExactlyInAnyOrder(
              "public.tbl bad-field {\"a\":-1,\"b\":1,\"ts\":\"2018-08-15T10:00:10Z\",\"direct\":true,\"closes\":null}",
              "public.tbl bad-timestamp {\"a\":1,\"b\":1,\"ts\":\"-0043-03-15T12:00:00Z\",\"direct\":true,\"closes\":null}",
              "public.tbl bad-timestamp {\"a\":1,\"b\":1,\"ts\":\"-infinity\",\"direct\":true,\"closes\":null}",
              "public.tbl missing-field {\"a\":1,\"b\":1,\"ts\":\"2018-08-15T10:00:10Z\",\"direct\":null,\"closes\":null}",
              "public.tbl missing-field {\"a\":1,\"b\":5,\"ts\":null,\"direct\":null,\"closes\":true}",
              "public.tbl missing-field {\"a\":1,\"b\":1,\"ts\":null,\"direct\":true,\"closes\":null}",
              "public.tbl missing-field {\"a\":1,\"b\":null,\"ts\":\"2018-08-15T10:00:10Z\",\"direct\":true,\"closes\":null}",
              "public.tbl future {\"a\":3,\"b\":1,\"ts\":\"9018-08-15T10:00:10Z\",\"direct\":true,\"closes\":null}",
              "public.tbl missing-field {\"a\":null,\"b\":1,\"ts\":\"2018-08-15T10:00:10Z\",\"direct\":true,\"closes\":null}");
      assertThat(
              database.strings("select b, a, asked_a, closed_ts - b_ts from tbl_result order by b"))
          .containsExactly("1 2 1 null", "5 -1 -1 null", "6 -1 -1 00:00:40");
    }
  }

  /**
   * Messages are written by transactions on several connections, committed out of order, while the
   * job reads: up to 50 s of event time after a message, which the overlap and the watermark allow
   * for. With faults, the reader loses its connection: shorter than it tries for, so that nobody
   * notices, or longer, so that the job goes back to a checkpoint.
   */
  @ParameterizedTest
  @CsvSource({
    "1, ANY_AGENT,       final, none",
    "2, ADDRESSED_AGENT, live,  none",
    "3, ANY_AGENT,       final, 60 s",
    "4, ANY_AGENT,       final, 300 ms",
    "5, ADDRESSED_AGENT, final, 300 ms",
    "6, ANY_AGENT,       live,  300 ms",
  })
  void transactionsThatCommitOutOfOrder(
      long seed, ResponseMode mode, String results, String retryTimeout) throws Exception {
    boolean faults = !retryTimeout.equals("none");
    long messages = 20_000;
    try (TestDatabase database = TestDatabase.create(mode);
        FaultProxy proxy = new FaultProxy(EmbeddedPostgresServer.shared().port())) {
      database.execute("create index on tbl (ts)");
      Workload workload = workload(database, messages);
      JobClient job =
          start(
              options(
                  database,
                  "--source.postgres.url",
                  database.url(proxy.port()),
                  "--source.postgres.poll-interval",
                  "20 ms",
                  "--source.postgres.retry-timeout",
                  faults ? retryTimeout : "60 s",
                  "--source.postgres.overlap",
                  "60 s",
                  "--event-time.max-out-of-orderness",
                  "60 s",
                  "--sink.jdbc.flush-interval",
                  "50 ms",
                  "--results.live-interval",
                  "100 ms",
                  "--results",
                  results),
              "AUTOMATIC");
      try (Writers writers = new Writers(database, new Random(seed))) {
        for (long i = 0; i < messages; i++) {
          writers.add(workload.message(i));
          if (faults && i == messages / 2) {
            Await.until("messages read", SOON, () -> count(job, Count.READ) > messages / 4);
            proxy.refuse();
          } else if (faults && i == messages * 3 / 4) {
            proxy.pass();
          }
        }
        writers.commitAll();
        long last = workload.message(messages - 1).ts();
        // After it, everything before is final.
        writers.add(new Message(7, Long.MAX_VALUE, last + 600_000_000L, false));
        writers.commitAll();
      }
      String before = "b <> " + Long.MAX_VALUE;
      Await.until(
          "seed %d: all rows".formatted(seed),
          SOON,
          () ->
              database.count("select count(*) from tbl_result where final and " + before)
                  == database.expected().size() - 1);
      // Counts travel with the heartbeats.
      Await.until("all messages counted", SOON, () -> count(job, Count.READ) > messages);
      job.cancel().get();
      database.execute(
          "delete from tbl where b = " + Long.MAX_VALUE,
          "delete from tbl_result where b = " + Long.MAX_VALUE);
      assertThat(database.differences()).as("seed %d", seed).isEmpty();
      assertThat(database.count("select count(*) from tbl_late")).isZero();
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }

  @Test
  void thePasswordStaysWhereItIs() throws Exception {
    String canary = "canary-8d1f77";
    EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
    String user = "source_" + ProcessHandle.current().pid();
    server.createUser(user, canary);
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute("grant select on tbl to " + user);
      Path password = Files.writeString(folder.resolve("password"), canary + "\n");
      Configuration options =
          options(
              database,
              "--source.postgres.user",
              user,
              "--source.postgres.password-file",
              password.toString());
      StreamExecutionEnvironment env = environment("AUTOMATIC");
      FirstResponseJob.define(env, options);
      byte[] graph = InstantiationUtil.serializeObject(env.getStreamGraph(false).getJobGraph());
      assertThat(new String(graph, StandardCharsets.ISO_8859_1))
          .contains(password.toString())
          .doesNotContain(canary);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--source.postgres.schema nowhere | source.postgres.schema: there is no schema nowhere in postgresql://",
        "--source.postgres.table none | source.postgres.table: there is no table none in schema public of postgresql://",
        "--messages.field.b customer | messages.field.b: public.tbl has no column customer.",
        "--messages.field.a ts --messages.field.ts a | messages.field.a: column ts of public.tbl is timestamp with time zone, and must be bigint or integer or smallint",
        "--messages.field.b note | messages.field.b: column note of public.tbl is text, and must be bigint or integer or smallint; a view can convert it, or set messages.ids to text.",
        "--messages.field.agent none | messages.field.agent: public.tbl has no column none.",
        "--messages.field.customer b --messages.field.b a --messages.field.a note --messages.ids text | messages.field.customer: column b of public.tbl is bigint, and must be character varying or text",
        "--messages.field.automated note | messages.field.automated: column note of public.tbl is text, and must be boolean",
        "--source.postgres.table no_xmin | source.postgres.table: public.no_xmin does not show which transaction wrote a row",
        "--source.postgres.table local --messages.time-zone Europe/Berlin | messages.time-zone: column ts has no time zone, and is read as UTC; a view can convert it: ts at time zone 'Europe/Berlin'.",
        "--source.postgres.from yesterday | source.postgres.from: 'yesterday' is no time in ISO-8601",
        "--source.postgres.from 2018-08-16 --source.postgres.to 2018-08-16T00:00:00Z | source.postgres.from: must be before source.postgres.to.",
        "--source.postgres.overlap 61s | source.postgres.overlap: must be event-time.max-out-of-orderness (60000 ms) at most",
        "--source.postgres.splits 0 | source.postgres.splits: must be 1 or more.",
        "--source.postgres.poll-interval 0s | source.postgres.poll-interval: must be longer than 0.",
        "--source.postgres.url jdbc:postgresql://127.0.0.1:1/x | source.postgres.url: postgresql://127.0.0.1:1/x as user postgres: ",
        "--source.postgres.url jdbc:postgresql://localhost/x?password=canary | source.postgres.url: the database URL must not carry",
        "--source.postgres.user nobody | source.postgres.user, source.postgres.password-file: postgresql://",
        "--source.postgres.user nobody --source.postgres.password-file PASSWORD | source.postgres.user, source.postgres.password-file: postgresql://",
        "--source.postgres.password-file none | source.postgres.password-file: postgresql://",
        "--source.postgres.user reader --source.postgres.password-file PASSWORD | source.postgres.user: \"public\".\"tbl\" in postgresql://",
      })
  void whatCannotWorkIsOneClearLine(String args, String message) throws Exception {
    EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      database.execute(
          "alter table tbl add note text",
          "create view no_xmin as select * from tbl",
          "create table local (a bigint, b bigint, ts timestamp, direct boolean)");
      Path password = Files.writeString(folder.resolve("password"), "right\n");
      String user = "reader_" + ProcessHandle.current().pid() + "_" + database.hashCode();
      server.createUser(user, "right");
      String[] given =
          args.replace("PASSWORD", password.toString())
              .replace("user reader", "user " + user)
              .split(" ");
      long start = System.nanoTime();
      assertThatThrownBy(() -> MessageSources.of(options(database, given)))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith(message)
          .hasMessageNotContaining("canary")
          .message()
          .doesNotContain("\n");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }
  }

  @Test
  void aServerThatSaysNothingIsNotWaitedForLong() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        FaultProxy proxy = new FaultProxy(EmbeddedPostgresServer.shared().port())) {
      proxy.hang();
      long start = System.nanoTime();
      assertThatThrownBy(
              () ->
                  MessageSources.of(
                      options(
                          database,
                          "--source.postgres.url",
                          database.url(proxy.port()),
                          "--source.postgres.connect-timeout",
                          "2 s")))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith("source.postgres.url: postgresql://");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }
  }

  @ParameterizedTest
  @CsvSource({"source.postgres.url", "source.postgres.user"})
  void whatIsNeededIsNamed(String key) throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      List<String> args = new ArrayList<>(List.of("--source.type", "postgres"));
      for (String other : List.of("source.postgres.url", "source.postgres.user")) {
        if (!other.equals(key)) {
          args.addAll(List.of("--" + other, "x"));
        }
      }
      assertThatThrownBy(() -> database.options(args.toArray(String[]::new)))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith("--" + key + " is missing");
    }
  }

  /** Transactions of some messages each, open on several connections at once. */
  private static final class Writers implements AutoCloseable {

    private static final int CONNECTIONS = 6;
    private static final int MESSAGES_AT_ONCE = 25;
    private static final long LONGEST = 25_000_000;

    private final Random random;
    private final List<Writer> writers = new ArrayList<>();
    private Writer current;

    private static final class Writer {
      private final Connection connection;
      private final PreparedStatement insert;
      private long since = Long.MAX_VALUE;
      private int messages;

      Writer(Connection connection) throws Exception {
        this.connection = connection;
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("insert into tbl values (?, ?, ?, ?)");
      }

      void commit() throws Exception {
        insert.executeBatch();
        connection.commit();
        since = Long.MAX_VALUE;
        messages = 0;
      }
    }

    Writers(TestDatabase database, Random random) throws Exception {
      this.random = random;
      for (int i = 0; i < CONNECTIONS; i++) {
        writers.add(new Writer(database.connect()));
      }
      current = writers.get(0);
    }

    /** Takes messages in the order of their arrival, which is 30 s from that of their times. */
    void add(Message message) throws Exception {
      current.insert.setLong(1, message.a());
      current.insert.setLong(2, message.b());
      current.insert.setObject(3, TestDatabase.instant(message.ts()).atOffset(ZoneOffset.UTC));
      current.insert.setBoolean(4, message.direct());
      current.insert.addBatch();
      current.since = Math.min(current.since, message.ts());
      current.messages++;
      if (current.messages < MESSAGES_AT_ONCE) {
        return;
      }
      // Sent, so that it has a transaction id; committed later.
      current.insert.executeBatch();
      for (Writer writer : writers) {
        boolean isOld = message.ts() - writer.since > LONGEST;
        if (isOld || (writer == current && random.nextInt(3) == 0)) {
          writer.commit();
        }
      }
      current = writers.get(random.nextInt(writers.size()));
    }

    void commitAll() throws Exception {
      for (Writer writer : writers) {
        writer.commit();
      }
    }

    @Override
    public void close() throws Exception {
      for (Writer writer : writers) {
        writer.connection.close();
      }
    }
  }

  /** 100 messages a second of event time, up to 30 s out of order. */
  private static Workload workload(TestDatabase database, long messages) {
    return Workload.from(
        database.options(
            "--source.type", "datagen",
            "--source.datagen.count", Long.toString(messages),
            "--source.datagen.event-rate", "100",
            "--source.datagen.customers", "400",
            "--source.datagen.agents", "5",
            "--source.datagen.disorder", "20 s",
            "--source.datagen.duplicates", "0.02"));
  }

  private static Configuration options(TestDatabase database, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    List<String> needed =
        List.of(
            "--source.type",
            "postgres",
            "--source.postgres.url",
            database.url(),
            "--source.postgres.user",
            EmbeddedPostgresServer.USER);
    for (int i = 0; i < needed.size(); i += 2) {
      if (!all.contains(needed.get(i))) {
        all.addAll(needed.subList(i, i + 2));
      }
    }
    return database.options(all.toArray(String[]::new));
  }

  private static Conservation run(Configuration options, String runtime) throws Exception {
    return Conservation.of(
        start(options, runtime).getJobExecutionResult().get().getAllAccumulatorResults());
  }

  private static JobClient start(Configuration options, String runtime) throws Exception {
    StreamExecutionEnvironment env = environment(runtime);
    FirstResponseJob.define(env, options);
    return env.executeAsync(FirstResponseJob.name(options));
  }

  private static StreamExecutionEnvironment environment(String runtime) {
    return environment(runtime, null);
  }

  private static StreamExecutionEnvironment environment(String runtime, String savepoint) {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("execution.checkpointing.interval", "300 ms");
    flink.setString("restart-strategy.type", "fixed-delay");
    flink.setString("restart-strategy.fixed-delay.attempts", "100");
    flink.setString("restart-strategy.fixed-delay.delay", "100 ms");
    if (savepoint != null) {
      flink.setString("execution.state-recovery.path", savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(2);
    return env;
  }

  private static long count(JobClient job, Count count) throws Exception {
    return Conservation.value(job.getAccumulators().get(), count);
  }
}
