package io.firstresponse.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.annotation.Nullable;

/**
 * One seed: a job on the stage, messages that flow into it, and faults drawn from the seed. At the
 * end its tables have to be exact.
 */
final class ChaosRun implements AutoCloseable {

  /** The kinds of input. */
  enum Source {
    KAFKA,
    FILES,
    POSTGRES;

    /**
     * The input of a seed. It is the same for four seeds in a row, which cover the response modes
     * with final and live results.
     */
    static Source of(long seed) {
      return values()[(int) (seed / 4 % values().length)];
    }
  }

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration BOUND = Duration.ofSeconds(3);

  private final long seed;
  private final ChaosStage stage;
  private final Random random;
  private final String results;
  private final TestDatabase database;
  private final ChaosInput input;
  private final List<String> options;
  private final ChaosTraffic traffic;
  private final List<String> schedule = new ArrayList<>();
  private String job;
  private int parallelism;
  private Path start;
  private int restarts;

  /**
   * Starts the job and the messages.
   *
   * @param from the kind of input, or null to let the seed decide
   */
  ChaosRun(long seed, ChaosStage stage, @Nullable String from) throws Exception {
    this.seed = seed;
    this.stage = stage;
    this.random = new Random(seed);
    // Four seeds in a row cover both response modes with final and live results.
    ResponseMode mode = seed % 2 == 0 ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
    this.results = seed / 2 % 2 == (seed % 2) ? "final" : "live";
    this.database = TestDatabase.on(stage.postgres(), mode);
    this.input =
        stage.input(from == null ? Source.of(seed) : Source.valueOf(from), seed, database, BOUND);
    List<String> given = new ArrayList<>(input.options());
    given.addAll(
        List.of(
            "--results", results,
            "--source.datagen.seed", Long.toString(seed),
            "--source.datagen.count", "0",
            "--source.datagen.event-rate", Integer.toString(ChaosTraffic.RATE),
            "--source.datagen.customers", "200",
            "--source.datagen.agents", "10",
            "--source.datagen.disorder", BOUND.toMillis() + " ms",
            "--source.datagen.duplicates", "0.05",
            "--source.datagen.labels", "30",
            "--messages.field.labels", "labels",
            "--event-time.max-out-of-orderness", BOUND.toMillis() + " ms",
            // A partition without messages has not been read yet; the others must wait for it.
            "--event-time.idle-timeout", "0 s",
            "--sink.jdbc.flush-interval", "100 ms",
            "--sink.jdbc.connect-timeout", "2 s",
            "--sink.jdbc.socket-timeout", "4 s",
            "--sink.jdbc.retry-timeout", "60 s"));
    this.options = Arrays.asList(database.arguments(given.toArray(String[]::new)));
    options.set(options.indexOf("--sink.jdbc.url") + 1, database.url(stage.proxy().port()));
    Workload workload = Workload.from(JobOptions.parse(options.toArray(String[]::new)));
    this.traffic = new ChaosTraffic(input, workload, BOUND, seed);
    start(1 + random.nextInt(ChaosStage.SLOTS), List.of());
  }

  ChaosStage stage() {
    return stage;
  }

  FlinkCluster cluster() {
    return stage.cluster();
  }

  ChaosTraffic traffic() {
    return traffic;
  }

  String job() {
    return job;
  }

