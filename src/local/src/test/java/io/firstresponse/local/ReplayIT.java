package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.WindowQuery;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole replays, of jobs that have run. */
class ReplayIT {

  private static final String PASSWORD = "replay-71c0";
  private static final long START = 1_534_327_200_000_000L;
  private static final long HOUR = TimeUnit.HOURS.toMicros(1);

  @TempDir Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  /** For what is refused. */
  private static ReplayDatabase untouched;

  @BeforeAll
  static void prepare() throws Exception {
    untouched = new ReplayDatabase(ResponseMode.ANY_AGENT);
    untouched.execute(
        "create schema \"full\"",
        "create table \"full\".mine ()",
        "create schema old",
        "create table old.replay_run ()");
    System.setProperty(LocalRun.CONF_PROPERTY, Path.of("../../conf").toAbsolutePath().toString());
  }

  @AfterAll
  static void close() throws Exception {
    untouched.close();
  }

  /** The live job is a stream with live results, the replays are batches. */
  @ParameterizedTest
  @EnumSource
  void theSameInputGivesTheSameBytes(ResponseMode mode) throws Exception {
    try (ReplayDatabase database = new ReplayDatabase(mode)) {
      List<String> job =
          database.arguments(
              datagen(
                  "--source.datagen.duplicates", "0.02",
                  "--event-time.max-out-of-orderness", "30 s"));
      runLive(job, "--results", "live");
      Outcome first = replay("--from 2018-08-15 --to 2018-08-16", job);
      assertThat(first.err()).isEmpty();
      assertThat(first.exitCode()).as(first.out()).isZero();
      assertThat(first.out()).contains("conservation: true").contains("\nsame: yes, ");
      String live = rows(database, "public");
      assertThat(live.lines()).hasSizeGreaterThan(1000);
      assertThat(rows(database, "replay")).isEqualTo(live);

      job.add("-Dparallelism.default=1");
      Outcome second = replay("--from 2018-08-15 --to 2018-08-16 --again", job);
      assertThat(second.exitCode()).as("%s", second).isZero();
      assertThat(rows(database, "replay")).isEqualTo(live);
    }
  }

