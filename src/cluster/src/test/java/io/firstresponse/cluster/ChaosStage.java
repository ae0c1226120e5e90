package io.firstresponse.cluster;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.job.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * What a schedule of faults is played on: a broker, a JobManager and two TaskManagers, and a
 * PostgreSQL that is reached through a proxy. All of them are processes of their own.
 */
final class ChaosStage implements AutoCloseable {

  static final int TASK_MANAGERS = 2;

  /** So many that the job has room when one TaskManager is gone. */
  static final int SLOTS = 3;

  private final Path folder;
  private final KafkaBroker broker = KafkaBroker.launch();
  private EmbeddedPostgresServer postgres = EmbeddedPostgresServer.launch();
  private final FaultProxy proxy = new FaultProxy(postgres.port());
  private final SmallDisk disk;
  private final FlinkCluster cluster;

  ChaosStage(Path folder) throws Exception {
    this.folder = folder;
    this.disk = SmallDisk.at(folder.resolve("checkpoints"));
    this.cluster = new FlinkCluster(folder);
    up();
  }

  /** Starts the cluster, or starts it anew after its JobManager has died. */
  void up() throws Exception {
    cluster.up(
        TASK_MANAGERS,
        "-Dtaskmanager.numberOfTaskSlots=" + SLOTS,
        "-Dtaskmanager.load-balance.mode=SLOTS",
        // Longer than what a busy machine takes for a death.
        "-Dheartbeat.timeout=8 s",
        "-Dslot.request.timeout=30 s",
        // The one that waits for events to a task that is gone: a mistake of Flink's.
        "-Dexecution.checkpointing.timeout=30 s",
        "-Drestart-strategy.exponential-delay.initial-backoff=200 ms",
        "-Drestart-strategy.exponential-delay.max-backoff=1 s",
        "-Drestart-strategy.exponential-delay.attempts-before-reset-backoff=1000",
        "-Dweb.exception-history-size=1000",
        "-Dweb.refresh-interval=500 ms");
  }

  /**
   * A new input for a run.
   *
   * @param bound how far out of order its messages are
   */
  ChaosInput input(ChaosRun.Source source, long seed, TestDatabase database, Duration bound)
      throws Exception {
    return switch (source) {
      case KAFKA -> new TopicInput(broker);
      case FILES -> new FolderInput(folder.resolve("input-" + seed), seed);
      case POSTGRES ->
          new TableInput(
              () -> postgres.connect(database.name()), database.url(proxy.port()), bound);
    };
  }

  KafkaBroker broker() {
    return broker;
  }

  EmbeddedPostgresServer postgres() {
    return postgres;
  }

  /** A synchronous standby takes over from the PostgreSQL that there is, which dies. */
  void failOver(EmbeddedPostgresServer standby) throws Exception {
    try (EmbeddedPostgresServer dead = postgres) {
      dead.crash();
      standby.promote();
      proxy.leadTo(standby.port());
      postgres = standby;
    }
  }

  FaultProxy proxy() {
    return proxy;
  }

  FlinkCluster cluster() {
    return cluster;
  }

  /** Where the checkpoints of a job are. */
  Path checkpoints(String job) {
    return folder.resolve("checkpoints").resolve(job);
  }

  /** Puts a file where checkpoints are to be written: no storage takes them any more. */
  void refuseCheckpoints(String job) throws IOException {
    Files.move(checkpoints(job), aside(job));
    Files.createFile(checkpoints(job));
  }

  /** Takes it away again. */
  void takeCheckpoints(String job) throws IOException {
    Files.move(aside(job), checkpoints(job), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Where checkpoints are written. */
  SmallDisk disk() {
    return disk;
  }

  private Path aside(String job) {
    return folder.resolve("checkpoints").resolve(job + ".aside");
  }

  @Override
  public void close() throws Exception {
    EmbeddedPostgresServer database = postgres;
    try (broker;
        database;
        proxy;
        disk;
        cluster) {
      proxy.pass();
    }
  }
}
