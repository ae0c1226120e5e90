package io.firstresponse.system.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import io.firstresponse.system.cluster.FlinkCluster;
import io.firstresponse.system.cluster.JobWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongToIntFunction;
import java.util.stream.LongStream;

/**
 * A job that receives more messages than its database accepts, and the checks on it while it runs
 * and at the end.
 */
final class OverloadRun implements AutoCloseable {

  static final int PARTITIONS = 4;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** The longest time without a new checkpoint: a tenth of the timeout in the shipped settings. */
  private static final Duration STRETCH = Duration.ofMinutes(1);

  /** The number of checkpoints that have to complete while the database is slow. */
  private static final int CHECKPOINTS = 3;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int LOOKS_FOR_ONE_AT_THE_HEAP = 6;

  private static final int CUSTOMERS = 20_000;
  private static final long HOUR_MICROS = 3_600_000_000L;

  // The formula of production.md, in bytes. The first is for Flink and a batch of rows in flight.
  private static final long ONE_TASK = 60_000_000;
  private static final long WAITING = 40;
  private static final long WAITING_LIVE = 70;
  private static final long CUSTOMER_LIVE = 180;
  private static final long OPEN = 200;

  /** Messages that the job may read before backpressure reaches the source. */
  private static final long IN_FLIGHT = 60_000;

  private final FlinkCluster cluster;
  private final FaultProxy proxy;
  private final boolean live;
  private final int rate;
  private final Duration bound;
  private final TestDatabase database;
  private final TestTopic topic;
  private final List<String> options;
  private final Workload workload;
  private long sent;
  private String job;
  private JobWatch watch;
  private int failedCheckpoints;
  private List<Long> processes;
  private int completed;
  private long completedAt;
  private long lookedAt;
  private int looks;
  private long slowSince;
  private long readBefore;
  private double capacity;
  private long mostWaiting;
  private long mostHeap;
  private double mostBackPressure;

  /**
   * A run with a new topic and database.
   *
   * @param results {@code final} or {@code live}
   * @param rate messages per second of event time
   * @param bound the out-of-orderness of the messages and of the job
   */
  OverloadRun(FlinkCluster cluster, FaultProxy proxy, String results, int rate, Duration bound)
      throws Exception {
    this.cluster = cluster;
    this.proxy = proxy;
    this.live = results.equals("live");
    this.rate = rate;
    this.bound = bound;
    this.database = TestDatabase.create(ResponseMode.ANY_AGENT);
    this.topic = TestTopic.on(KafkaBroker.shared(), PARTITIONS, Map.of());
    this.options =
        Arrays.asList(
            database.arguments(
                topic.source(
                    "--results",
                    results,
                    "--source.datagen.count",
                    "0",
                    "--source.datagen.event-rate",
                    Integer.toString(rate),
                    "--source.datagen.customers",
                    Integer.toString(CUSTOMERS),
                    "--source.datagen.disorder",
                    bound.toMillis() + " ms",
                    "--source.datagen.duplicates",
                    "0.02",
                    "--event-time.max-out-of-orderness",
                    bound.toMillis() + " ms",
                    // A partition that is paused for longer than this must not count as idle.
                    "--event-time.idle-timeout",
                    "10 s")));
    options.set(options.indexOf("--sink.jdbc.url") + 1, database.url(proxy.port()));
    this.workload = Workload.from(JobOptions.parse(options.toArray(String[]::new)));
  }

  /** Starts the job, which reads the messages that are in the topic already. */
  void start() throws Exception {
    job = cluster.run(options);
    cluster.await(job, "RUNNING");
    watch = new JobWatch(cluster, job);
    processes = processes();
  }

  /**
   * Slows the connection to the database from now on.
   *
   * @param pause before each 16 KiB to or from the database
   */
  void slowDatabase(Duration pause) throws Exception {
    proxy.slow(pause);
    completed = cluster.checkpoints(job);
    failedCheckpoints = watch.failedCheckpoints();
    slowSince = System.nanoTime();
    completedAt = slowSince;
    readBefore = watch.sum(Count.READ.metric());
  }

  /** Sends messages up to an index, each to its partition. */
  void send(long end, LongToIntFunction partition) throws Exception {
    for (; sent < end; sent++) {
      topic.send(partition.applyAsInt(sent), workload.message(sent));
    }
    topic.flush();
  }

  /** Sends messages at their rate. */
  void sendFor(Duration time, LongToIntFunction partition) throws Exception {
    long start = System.nanoTime();
    long end = sent + rate * time.toSeconds();
    Await.until(
        "%,d messages sent".formatted(end),
        time.plus(LIMIT),
        () -> {
          long due = (System.nanoTime() - start) * rate / TimeUnit.SECONDS.toNanos(1);
          send(Math.min(end, due), partition);
          look();
          return sent == end;
        });
  }

