package io.firstresponse.system.chaos;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * The processes that faults are applied to: a broker, a JobManager, two TaskManagers, and a
 * PostgreSQL that is reached through a proxy.
 */
final class ChaosStage implements AutoCloseable {

  static final int TASK_MANAGERS = 2;

  /** Slots per TaskManager: one TaskManager alone can run the job. */
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

  /** Starts the cluster, or restarts it after its JobManager has died. */
  void up() throws Exception {
    cluster.up(
        TASK_MANAGERS,
        "-Dtaskmanager.numberOfTaskSlots=" + SLOTS,
        "-Dtaskmanager.load-balance.mode=SLOTS",
        // Long enough that a pause of a busy machine is not taken for a dead process.
        "-Dheartbeat.timeout=8 s",
        "-Dslot.request.timeout=30 s",
        // A bug of Flink: a checkpoint may wait for events to a task that has ended.
        "-Dexecution.checkpointing.timeout=30 s",
        "-Drestart-strategy.exponential-delay.initial-backoff=200 ms",
        "-Drestart-strategy.exponential-delay.max-backoff=1 s",
        "-Drestart-strategy.exponential-delay.attempts-before-reset-backoff=1000",
        "-Dweb.exception-history-size=1000",
        "-Dweb.refresh-interval=500 ms");
  }

  /**
   * Creates an input for a run.
   *
   * @param bound the out-of-orderness of its messages
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

  /** Crashes PostgreSQL and promotes a synchronous standby in its place. */
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

  /** The folder with the checkpoints of a job. */
  Path checkpoints(String job) {
    return folder.resolve("checkpoints").resolve(job);
  }

  /** Replaces the folder of a job's checkpoints by a file, so that none can be written. */
  void refuseCheckpoints(String job) throws IOException {
    Files.move(checkpoints(job), aside(job));
    Files.createFile(checkpoints(job));
  }

  /** Restores the folder of a job's checkpoints. */
  void takeCheckpoints(String job) throws IOException {
    Files.move(aside(job), checkpoints(job), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The disk that checkpoints are written to. */
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
