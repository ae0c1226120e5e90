package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole job against the window query, in the same PostgreSQL. */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class ExactnessIT {

  /** Customers of one trace have ids from its seed times this. */
  private static final long CUSTOMERS_A_SEED = 10;

  /** Traces follow one another: no trace is longer, with its disorder. */
  private static final long MICROS_A_SEED = 20L * 86_400 * 1_000_000;

  private static final Path SAMPLE = Path.of("../../shared/data/support-tweets.jsonl");

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(2);

  @TempDir Path folder;

  @Test
  void theOracleInJavaIsTheWindowQuery() throws Exception {
    for (ResponseMode mode : ResponseMode.values()) {
      try (TestDatabase database = TestDatabase.create(mode)) {
        List<Message> messages = new ArrayList<>();
        for (long seed = 0; seed < 3_000; seed++) {
          messages.addAll(trace(seed));
        }
        database.store(messages.stream());
        assertThat(database.expected()).isEqualTo(WindowQuery.sessions(mode, messages));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STREAMING, 1, hashmap, ANY_AGENT,       ignore",
    "STREAMING, 2, hashmap, ADDRESSED_AGENT, count",
    "STREAMING, 2, rocksdb, ANY_AGENT,       count",
    "STREAMING, 1, rocksdb, ADDRESSED_AGENT, ignore",
    "BATCH,     1, hashmap, ADDRESSED_AGENT, ignore",
    "BATCH,     2, hashmap, ANY_AGENT,       count",
  })
  void tracesFromFiles(
      String runtime, int parallelism, String backend, ResponseMode mode, String automated)
      throws Exception {
    Path file = folder.resolve("traces.jsonl");
    List<Message> counted = new ArrayList<>();
    long ignored = 0;
    long closes = 0;
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (long seed = 0; seed < 1_500; seed++) {
        for (Message message : trace(seed)) {
          lines.write(MessageJson.of(message));
          lines.newLine();
          closes += message.closes() ? 1 : 0;
          if (message.automated() && !message.closes() && automated.equals("ignore")) {
            ignored++;
          } else {
            counted.add(message);
          }
        }
      }
    }
    try (TestDatabase database = TestDatabase.create(mode)) {
      database.store(counted.stream());
      Configuration options =
          database.options(
              "--source.type",
              "files",
              "--source.files.path",
              file.toString(),
              "--messages.automated",
              automated,
              "--messages.field.labels",
              "labels",
              "--event-time.max-out-of-orderness",
              "100 s");
      Conservation conservation = run(options, runtime, parallelism, backend);

      assertThat(conservation)
          .isEqualTo(
              new Conservation(
                  counted.size() + ignored, counted.size(), ignored, 0, 0, 0, closes, 0, 0, 0));
      assertThat(closes).isGreaterThan(1_000);
      assertThat(database.count("select count(*) from tbl_result where closed_ts is not null"))
          .isGreaterThan(500);
      assertThat(database.count("select count(*) from tbl_result where labels is not null"))
          .isGreaterThan(500);
      assertThat(database.count("select count(*) from tbl_labels")).isEqualTo(5);
      assertThat(
              database.count(
                  "select count(*) from tbl_result r left join tbl_labels using (labels) where r.labels is not null and label is null"))
          .isZero();
      assertThat(database.differences())
          .as("the seed of a row is its b / %d", CUSTOMERS_A_SEED)
          .isEmpty();
      assertThat(database.count("select count(*) from tbl_result")).isGreaterThan(1_500);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STREAMING, 2, hashmap, ANY_AGENT",
    "STREAMING, 2, hashmap, ADDRESSED_AGENT",
    "STREAMING, 1, rocksdb, ADDRESSED_AGENT",
    "BATCH,     2, hashmap, ANY_AGENT",
    "BATCH,     1, hashmap, ADDRESSED_AGENT",
  })
  void theSeedsWorkloads(String runtime, int parallelism, String backend, ResponseMode mode)
      throws Exception {
    // 2,000,000 and more with -Dexactness.messages=...
    long messages = Long.getLong("exactness.messages", 200_000);
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(messages),
              "--source.datagen.event-rate", "1000",
              "--source.datagen.disorder", "60 s",
              "--source.datagen.duplicates", "0.02",
              "--source.datagen.closes", "0.05",
              "--event-time.max-out-of-orderness", "60 s");
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      long closes = database.count("select count(*) from tbl where closes");

      assertThat(run(options, runtime, parallelism, backend))
          .isEqualTo(new Conservation(messages, messages, 0, 0, 0, 0, closes, 0, 0, 0));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_result where closed_ts is not null"))
          .isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void liveResultsEndAsFinalOnesDo(ResponseMode mode) throws Exception {
    assertThat(rows(mode, "live")).hasSizeGreaterThan(10_000).isEqualTo(rows(mode, "final"));
  }

  /** Every row with all that it says, but for the time when it was written. */
  private static List<String> rows(ResponseMode mode, String results) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options(
              "--results", results,
              "--results.live-interval", "100 ms",
              "--source.type", "datagen",
              "--source.datagen.count", "100000",
              "--source.datagen.rate", "50000",
              "--source.datagen.event-rate", "500",
              "--source.datagen.customers", "2000",
              "--source.datagen.disorder", "60 s",
              "--source.datagen.duplicates", "0.02",
              "--source.datagen.closes", "0.05",
              "--event-time.max-out-of-orderness", "60 s");
      run(options, "STREAMING", 2, "hashmap");
      return database.strings(
          "select (to_jsonb(r) - 'updated_at')::text from tbl_result r order by 1");
    }
  }

  @Test
  void lateMessagesAreKeptAndTheRestIsExact() throws Exception {
    long messages = 50_000;
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options =
          database.options(
              "--source.type", "datagen",
              "--source.datagen.count", Long.toString(messages),
              "--source.datagen.customers", "500",
              "--source.datagen.closes", "0.1",
              "--source.datagen.rate", "20000",
              "--source.datagen.event-rate", "1000",
              "--source.datagen.disorder", "60 s",
              "--event-time.max-out-of-orderness", "5 s");
      Conservation conservation = run(options, "STREAMING", 2, "hashmap");

      assertThat(conservation.holds()).isTrue();
      assertThat(conservation.late()).isPositive();
      assertThat(database.count("select count(*) from tbl_late")).isEqualTo(conservation.late());
      assertThat(
              database.count(
                  "select count(*) from tbl_late where lateness < interval '0' or watermark < ts"))
          .isZero();
      Workload workload = Workload.from(options);
      database.store(LongStream.range(0, messages).mapToObj(workload::message));
      database.takeOutLate();
      assertThat(database.count("select count(*) from tbl_late where closes")).isPositive();
      assertThat(database.count("select count(*) from tbl")).isEqualTo(conservation.used());
      assertThat(database.differences()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STREAMING, ANY_AGENT",
    "STREAMING, ADDRESSED_AGENT",
    "BATCH,     ANY_AGENT",
    "BATCH,     ADDRESSED_AGENT",
  })
  void theRealSample(String runtime, ResponseMode mode) throws Exception {
    Assumptions.assumeTrue(
        Files.exists(SAMPLE), "skipped: the real sample is not beside this checkout");
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options =
          database.options(
              "--source.type", "files",
              "--source.files.path", SAMPLE.toString(),
              "--event-time.max-out-of-orderness", "1000 d");
      Conservation conservation = run(options, runtime, 2, "hashmap");
      assertThat(conservation.used()).isEqualTo(conservation.read()).isEqualTo(2_221);
      database.execute("create table raw (line jsonb)");
      try (Stream<String> lines = Files.lines(SAMPLE)) {
        database.execute(
            lines.map(line -> "insert into raw values ('" + line + "')").toArray(String[]::new));
      }
      database.execute(
          "insert into tbl (a, b, ts, direct) select (line->>'a')::bigint, (line->>'b')::bigint, (line->>'ts')::timestamptz, (line->>'direct')::boolean from raw");
      assertThat(database.differences()).isEmpty();
    }
  }

  private static Conservation run(
      Configuration options, String runtime, int parallelism, String backend) throws Exception {
    Configuration flink = new Configuration();
    flink.setString("execution.runtime-mode", runtime);
    flink.setString("state.backend.type", backend);
    flink.setString("execution.checkpointing.interval", "500 ms");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
    env.setParallelism(parallelism);
    FirstResponseJob.define(env, options);
    JobExecutionResult result = env.execute(FirstResponseJob.name(options));
    return Conservation.of(result.getAllAccumulatorResults());
  }

  private static List<Message> trace(long seed) {
    return Traces.of(seed).messages().stream()
        .map(
            message ->
                new Message(
                    message.a(),
                    message.b() + seed * CUSTOMERS_A_SEED,
                    message.ts() - 3_000_000_000_000_000L + seed * MICROS_A_SEED,
                    message.kind(),
                    message.automated(),
                    message.labels(),
                    Texts.NONE))
        .toList();
  }
}
