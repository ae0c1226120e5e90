package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.JobRun;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A job that is ended three times while messages wait, and goes on each time with what was left of
 * it: at another parallelism, on another state backend.
 */
// As long as a switch makes it.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class RestoreIT {

  private static final long MESSAGES = 25_000;
  private static final int[] PARALLELISM = {1, 2, 4, 1};

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(4);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, CANONICAL_SAVEPOINT, hashmap hashmap hashmap hashmap",
    "ADDRESSED_AGENT, live,  CANONICAL_SAVEPOINT, hashmap rocksdb hashmap rocksdb",
    "ADDRESSED_AGENT, final, NATIVE_SAVEPOINT,    rocksdb rocksdb rocksdb rocksdb",
    "ANY_AGENT,       live,  CHECKPOINT,          hashmap hashmap hashmap hashmap",
    "ADDRESSED_AGENT, final, CHECKPOINT,          rocksdb rocksdb rocksdb rocksdb",
  })
  void theRowsAreTheWindowQuerys(
      ResponseMode mode, String results, JobRun.Leaves what, String backends) throws Exception {
    // More with -Drestore.seeds=...
    for (long seed = 1; seed <= Long.getLong("restore.seeds", 1); seed++) {
      try (TestDatabase database = TestDatabase.create(mode)) {
        go(seed, database, results, what, backends.split(" "));
      }
    }
  }

  /** Flink's {@code stop --drain} makes all sessions final, as if the input had ended. */
  @ParameterizedTest
  @CsvSource({
    "ANY_AGENT,       final, 2, 1, hashmap",
    "ADDRESSED_AGENT, live,  1, 2, rocksdb",
  })
  void aJobThatWasDrainedIsRefusedAndKeepsItsRows(
      ResponseMode mode, String results, int before, int after, String backend) throws Exception {
    try (TestDatabase database = TestDatabase.create(mode)) {
      Configuration options = options(1, database, results).set(DatagenOptions.RATE, 1_000.0);
      Configuration flink = JobRun.settings(backend, folder);
      JobRun run = JobRun.start(flink, before, options, Optional.empty(), folder);
      run.awaitUsed(500);
      Optional<String> state = Optional.of(run.drain());
      String rows = "select * from tbl_result order by b, b_ts, a";
      List<String> drained = database.strings(rows);
      assertThat(drained).hasSizeGreaterThan(100);

      JobRun next = JobRun.start(flink, after, options, state, folder);
      assertThatThrownBy(next::finish)
          .hasStackTraceContaining("This checkpoint was taken when the input had ended");
      assertThat(database.strings(rows)).isEqualTo(drained);
      assertThat(database.count("select count(*) from tbl_late")).isZero();
    }
  }

  private void go(
      long seed, TestDatabase database, String results, JobRun.Leaves what, String[] backends)
      throws Exception {
    Configuration options = options(seed, database, results);
    // The legs share 25 s of input. On a busy machine counts arrive seconds late, and the job reads
    // on meanwhile.
    Configuration slowly = new Configuration(options).set(DatagenOptions.RATE, 1_000.0);
    Random random = new Random(seed);
    Optional<String> state = Optional.empty();
    long used = 0;
    int last = PARALLELISM.length - 1;
    for (int leg = 0; leg < last; leg++) {
      JobRun run = start(slowly, leg, backends, state);
      used = run.awaitUsed(used + 1 + random.nextLong(1_500));
      assertThat(run.waiting()).as("messages that wait, seed %d", seed).isGreaterThan(200);
      state = Optional.of(run.end(what));
    }
    Conservation conservation = start(options, last, backends, state).finish();

    Workload workload = Workload.from(options);
    long closes = LongStream.range(0, MESSAGES).filter(i -> workload.message(i).closes()).count();
    assertThat(conservation)
        .as("seed %d", seed)
        .isEqualTo(new Conservation(MESSAGES, MESSAGES, 0, 0, 0, 0, closes, 0, 0, 0));
    assertThat(database.count("select count(*) from tbl_result where closed_ts is not null"))
        .isPositive();
    assertExact(seed, options, database);
  }

  private static Configuration options(long seed, TestDatabase database, String results) {
    return database.options(
        "--source.type", "datagen",
        "--source.datagen.seed", Long.toString(seed),
        "--source.datagen.count", Long.toString(MESSAGES),
        "--source.datagen.event-rate", "1000",
        "--source.datagen.customers", "300",
        "--source.datagen.agents", "5",
        "--source.datagen.disorder", "1 s",
        "--source.datagen.duplicates", "0.02",
        "--source.datagen.closes", "0.1",
        "--source.datagen.labels", "50",
        "--event-time.max-out-of-orderness", "1 s",
        "--results", results,
        "--results.live-interval", "100 ms",
        "--sink.jdbc.flush-interval", "100 ms");
  }

  private static void assertExact(long seed, Configuration options, TestDatabase database)
      throws Exception {
    Workload workload = Workload.from(options);
    database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
    assertThat(database.differences()).as("seed %d", seed).isEmpty();
    assertThat(database.count("select count(*) from tbl_result where not final")).isZero();
    assertThat(database.count("select count(*) from tbl_result where labels is null")).isZero();
    assertThat(database.count("select count(*) from tbl_labels")).isEqualTo(50);
    assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
  }

  private JobRun start(Configuration options, int leg, String[] backends, Optional<String> state)
      throws Exception {
    return JobRun.start(
        JobRun.settings(backends[leg], folder), PARALLELISM[leg], options, state, folder);
  }
}
