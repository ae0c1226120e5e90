package io.firstresponse.local;

import io.firstresponse.job.FailureReason;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.ownership.JobStart;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.FlinkException;

/**
 * A Flink cluster inside this process, configured by the shipped {@code config.yaml} and {@code
 * -Dkey=value} arguments, with its web page on loopback.
 */
final class LocalFlink {

  private static final int USUAL_WEB_PORT = 8081;
  private static final int ANY_PORT = 0;
  private static final int STARTS = 5;
  private static final String RUN_METRICS = "metrics.reporter.run.factory.class";

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Configuration configuration;
  private final boolean portGiven;

  private LocalFlink(Configuration configuration, boolean portGiven) {
    this.configuration = configuration;
    this.portGiven = portGiven;
  }

  /**
   * @param folder holds {@code config.yaml}
   * @param settings {@code key=value}, which override those of the file
   */
  static LocalFlink configured(String folder, List<String> settings) throws IOException {
    return configured(folder, settings, new Configuration());
  }

  /**
   * @param folder holds {@code config.yaml}
   * @param settings {@code key=value}, which override those of the file
   * @param required settings that override both
   * @throws BadOptionException when another value is given for a required setting
   */
  static LocalFlink configured(String folder, List<String> settings, Configuration required)
      throws IOException {
    Configuration given = new Configuration();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      given.setString(setting.substring(0, equals), setting.substring(equals + 1));
    }
    for (Map.Entry<String, String> one : required.toMap().entrySet()) {
      String other = given.getString(one.getKey(), one.getValue());
      if (!other.equalsIgnoreCase(one.getValue())) {
        throw new BadOptionException(
            "-D%s=%s: with --state it is %s. Leave it out."
                .formatted(one.getKey(), other, one.getValue()));
      }
    }
    Configuration configuration = GlobalConfiguration.loadConfiguration(folder, given);
    configuration.addAll(required);
    configuration.setString(RUN_METRICS, RunMetrics.Factory.class.getName());
    if (!configuration.contains(CoreOptions.DEFAULT_PARALLELISM)) {
      configuration.set(
          CoreOptions.DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
    }
    boolean portGiven = configuration.contains(RestOptions.PORT);
    if (!portGiven) {
      configuration.set(RestOptions.PORT, freePort(USUAL_WEB_PORT, ANY_PORT));
    }
    if (!configuration.contains(HeartbeatManagerOptions.HEARTBEAT_INTERVAL)) {
      // Heartbeats carry the counts of the progress lines.
      configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
    }
    if (configuration.contains(CoreOptions.TMP_DIRS)) {
      configuration.set(CoreOptions.TMP_DIRS, foldersOfOurOwn(configuration));
    }
    if (!given.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
        && !required.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      // The folder in the file is meant for a cluster.
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, temporaryFolder());
    }
    return new LocalFlink(configuration, portGiven);
  }

  private static String foldersOfOurOwn(Configuration configuration) throws IOException {
    List<String> folders = new ArrayList<>();
    for (String folder : ConfigurationUtils.parseTempDirectories(configuration)) {
      folders.add(TemporaryFolder.in(Path.of(folder)).toString());
    }
    return String.join(File.pathSeparator, folders);
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

  /** The address of the web page while a job runs. */
  String webPage() {
    return "http://localhost:" + configuration.get(RestOptions.PORT);
  }

  /**
   * The last failure of a job that was or will be restarted, from Flink's REST interface; none if
   * it has not failed, or the interface does not answer.
   */
  Optional<Progress.Failure> lastFailure(JobID job) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(webPage() + "/jobs/" + job + "/exceptions?maxExceptions=1"))
              .timeout(ANSWER_LIMIT)
              .build();
      JsonNode failure =
          JSON.readTree(http.send(request, BodyHandlers.ofString()).body())
              .path("exceptionHistory")
              .path("entries")
              .path(0);
      return failure.isMissingNode()
          ? Optional.empty()
          : Optional.of(
              new Progress.Failure(
                  failure.path("timestamp").asLong(),
                  FailureReason.of(failure.path("stacktrace").asText())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Defines the job and starts it. */
  JobClient start(Configuration options) throws Exception {
    return start(options, begun -> {});
  }

  /**
   * Defines the job and starts it. If another process has taken the port of the web page since it
   * was found free, it starts with another port.
   *
   * @param begins called when the job is defined and may write its tables, before it is started
   * @throws BadOptionException when the port that was asked for is taken
   */
  JobClient start(Configuration options, Consumer<JobStart> begins) throws Exception {
    for (int start = 1; ; start++) {
      try {
        return startOnce(options, begins);
      } catch (FlinkException e) {
        Optional<BindException> taken = ExceptionUtils.findThrowable(e, BindException.class);
        if (taken.isPresent() && portGiven) {
          throw new BadOptionException(
              "%s: %s. Give a port that is free, or leave the option out, and a free one is chosen."
                  .formatted(RestOptions.PORT.key(), taken.get().getMessage()));
        }
        if (taken.isEmpty() || start == STARTS) {
          throw e;
        }
        configuration.set(RestOptions.PORT, freePort(ANY_PORT));
      }
    }
  }

  private JobClient startOnce(Configuration options, Consumer<JobStart> begins) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
    begins.accept(FirstResponseJob.define(env, options));
    return env.executeAsync(FirstResponseJob.name(options));
  }

  /** An environment without a web page, for a job that ends by itself. */
  StreamExecutionEnvironment environment() {
    Configuration anyPort = new Configuration(configuration);
    anyPort.set(RestOptions.BIND_PORT, Integer.toString(ANY_PORT));
    return StreamExecutionEnvironment.createLocalEnvironment(anyPort);
  }

  /** A folder that is deleted with this process: no later run starts from its checkpoints. */
  private static String temporaryFolder() throws IOException {
    Path folder = Files.createTempDirectory("first-response-");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> FileUtils.deleteDirectoryQuietly(folder.toFile())));
    return folder.toUri().toString();
  }

  private static int freePort(int... candidates) throws IOException {
    IOException taken = null;
    for (int port : candidates) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        taken = e;
      }
    }
    throw taken;
  }
}
