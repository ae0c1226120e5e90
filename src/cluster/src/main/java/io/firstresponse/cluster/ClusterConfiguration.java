package io.firstresponse.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.flink.client.cli.ArtifactFetchOptions;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * The configuration of a cluster on loopback: the shipped {@code config.yaml}, the settings of the
 * command line over it, and values for what neither of them sets.
 */
final class ClusterConfiguration {

  private ClusterConfiguration() {}

  /**
   * Writes the files that the processes and the client read.
   *
   * @param shippedConf the folder of the {@code config.yaml} to start from
   * @param settings over that file's
   * @throws ClusterException when the port of the web page is taken
   */
  static void write(ClusterFolder folder, Path shippedConf, Configuration settings)
      throws ClusterException, IOException {
    Configuration configuration =
        GlobalConfiguration.loadConfiguration(shippedConf.toString(), settings);
    setLoopback(configuration);
    unlessGiven(configuration, JobManagerOptions.PORT, freePort());
    unlessGiven(configuration, RestOptions.PORT, RestOptions.PORT.defaultValue());
    unlessGiven(
        configuration, JobManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(1024));
    unlessGiven(
        configuration, TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(1728));
    unlessGiven(configuration, TaskManagerOptions.NUM_TASK_SLOTS, 2);
    // The paths of the shipped file are for production: only those of the command line count.
    if (!settings.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri(folder, "checkpoints"));
    }
    if (!settings.contains(CheckpointingOptions.SAVEPOINT_DIRECTORY)) {
      configuration.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri(folder, "savepoints"));
    }
    unlessGiven(configuration, CoreOptions.TMP_DIRS, folder.root().resolve("tmp").toString());
    unlessGiven(
        configuration,
        BlobServerOptions.STORAGE_DIRECTORY,
        folder.root().resolve("blobs").toString());
    // Flink runs a jar that is there under the job's name, also one of an earlier build; its own
    // default is below /opt.
    configuration.set(ArtifactFetchOptions.BASE_DIR, folder.artifacts().toString());
    refuseTakenPort(configuration.get(RestOptions.PORT));
    Files.createDirectories(folder.root().resolve("tmp"));
    Files.write(
        folder.conf().resolve(GlobalConfiguration.FLINK_CONF_FILENAME),
        ConfigurationUtils.convertConfigToWritableLines(configuration, false));
    Files.copy(
        shippedConf.resolve("log4j-local.properties"),
        folder.conf().resolve("log4j.properties"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Reads what {@link #write} wrote. */
  static Configuration read(ClusterFolder folder) {
    return GlobalConfiguration.loadConfiguration(folder.conf().toString());
  }

  private static String uri(ClusterFolder folder, String name) {
    return folder.root().resolve(name).toUri().toString();
  }

  private static void setLoopback(Configuration configuration) {
    configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
    configuration.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
    configuration.set(TaskManagerOptions.HOST, "127.0.0.1");
    configuration.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
  }

  private static <T> void unlessGiven(
      Configuration configuration, ConfigOption<T> option, T value) {
    if (!configuration.contains(option)) {
      configuration.set(option, value);
    }
  }

  private static void refuseTakenPort(int port) throws ClusterException, IOException {
    if (port == 0) {
      throw new ClusterException("rest.port: 0 cannot be found again; choose one.");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (BindException e) {
      throw new ClusterException(
          "Port %d is taken. End what uses it, or choose another: -D%s=%d"
              .formatted(port, RestOptions.PORT.key(), port + 1));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
