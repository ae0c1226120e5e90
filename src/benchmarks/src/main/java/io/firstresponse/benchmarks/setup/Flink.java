package io.firstresponse.benchmarks.setup;

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
 * A Flink cluster in this process, with the settings of the shipped {@code config.yaml} and those
 * given over them. All jobs of the benchmarks run here.
 */
public final class Flink implements AutoCloseable {

  /**
   * The parallelism of all jobs: the number of cores of the machine that the published figures are
   * from, unless it is set.
   */
  public static final int PARALLELISM = Integer.getInteger("bench.parallelism", 2);

  /** The folder of {@code config.yaml}. */
  private static final String CONF_PROPERTY = "first-response.conf";

  /** Settings for graphs with types and operators that are not the job's. */
  public static final Map<String, String> FOREIGN_OPERATORS =
      Map.of("pipeline.generic-types", "true", "pipeline.auto-generate-uids", "true");

  /** Defines the graph of a job in an environment. */
  public interface Definition {
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
   * Starts a cluster.
   *
   * @param settings take precedence over those of the file
   */
  public static Flink start(Map<String, String> settings) throws Exception {
    Path checkpoints = Files.createTempDirectory("first-response-bench-");
    Configuration configuration =
        GlobalConfiguration.loadConfiguration(
            System.getProperty(CONF_PROPERTY), Configuration.fromMap(settings));
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.setString("metrics.reporters", "tap");
    configuration.setString(
        "metrics.reporter.tap.factory.class", MetricTap.Factory.class.getName());
    configuration.setString("parallelism.default", Integer.toString(PARALLELISM));
    // A run with a restart is no measurement.
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
  public FlinkJob run(Definition definition) throws Exception {
    return run(definition, SavepointRestoreSettings.none());
  }

  /** Starts a job from a savepoint. */
  public FlinkJob restore(Definition definition, String savepoint) throws Exception {
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

  /** The folder for savepoints. It is deleted with that of the checkpoints. */
  public String savepoints() {
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