  /** Waits for several checkpoints, while there are messages that the job has not read. */
  void underPressure() throws Exception {
    int enough = cluster.checkpoints(job) + CHECKPOINTS;
    Await.until(
        CHECKPOINTS + " checkpoints",
        LIMIT,
        () -> {
          look();
          return completed >= enough;
        });
    long read = watch.sum(Count.READ.metric());
    assertThat(read).as("read while the database is slow").isLessThan(sent);
    assertThat(mostBackPressure).as("share of a minute that the source waited").isGreaterThan(0.05);
    capacity = (read - readBefore) * 1e9 / (System.nanoTime() - slowSince);
  }

  /** Asserts that messages were sent this many times faster than the job processed them. */
  void assertTimesOverCapacity(int times) {
    assertThat(rate).as("messages/s").isGreaterThan((int) (times * capacity));
  }

  /**
   * Asserts the number of waiting messages: those of the bound and of the allowed drift, and those
   * read before the source notices that a partition is ahead.
   */
  void assertWaitingAtMost(Duration drift) {
    assertThat(mostWaiting)
        .as("messages that wait")
        .isBetween(rate * drift.toSeconds() / 2, rate * bound.plus(drift).toSeconds() + IN_FLIGHT);
  }

  /** Sends the last messages, waits for the job, and compares the tables with the window query. */
  void catchUp() throws Exception {
    long last = LongStream.range(0, sent).map(i -> workload.message(i).ts()).max().orElseThrow();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      topic.send(partition, new Message(1, -1, last + HOUR_MICROS, true));
    }
    topic.flush();
    // A producer on a busy machine may send a message twice.
    long records = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      records += topic.end(partition);
    }
    long all = records;
    assertThat(all).as("records in the topic").isGreaterThanOrEqualTo(sent + PARTITIONS);
    long start = System.nanoTime();
    Await.until(
        "all to be used",
        LIMIT,
        () -> {
          look();
          return counts().used() + counts().late() == all - PARTITIONS;
        });
    int before = cluster.checkpoints(job);
    Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(job) > before + 1);
    double seconds = (System.nanoTime() - start) / 1e9;

    Conservation counts = counts();
    assertThat(counts.read()).isEqualTo(all);
    assertThat(counts.late() + counts.dead() + counts.ignored()).isZero();
    assertThat(watch.failures()).as("restarts").isEmpty();
    database.store(LongStream.range(0, sent).mapToObj(workload::message));
    assertThat(database.differences()).isEmpty();
    System.out.printf(
        "%s results, %,d messages, %,.0f/s while the database was slow: longest checkpoint %.1f s,"
            + " at most %,d waiting, %.0f MB of heap, %.0f %% back pressure; %.0f s to catch up%n",
        live ? "live" : "final",
        sent,
        capacity,
        watch.longestCheckpoint().toMillis() / 1e3,
        mostWaiting,
        mostHeap / 1e6,
        100 * mostBackPressure,
        seconds);
  }

  private Conservation counts() throws Exception {
    return Conservation.of(cluster.counts(job));
  }

  /** Checks the job, at most twice a second. */
  private void look() throws Exception {
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = now;
    int checkpoints = cluster.checkpoints(job);
    if (completed == 0) {
      // Checkpoints fail until all tasks run.
      failedCheckpoints = watch.failedCheckpoints();
    }
    if (checkpoints > completed) {
      completed = checkpoints;
      completedAt = now;
    }
    assertThat(Duration.ofNanos(now - completedAt)).as("no checkpoint").isLessThan(STRETCH);
    assertThat(watch.failedCheckpoints()).as("failed checkpoints").isEqualTo(failedCheckpoints);
    assertThat(watch.failures()).as("restarts").isEmpty();
    assertThat(processes()).as("processes").isEqualTo(processes);
    mostBackPressure = Math.max(mostBackPressure, watch.backPressure());
    long planned = planned();
    if (looks++ % LOOKS_FOR_ONE_AT_THE_HEAP == 0) {
      long heap = watch.liveHeap();
      mostHeap = Math.max(mostHeap, heap);
      assertThat(heap).as("bytes of heap").isLessThan(Math.max(planned, planned()));
    }
  }

  /** The bytes of heap according to the formula. */
  private long planned() throws Exception {
    long waiting = watch.sum("messagesWaiting");
    mostWaiting = Math.max(mostWaiting, waiting);
    long customers = Math.min(CUSTOMERS, waiting);
    return ONE_TASK
        + waiting * (live ? WAITING_LIVE : WAITING)
        + (live ? customers * CUSTOMER_LIVE : 0)
        + watch.sum("openSessions") * OPEN;
  }

  /** The process ids of the TaskManagers that are alive. */
  private List<Long> processes() throws Exception {
    List<Long> alive = new ArrayList<>();
    for (ClusterProcess taskManager : cluster.processes().taskManagers()) {
      if (taskManager.isAlive()) {
        alive.add(taskManager.pid());
      }
    }
    return alive;
  }

  @Override
  public void close() throws Exception {
    try (database;
        topic) {
      proxy.pass();
      if (job != null) {
        cluster.command(List.of("cancel", job));
      }
    }
  }
}