  /** What was lost at the end is a difference: the live tables say that they have all of it. */
  @ParameterizedTest
  @EnumSource
  void aDayThatWasLostIsFound(ResponseMode mode) throws Exception {
    List<Message> messages = messages(13, 2000);
    long midnight = START + 62 * HOUR;
    List<Message> before = messages.stream().filter(m -> m.ts() < midnight).toList();
    List<Message> after = messages.stream().filter(m -> m.ts() >= midnight).toList();
    Path days = Files.createDirectory(folder.resolve("days"));
    Files.write(days.resolve("1.jsonl"), before.stream().map(MessageJson::of).toList());
    Files.write(days.resolve("2.jsonl"), after.stream().map(MessageJson::of).toList());
    try (ReplayDatabase database = new ReplayDatabase(mode)) {
      List<String> job =
          database.arguments(
              "--source.type", "files",
              "--source.files.path", days.toString(),
              "--messages.automated", "count");
      database.insertAll(WindowQuery.sessions(mode, before));
      Set<Session> live = new HashSet<>(WindowQuery.sessions(mode, before));
      long lost =
          WindowQuery.sessions(mode, messages).stream().filter(s -> !live.contains(s)).count();
      Outcome outcome = replay("--from 2018-08-15 --to 2018-09-15", job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(1);
      assertThat(outcome.out()).contains("\nsame: no, %,d of ".formatted(lost));

      // Only the first day is claimed, and a row that was refused is not claimed either.
      database.claim("2018-08-17 23:59:59.999999Z");
      Outcome claimed = replay("--from 2018-08-15 --to 2018-09-15 --again", job);
      assertThat(claimed.exitCode()).as(claimed.out()).isZero();
      assertThat(claimed.out())
          .contains("As of 2018-08-18T00:00:00Z;")
          .endsWith(
              "same: yes, %,d sessions compared; sessions from 2018-08-18T00:00:00Z on were not, as the live tables are not complete there\n"
                  .formatted(live.size()));

      database.execute(
          "insert into tbl_dead_letter (origin, position, reason, detail, raw, raw_length, holds_at)"
              + " values ('tbl_result b=1', 0, 'refused', '', '', 0, '2018-08-16Z')");
      assertThat(replay("--from 2018-08-15 --to 2018-09-15 --again", job).out())
          .contains("As of 2018-08-16T00:00:00Z;");
      database.execute("update tbl_dead_letter set reason = 'unreadable'");
      Outcome nothing = replay("--from 2018-08-15 --to 2018-09-15 --again", job);
      assertThat(nothing.exitCode()).isEqualTo(2);
      assertThat(nothing.err())
          .startsWith("--from: it is not known how far the live tables are complete")
          .hasLineCount(1);
    }
  }

  /** A provisional row that stayed is not excused by not being final. */
  @Test
  void aProvisionalRowThatWasLeftIsFound() throws Exception {
    List<Message> messages = messages(17, 300);
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ADDRESSED_AGENT)) {
      database.insertMessages(messages);
      database.insertAll(WindowQuery.sessions(ResponseMode.ADDRESSED_AGENT, messages));
      database.insert(
          "public", List.of(new Session(1000, START + HOUR, 1, 1, START + 2 * HOUR)), false);
      Outcome outcome =
          replay(
              "--from 2018-08-15 --to 2018-09-15",
              database.arguments(
                  "--source.type", "postgres",
                  "--source.postgres.url", database.url(),
                  "--source.postgres.user", "postgres",
                  "--messages.automated", "count"));
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
      assertThat(outcome.out()).contains("\nsame: no, 1 of ");
    }
  }

  @Test
  void lateMessagesAreTheReason() throws Exception {
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<String> job =
          database.arguments(
              datagen(
                  "--source.datagen.rate", "10000", "--event-time.max-out-of-orderness", "2 s"));
      Configuration options = runLive(job);
      Outcome outcome = replay("--from 2018-08-15 --to 2018-08-16 --show 2", job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(1);

      Matcher asOf = Pattern.compile("As of ([^;]+);").matcher(outcome.out());
      assertThat(asOf.find()).isTrue();
      long end = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(asOf.group(1)));
      Workload workload = Workload.from(options);
      List<Message> messages =
          LongStream.range(0, 20_000)
              .mapToObj(workload::message)
              .filter(message -> message.ts() < end)
              .toList();
      Set<String> late =
          new HashSet<>(
              database.strings(
                  "select b, a, (extract(epoch from ts) * 1000000)::bigint, direct from tbl_late"));
      assertThat(late).isNotEmpty();
      List<Message> inTime =
          messages.stream()
              .filter(
                  m ->
                      !late.contains(
                          "%d %d %d %s".formatted(m.b(), m.a(), m.ts(), m.direct() ? "t" : "f")))
              .toList();
      Set<Session> replayed = new HashSet<>(WindowQuery.sessions(ResponseMode.ANY_AGENT, messages));
      Set<Session> live = new HashSet<>(WindowQuery.sessions(ResponseMode.ANY_AGENT, inTime));
      Set<List<Long>> different = new HashSet<>();
      Stream.concat(replayed.stream(), live.stream())
          .filter(session -> !(replayed.contains(session) && live.contains(session)))
          .forEach(session -> different.add(List.of(session.b(), session.openedAt())));
      assertThat(
              new TreeSet<>(
                  database.strings(
                      "select b, (extract(epoch from b_ts) * 1000000)::bigint from replay.replay_difference where late_in_live is not null")))
          .as("each with its reason")
          .isEqualTo(
              different.stream()
                  .map(key -> key.get(0) + " " + key.get(1))
                  .collect(Collectors.toCollection(TreeSet::new)));
      assertThat(
              database.strings(
                  "select max(late_in_live) <= (select max(lateness) from tbl_late), count(*) from replay.replay_difference"))
          .containsExactly("t " + different.size());
      String all =
          database
              .strings(
                  "select ceil(date_part('epoch', max(late_in_live)))::int from replay.replay_difference")
              .get(0);
      assertThat(outcome.out())
          .contains("%,d of the rows that differ contain messages".formatted(different.size()))
          .contains("those of nine tenths, with " + all + " s all.")
          .contains("The first 2 of %,d rows".formatted(different.size()))
          .containsPattern(
              "\nsame: no, %,d of [0-9,]+ sessions differ\n".formatted(different.size()));
    }
  }

  /** Bots are ignored, and to be counted. */
  @Test
  void anotherDefinitionShowsWhatItChanges() throws Exception {
    ResponseMode mode = ResponseMode.ADDRESSED_AGENT;
    List<Message> messages = messages(7, 3000);
    Path input = folder.resolve("chat.jsonl");
    Files.write(input, messages.stream().map(MessageJson::of).toList());
    try (ReplayDatabase database = new ReplayDatabase(mode)) {
      List<String> job =
          database.arguments("--source.type", "files", "--source.files.path", input.toString());
      database.insertAll(
          WindowQuery.sessions(mode, messages.stream().filter(m -> !m.automated()).toList()));
      job.addAll(List.of("--messages.automated", "count"));
      Path csv = folder.resolve("difference.csv");
      Outcome outcome =
          replay("--from 2018-08-16T00:30 --to 2018-08-19 --warm-up 90d --out " + csv, job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(1);

      long from = START + 14 * HOUR + HOUR / 2;
      long to = START + 86 * HOUR;
      List<Message> read = messages.stream().filter(m -> m.ts() < to + 24 * HOUR).toList();
      List<Session> ignored =
          WindowQuery.sessions(mode, read.stream().filter(m -> !m.automated()).toList());
      List<Session> counted = WindowQuery.sessions(mode, read);
      Set<Session> both = new HashSet<>(ignored);
      both.retainAll(counted);
      long keys =
          Stream.concat(ignored.stream(), counted.stream())
              .filter(s -> s.openedAt() >= from && s.openedAt() < to && !both.contains(s))
              .map(s -> List.of(s.b(), s.openedAt(), s.asked()))
              .distinct()
              .count();
      assertThat(keys).isPositive();
      assertThat(Files.readAllLines(csv))
          .hasSize((int) keys + 1)
          .first()
          .asString()
          .startsWith(
              "kind,b,b_ts,only_a,live_asked_a,live_responder,live_a_ts,live_closed_ts,live_labels,replay_asked_a");
      assertThat(outcome.out()).contains("\nsame: no, %,d of ".formatted(keys));
      long sessions =
          counted.stream().filter(s -> s.openedAt() >= from && s.openedAt() < to).count();
      assertThat(outcome.out()).containsPattern("\n  sessions +[0-9,]+ +%,d +".formatted(sessions));
    }
  }

  static LongStream seeds() {
    long first = Long.getLong("replay.first", 1);
    return LongStream.range(first, first + Long.getLong("replay.seeds", 2));
  }

  /** From a table, of which no more is read than is needed. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyPeriodOfAHistoryIsTheSame(long seed) throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Message> messages = messages(seed, 3000);
    ResponseMode mode = seed % 2 == 0 ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
    try (ReplayDatabase database = new ReplayDatabase(mode)) {
      database.insertMessages(messages);
      database.insertAll(
          WindowQuery.sessions(mode, messages.stream().filter(m -> !m.automated()).toList()));
      List<String> job =
          database.arguments(
              "--source.type", "postgres",
              "--source.postgres.url", database.url(),
              "--source.postgres.user", "postgres");
      long from = START + random.nextLong(60 * HOUR);
      long to = from + 10 * HOUR + random.nextLong(20 * HOUR);
      long warmUp = random.nextLong(20 * 3600);
      Outcome outcome =
          replay(
              "--from %s --to %s --warm-up %ds --after 1h"
                  .formatted(ReplayPeriod.iso(from), ReplayPeriod.iso(to), warmUp),
              job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as("seed %d: %s", seed, outcome.out()).isZero();
      long read =
          messages.stream()
              .filter(m -> m.ts() >= from - warmUp * 1_000_000 && m.ts() < to + HOUR)
              .count();
      assertThat(outcome.out()).contains("conservation: true (read %,d = ".formatted(read));
    }
  }

  /** No more of a topic than is needed, without a trace in the group of production. */
  @Test
  void aTopicIsReadFromTheWarmUpOn() throws Exception {
    List<Message> messages = messages(11, 1000);
    String topic = "replayed";
    Map<String, Object> servers =
        Map.of("bootstrap.servers", KafkaBroker.shared().bootstrapServers());
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT);
        Admin kafka = Admin.create(servers);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                KafkaBroker.shared().producerProperties(),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      NewTopic created = new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "-1"));
      kafka.createTopics(List.of(created)).all().get();
      List<Future<?>> sent = new ArrayList<>();
      for (Message message : messages) {
        byte[] value = MessageJson.of(message).getBytes(StandardCharsets.UTF_8);
        // As if each had taken a second to get there.
        long stamp = message.millis() + 1000;
        sent.add(
            producer.send(
                new ProducerRecord<>(topic, (int) (message.b() % 2), stamp, null, value)));
      }
      for (Future<?> one : sent) {
        one.get();
      }
      database.insertAll(WindowQuery.sessions(ResponseMode.ANY_AGENT, messages));
      List<String> job =
          database.arguments(
              "--source.type",
              "kafka",
              "--source.kafka.bootstrap-servers",
              KafkaBroker.shared().bootstrapServers(),
              "--source.kafka.topics",
              topic,
              "--source.kafka.start",
              "group",
              "--messages.automated",
              "count",
              "-Dexecution.checkpointing.interval=100 ms",
              "-Dexecution.runtime-mode=STREAMING");
      Outcome outcome = replay("--from 2018-08-17 --to 2018-08-18 --warm-up 24h --after 12h", job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as(outcome.out()).isZero();
      long skew = TimeUnit.MINUTES.toMicros(5);
      long read =
          messages.stream()
              .filter(message -> message.ts() + 1_000_000 >= START + 14 * HOUR - skew)
              .count();
      assertThat(outcome.out()).contains("conservation: true (read %,d = ".formatted(read));
      assertThat(
              kafka
                  .listConsumerGroupOffsets("first-response")
                  .partitionsToOffsetAndMetadata()
                  .get())
          .isEmpty();

      // Retention has removed what the period needs.
      Map<TopicPartition, RecordsToDelete> removed = new HashMap<>();
      for (int partition = 0; partition < 2; partition++) {
        removed.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(300));
      }
      kafka.deleteRecords(removed).all().get();
      Outcome gap =
          replay("--from 2018-08-16 --to 2018-08-18 --warm-up 24h --after 12h --again", job);
      assertThat(gap.exitCode()).as("%s", gap).isEqualTo(1);
      assertThat(gap.out()).contains("are these messages still in the source?");
    }
  }

  @Test
  void ofAnotherResponseModeOnlyTheFiguresAreCompared() throws Exception {
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<Message> messages = messages(3, 500);
      database.insertMessages(messages);
      database.insertAll(WindowQuery.sessions(ResponseMode.ANY_AGENT, messages));
      Outcome outcome =
          replay(
              "--from 2018-08-15 --to 2018-09-15",
              database.arguments(
                  "--source.type", "postgres",
                  "--source.postgres.url", database.url(),
                  "--source.postgres.user", "postgres",
                  "--messages.automated", "count",
                  "--response-mode", "addressed-agent"));
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.out())
          .containsPattern(
              "\n  sessions +%,d +%,d "
                  .formatted(
                      WindowQuery.sessions(ResponseMode.ANY_AGENT, messages).size(),
                      WindowQuery.sessions(ResponseMode.ADDRESSED_AGENT, messages).size()))
          .contains("only the figures can be compared")
          .endsWith("same: no, by the figures\n");
    }
  }

  /** The live tables are read by somebody who may do nothing else with them. */
  @Test
  void aReaderWithASchemaOfHisOwnIsEnough() throws Exception {
    try (ReplayDatabase database = new ReplayDatabase(ResponseMode.ANY_AGENT)) {
      List<Message> messages = messages(5, 300);
      List<Session> sessions = WindowQuery.sessions(ResponseMode.ANY_AGENT, messages);
      database.insertMessages(messages);
      database.insertAll(sessions);
      String user = "u" + System.nanoTime();
      database.createUser(user, PASSWORD);
      Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      List<String> job =
          database.arguments(
              "--source.type",
              "postgres",
              "--source.postgres.url",
              database.url(),
              "--source.postgres.user",
              "postgres",
              "--messages.automated",
              "count",
              "--sink.jdbc.user",
              user,
              "--sink.jdbc.password-file",
              password.toString());
      String period = "--from 2018-08-15 --to 2018-09-15";
      refused(replay(period, job), "sink.jdbc.user: " + user + " may not read public.");

      database.execute(roles(), "grant first_response_reader to " + user);
      refused(replay(period, job), "--schema: there is no schema replay, and " + user);

      database.execute("create schema replay");
      refused(replay(period, job), "--schema: " + user + " may not create tables in schema");

      database.execute("drop schema replay", "create schema replay authorization " + user);
      String all = "select ctid, xmin, xmax, * from public.tbl_result order by ctid";
      String before = database.copy(all);
      Outcome outcome = replay(period, job);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).as(outcome.out()).isZero();
      assertThat(outcome.out())
          .endsWith("same: yes, %,d sessions compared\n".formatted(sessions.size()))
          .doesNotContain(PASSWORD);
      Outcome again = replay(period + " --again", job);
      assertThat(again.exitCode()).as("%s", again).isZero();
      assertThat(database.copy(all)).as("not even a lock on a row").isEqualTo(before);
      assertThat(
              database.strings(
                  "select distinct tableowner from pg_tables where schemaname = 'replay'"))
          .containsExactly(user);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from 2018-08-15 --to 2018-08-16|-- is missing, and after it the options of the job.",
        "--to 2018-08-16 --|--from is missing: a time in ISO-8601",
        "--from soon --to 2018-08-16 --|--from: 'soon' is no time in ISO-8601",
        "--from 2018-08-16 --to 2018-08-16T00:00:00Z --|--from: must be before --to.",
        "--from 2018-08-15 --to 2018-08-16 --warm-up long --|--warm-up: 'long' is not a duration",
        "--from 2018-08-15 --to 2018-08-16 --show all --|--show: 'all' is not a number of rows.",
        "--from 2018-08-15 --form 2018-08-16 --|There is no option --form before the --, only --from",
        "--from 2018-08-15 --to --|--to lacks its value.",
        "--from 2018-08-15 --from 2018-08-15 --|--from is given twice.",
        "--from 2018-08-15 --to 2018-08-16 --out /none/such.csv --|--out: /none/such.csv cannot be written.",
        "--from 2018-08-15 --to 2018-08-16 --|--source.type is missing",
        "--from 2018-08-15 --to 2018-08-16 -- --respons-mode x|There is no option respons-mode. Did you mean response-mode?",
        "--from 2018-08-15 --to 2018-08-16 -- JOB --source.datagen.count 0|source.datagen.count: a replay needs an end.",
        "--from 2018-08-15 --to 2018-08-16 -- JOB --messages.to 2018-01-01|--from: the job's options exclude all of the period.",
        "--from 2018-08-15 --to 2018-08-16 --schema public -- JOB|--schema: public is the schema of the live tables",
        "--from 2018-08-15 --to 2018-08-16 --schema full -- JOB|--schema: schema full is not empty, and was not created by a replay",
        "--from 2018-08-15 --to 2018-08-16 --schema old -- JOB|--schema: schema old has a replay already; give --again",
        "--from 2018-08-15 --to 2018-08-16 -- JOB --sink.jdbc.schema none|sink.jdbc.schema: schema none has no first_response_schema",
        "--from 2018-08-15 --to 2018-08-16 -- JOB --sink.jdbc.connect-timeout 1s AWAY|sink.jdbc.url: postgresql://127.0.0.1:1/none as user postgres: ",
      })
  void whatIsWrongIsOneLine(String arguments, String line) throws Exception {
    String job = String.join(" ", untouched.arguments("--source.type", "datagen"));
    boolean away = arguments.endsWith(" AWAY");
    String all = arguments.replace(" AWAY", "").replace("JOB", job);
    if (away) {
      all = all.replace(untouched.url(), "jdbc:postgresql://127.0.0.1:1/none");
    }
    refused(replay(List.of(all.split(" "))), line);
    assertThat(untouched.strings("select nspname from pg_namespace where nspname = 'replay'"))
        .isEmpty();
  }

  private static void refused(Outcome outcome, String line) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(2);
    assertThat(outcome.err()).startsWith(line);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.out()).isEmpty();
  }

  private static Outcome replay(String own, List<String> job) {
    List<String> arguments = new ArrayList<>(List.of(own.split(" ")));
    arguments.add("--");
    arguments.addAll(job);
    return replay(arguments);
  }

  private static Outcome replay(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        new Replay(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8))
            .run(arguments);
    return new Outcome(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a job to its end, as a stream, into the live tables. */
  private static Configuration runLive(List<String> job, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(job);
    arguments.addAll(List.of(more));
    Configuration options = JobOptions.parse(arguments.toArray(String[]::new));
    LocalFlink.configured(
            System.getProperty(LocalRun.CONF_PROPERTY),
            List.of("execution.runtime-mode=STREAMING", "execution.checkpointing.interval=1 s"))
        .start(options)
        .getJobExecutionResult()
        .get();
    return options;
  }

  /** 20,000 messages in 100 s of event time, up to 20 s out of order. */
  private static String[] datagen(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--source.type", "datagen",
                "--source.datagen.count", "20000",
                "--source.datagen.customers", "300",
                "--source.datagen.agents", "5",
                "--source.datagen.event-rate", "200",
                "--source.datagen.disorder", "20 s"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Of five days, in the order of time, a tenth closes, a fifth of the agents' by bots. */
  private static List<Message> messages(long seed, int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return LongStream.generate(() -> START + random.nextLong(120 * HOUR))
        .limit(count)
        .sorted()
        .mapToObj(
            ts -> {
              boolean direct = random.nextBoolean();
              boolean automated = direct && random.nextInt(5) == 0;
              long agent = random.nextLong(1, 5);
              long customer = random.nextLong(1, 61);
              return random.nextInt(10) == 0
                  ? Message.close(agent, customer, ts)
                  : new Message(agent, customer, ts, direct, automated);
            })
        .toList();
  }

  private static String rows(ReplayDatabase database, String schema) throws Exception {
    String columns =
        String.join(
            ", ",
            database.strings(
                "select column_name from information_schema.columns where table_schema = '%s' and table_name = 'tbl_result' and column_name <> 'updated_at' order by ordinal_position"
                    .formatted(schema)));
    return database.copy(
        "select %s from %s.tbl_result order by b_ts, b, a".formatted(columns, schema));
  }

  private static String roles() throws Exception {
    return Files.readString(Path.of("../../conf/sql/optional/roles.sql"));
  }
}
