package io.firstresponse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;

/**
 * A Flink in this process, with the shipped {@code config.yaml} but for what is given: the one
 * place where jobs are run.
 */
final class Flink implements AutoCloseable {

  /** As many as there are cores on the machine that figures are published of, or what is given. */
  static final int PARALLELISM = Integer.getInteger("bench.parallelism", 2);

  /** The folder of {@code config.yaml}. */
  private static final String CONF_PROPERTY = "first-response.conf";

  /** Settings for graphs that are made of more than the job's own types and operators. */
  static final Map<String, String> FOREIGN_OPERATORS =
      Map.of("pipeline.generic-types", "true", "pipeline.auto-generate-uids", "true");

  /** Puts a job's graph into an environment. */
  interface Definition {
    void define(StreamExecutionEnvironment env) throws Exception;
  }

  private final Configuration configuration;
  private final MiniCluster cluster;
  private final Path checkpoints;

  private Flink(Configuration configuration, MiniCluster cluster, Path checkpoints) {
    this.configuration = configuration;
    this.cluster = cluster;
    this.checkpoints = checkpoints;
  }

  /**
   * Starts a Flink.
   *
   * @param settings over those of the file
   */
  static Flink start(Map<String, String> settings) throws Exception {
    Path checkpoints = Files.createTempDirectory("first-response-bench-");
    Configuration configuration =
        GlobalConfiguration.loadConfiguration(
            System.getProperty(CONF_PROPERTY), Configuration.fromMap(settings));
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.setString("metrics.reporters", "tap");
    configuration.setString(
        "metrics.reporter.tap.factory.class", MetricTap.Factory.class.getName());
    configuration.setString("parallelism.default", Integer.toString(PARALLELISM));
    // What restarts in the middle measures nothing.
    configuration.setString("restart-strategy.type", "none");
    if (!settings.containsKey("execution.runtime-mode")) {
      configuration.setString("execution.runtime-mode", "STREAMING");
    }
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(PARALLELISM)
                .withRandomPorts()
                .build());
    cluster.start();
    return new Flink(configuration, cluster, checkpoints);
  }

  /** Starts a job. */
  FlinkJob run(Definition definition) throws Exception {
    return run(definition, SavepointRestoreSettings.none());
  }

  /** Starts a job from a savepoint. */
  FlinkJob restore(Definition definition, String savepoint) throws Exception {
    return run(definition, SavepointRestoreSettings.forPath(savepoint));
  }

  private FlinkJob run(Definition definition, SavepointRestoreSettings restore) throws Exception {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    definition.define(env);
    StreamGraph graph = env.getStreamGraph();
    JobGraph job = graph.getJobGraph(Flink.class.getClassLoader());
    job.setSavepointRestoreSettings(restore);
    return FlinkJob.submit(cluster, job);
  }

  /** Where savepoints may go. They are deleted with the checkpoints. */
  String savepoints() {
    return checkpoints.resolve("savepoints").toUri().toString();
  }

  @Override
  public void close() throws IOException {
    try {
      cluster.closeAsync().join();
    } finally {
      FileUtils.deleteDirectoryQuietly(checkpoints.toFile());
    }
  }
}