  /**
   * Applies faults, and then compares the tables with the window query.
   *
   * @param only the kind of all faults, or null to let the seed decide
   */
  void play(int faults, String only) throws Exception {
    try {
      recovered();
      boolean satOut = true;
      for (int i = 0; i < faults; i++) {
        // All is drawn before the fault begins, so that the schedule depends on the seed only.
        Fault drawn = Fault.drawn(random);
        Fault fault = only == null ? drawn : Fault.valueOf(only);
        Random details = new Random(random.nextLong());
        boolean recovers = random.nextInt(4) > 0 || i == faults - 1;
        schedule.add(fault + (recovers ? "" : " and at once"));
        fault.strike(this, details);
        // A fault during a recovery may cause one more restart.
        satOut &= recovers && !fault.mayRestart();
        if (recovers) {
          recovered();
          int failures = cluster().failures(job);
          if (satOut) {
            assertThat(failures).as("restarts by what can be sat out").isEqualTo(restarts);
          }
          restarts = failures;
          satOut = true;
        }
      }
      end();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "Repeat with -Dchaos.first=%d -Dchaos.seeds=1 -Dchaos.faults=%d: %s%n%s"
              .formatted(seed, faults, this, condition()),
          e);
    }
  }

  /** The counts of the job, and what the REST interface reports of the cluster and the job. */
  private String condition() {
    StringBuilder all = new StringBuilder();
    try {
      all.append(counts()).append("; records ").append(input.records()).append('\n');
    } catch (Exception e) {
      all.append("counts: ").append(e).append('\n');
    }
    for (String path :
        List.of(
            "/taskmanagers",
            "/jobs/" + job,
            "/jobs/" + job + "/checkpoints",
            "/jobs/" + job + "/exceptions?maxExceptions=3")) {
      try {
        all.append(cluster().rest(path)).append('\n');
      } catch (Exception e) {
        all.append(path).append(": ").append(e).append('\n');
      }
    }
    return all.toString();
  }

  /** Stops the messages and checks counts and tables. */
  private void end() throws Exception {
    long messages = traffic.end();
    long records = input.records();
    until("all to be used", () -> isUsedUp(counts(), records));
    recovered();
    assertThat(cluster().failures(job)).as("restarts with no cause").isEqualTo(restarts);

    Conservation counts = counts();
    long again = counts.read() - counts.waiting() - messages;
    assertThat(again).as("messages read, less those sent").isNotNegative();
    assertThat(counts.used() + counts.late()).isEqualTo(messages + again);
    assertThat(counts.dead() + counts.ignored()).isZero();
    try (TestDatabase tables = database.movedTo(stage.postgres())) {
      Set<List<Long>> late = late(tables);
      List<Message> used =
          traffic.messages().stream().filter(message -> !late.contains(columns(message))).toList();
      assertThat(late.isEmpty()).as("no late messages").isEqualTo(!input.takesLateMessages());
      assertThat(traffic.messages().stream().filter(m -> late.contains(columns(m))))
          .as("late")
          .allMatch(traffic::isBehind);
      assertThat(counts.late() - late.size()).as("late once more").isBetween(0L, again);
      tables.store(used.stream());
      assertThat(tables.differences()).isEmpty();
      assertThat(tables.count("select count(*) from tbl_result where not final")).isZero();
      assertThat(
              tables.count(
                  "select count(*) from tbl_result left join tbl_labels using (labels) where labels is not null and label is null"))
          .as("labels without their set")
          .isZero();
      assertThat(tables.strings("select origin, detail, raw_length from tbl_dead_letter limit 5"))
          .isEmpty();
      assertThat(tables.count("select count(*) from pg_prepared_xacts")).isZero();
      until(
          "no transaction to be open",
          () ->
              tables.count(
                      "select count(*) from pg_stat_activity where datname = current_database()"
                          + " and pid <> pg_backend_pid() and xact_start is not null")
                  == 0);
      schedule.add("%,d messages, %,d late".formatted(messages, late.size()));
    }
    cluster().succeed(List.of("cancel", job));
    cluster().await(job, "CANCELED");
  }

  private Conservation counts() throws Exception {
    return Conservation.of(cluster().counts(job));
  }

  /**
   * Whether all records were read, and all messages but the last ones used or found late. Where
   * messages may come again, the last ones may too: then the tables have to be complete up to them.
   */
  private boolean isUsedUp(Conservation counts, long records) throws Exception {
    if (!counts.holds()) {
      return false;
    }
    if (input.deliversOnce()) {
      return counts.read() == records && counts.waiting() == input.lanes();
    }
    return counts.read() >= records && counts.waiting() >= input.lanes() && areComplete();
  }

  private boolean areComplete() throws Exception {
    try (TestDatabase tables = database.movedTo(stage.postgres())) {
      return tables.count(
              "select count(*) from data_complete_through where complete_through >= '"
                  + TestDatabase.instant(traffic.latest())
                  + "'")
          == 1;
    }
  }

  private static Set<List<Long>> late(TestDatabase tables) throws Exception {
    Set<List<Long>> late = new HashSet<>();
    for (String row :
        tables.strings(
            "select a, b, (extract(epoch from ts) * 1000000)::bigint,"
                + " case when closes then 2 else direct::int end from tbl_late")) {
      late.add(Arrays.stream(row.split(" ")).map(Long::valueOf).toList());
    }
    return late;
  }

  private static List<Long> columns(Message message) {
    return List.of(message.a(), message.b(), message.ts(), (long) message.kind().code());
  }

  private void start(int slots, List<String> from) throws Exception {
    List<String> args = new ArrayList<>(List.of("-p", Integer.toString(slots)));
    args.addAll(from);
    args.addAll(options);
    job = cluster().run(args);
    parallelism = slots;
    restarts = 0;
  }

  /** Waits until the job has recovered. */
  void recovered() throws Exception {
    cluster().await(job, "RUNNING");
    int checkpoints = cluster().checkpoints(job);
    until("two checkpoints", () -> cluster().checkpoints(job) >= checkpoints + 2);
  }

  /** Starts the job from its last checkpoint, after the JobManager has died. */
  void startFromLastCheckpoint(int slots) throws Exception {
    start = lastCheckpoint().orElse(start);
    start(slots, List.of("-s", start.toUri().toString()));
  }

  /** Stops the job with a savepoint, and starts it from there. */
  void rescale(int slots) throws Exception {
    cluster().await(job, "RUNNING");
    String savepoint = cluster().stop(job);
    cluster().await(job, "FINISHED");
    start = Path.of(URI.create(savepoint));
    start(slots, List.of("-s", savepoint));
  }

  private Optional<Path> lastCheckpoint() throws IOException {
    if (!Files.isDirectory(stage.checkpoints(job))) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(stage.checkpoints(job))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("_metadata")))
          .max(Comparator.comparingInt(ChaosRun::number));
    }
  }

  private static int number(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  /** A TaskManager that runs tasks of the job, or any if none does. */
  ClusterProcess worker(Random choice) throws Exception {
    cluster().await(job, "RUNNING");
    Set<String> busy = new HashSet<>();
    for (var one : cluster().rest("/taskmanagers").get("taskmanagers")) {
      if (one.get("freeSlots").asInt() < one.get("slotsNumber").asInt()) {
        busy.add(one.get("id").asText());
      }
    }
    List<ClusterProcess> alive =
        cluster().processes().taskManagers().stream().filter(ClusterProcess::isAlive).toList();
    List<ClusterProcess> working = alive.stream().filter(one -> busy.contains(one.name())).toList();
    List<ClusterProcess> from = working.isEmpty() ? alive : working;
    return from.get(choice.nextInt(1_000) % from.size());
  }

  /** Waits until the JobManager knows this number of TaskManagers. */
  void awaitTaskManagers(int number) throws Exception {
    until(
        number + " TaskManagers",
        () -> cluster().rest("/taskmanagers").get("taskmanagers").size() == number);
  }

  void until(String what, Callable<Boolean> condition) throws Exception {
    Await.until(what, LIMIT, condition);
  }

  /** The seed, the kind of run, and the schedule so far. */
  @Override
  public String toString() {
    return "seed %d, from %s, %s, %s results, at last %d slots: %s"
        .formatted(
            seed,
            input,
            options.get(options.indexOf("--response-mode") + 1),
            results,
            parallelism,
            String.join("; ", schedule));
  }

  @Override
  public void close() throws Exception {
    try (database;
        input;
        traffic) {
      stage.proxy().pass();
    }
  }
}
