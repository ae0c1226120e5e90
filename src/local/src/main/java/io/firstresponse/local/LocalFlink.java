package io.firstresponse.local;

import io.firstresponse.job.FirstResponseJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * A Flink cluster inside this process, configured by the shipped {@code config.yaml} and {@code
 * -Dkey=value} arguments, with its web page on loopback.
 */
final class LocalFlink {

  private static final int USUAL_WEB_PORT = 8081;

  private final Configuration configuration;

  private LocalFlink(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * @param folder holds {@code config.yaml}
   * @param settings {@code key=value}, over the file's
   */
  static LocalFlink configured(String folder, List<String> settings) throws IOException {
    Configuration given = new Configuration();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      given.setString(setting.substring(0, equals), setting.substring(equals + 1));
    }
    Configuration configuration = GlobalConfiguration.loadConfiguration(folder, given);
    if (!configuration.contains(CoreOptions.DEFAULT_PARALLELISM)) {
      configuration.set(
          CoreOptions.DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
    }
    if (!configuration.contains(RestOptions.PORT)) {
      configuration.set(RestOptions.PORT, freePort());
    }
    if (!configuration.contains(HeartbeatManagerOptions.HEARTBEAT_INTERVAL)) {
      // Counts for the progress lines travel with the heartbeats.
      configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
    }
    if (!given.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      // The file's is meant for a cluster.
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, temporaryFolder());
    }
    return new LocalFlink(configuration);
  }

  /** Takes the {@code -Dkey=value} arguments out of the others. */
  static List<String> takeSettings(List<String> args) {
    List<String> settings = new ArrayList<>();
    args.removeIf(
        arg -> {
          boolean setting = arg.startsWith("-D") && arg.indexOf('=') > 2;
          if (setting) {
            settings.add(arg.substring(2));
          }
          return setting;
        });
    return settings;
  }

  /** Where the web page is while a job runs. */
  String webPage() {
    return "http://localhost:" + configuration.get(RestOptions.PORT);
  }

  /** Defines the job and starts it. */
  JobClient start(Configuration options) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
    FirstResponseJob.define(env, options);
    return env.executeAsync(FirstResponseJob.name(options));
  }

  /** A folder that goes with this process: nothing could start again from what is in it. */
  private static String temporaryFolder() throws IOException {
    Path folder = Files.createTempDirectory("first-response-");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> FileUtils.deleteDirectoryQuietly(folder.toFile())));
    return folder.toUri().toString();
  }

  private static int freePort() throws IOException {
    for (int port : new int[] {USUAL_WEB_PORT, 0}) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        if (port == 0) {
          throw e;
        }
      }
    }
    throw new AssertionError();
  }
}
