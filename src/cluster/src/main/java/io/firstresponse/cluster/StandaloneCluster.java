package io.firstresponse.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;

/**
 * A JobManager and its TaskManagers on loopback, each in a process of its own. One folder holds the
 * configuration, process ids, logs, checkpoints and savepoints; every instance that names the
 * folder controls the same cluster. No process is restarted when it dies: {@link #up} starts the
 * missing ones.
 */
public final class StandaloneCluster {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** A cause in a stack trace; the last one is the root cause. */
  private static final Pattern CAUSE = Pattern.compile("Caused by: [\\w.$]+: (.*)");

  private static final long POLL_MILLISECONDS = 200;

  private final ClusterFolder folder;
  private final ProcessLauncher launcher;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();

  /**
   * The cluster in a folder, which may be running already.
   *
   * @param folder need not exist
   */
  public StandaloneCluster(Path folder, FlinkHome flink) {
    this.folder = new ClusterFolder(folder);
    this.launcher = new ProcessLauncher(this.folder, flink);
  }

  /**
   * Starts the JobManager if it does not run, and TaskManagers until there are as many as asked
   * for. Returns when the JobManager knows all of them.
   *
   * @param shippedConf the folder of the {@code config.yaml} to start from
   * @param settings over that file's; must be empty when the JobManager runs already
   * @param taskManagers the number of TaskManagers to end up with
   * @param progress receives a line for each kind of process that is started
   * @throws ClusterException when a port is taken, a process ends or is not ready in time
   */
  public void up(Path shippedConf, Configuration settings, int taskManagers, PrintStream progress)
      throws ClusterException, IOException, InterruptedException {
    if (isUp()) {
      if (!settings.toMap().isEmpty()) {
        throw new ClusterException(
            "The cluster in %s is up already, and settings count when it starts: end it first."
                .formatted(folder.root()));
      }
    } else {
      configure(shippedConf, settings);
      progress.println("Starting the JobManager ...");
      startJobManager(
          "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
          List.of(),
          List.of());
    }
    addTaskManagers(taskManagers, progress);
  }

  /**
   * Starts a cluster for one job. The job runs in the JobManager, which ends with it.
   *
   * @param args {@code -s} and a savepoint to start from, or neither; then the options of the job
   * @throws ClusterException as {@link #up} does, and when a cluster is up already
   */
  public void upForOne(
      Path shippedConf,
      Configuration settings,
      Path jar,
      List<String> args,
      int taskManagers,
      PrintStream progress)
      throws ClusterException, IOException, InterruptedException {
    if (isUp()) {
      throw new ClusterException(
          "The cluster in %s is up already: end it first.".formatted(folder.root()));
    }
    configure(shippedConf, settings);
    progress.println("Starting the JobManager with the job ...");
    startJobManager(
        "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
        List.of("--jars", jar.toAbsolutePath().toUri().toString()),
        args);
    addTaskManagers(taskManagers, progress);
  }

  private void addTaskManagers(int number, PrintStream progress)
      throws ClusterException, IOException, InterruptedException {
    int missing = number;
    for (ClusterProcess taskManager : taskManagers()) {
      if (taskManager.isAlive()) {
        missing--;
      } else {
        taskManager.forget();
      }
    }
    if (missing > 0) {
      progress.printf("Starting %d TaskManager%s ...%n", missing, missing == 1 ? "" : "s");
    }
    List<ClusterProcess> started = new ArrayList<>();
    for (int i = 0; i < missing; i++) {
      started.add(launcher.taskManager());
    }
    for (ClusterProcess taskManager : started) {
      awaitRegistered(taskManager);
    }
  }

  /** Starts one more TaskManager, and returns when the JobManager knows it. */
  public ClusterProcess startTaskManager()
      throws ClusterException, IOException, InterruptedException {
    ClusterProcess taskManager = launcher.taskManager();
    awaitRegistered(taskManager);
    return taskManager;
  }

  private void awaitRegistered(ClusterProcess taskManager)
      throws ClusterException, IOException, InterruptedException {
    String id = '"' + taskManager.name() + '"';
    awaitReady(taskManager, () -> rest("/taskmanagers").contains(id));
  }

  /** Ends all processes, TaskManagers first, and returns them. The files that they wrote stay. */
  public List<ClusterProcess> down() throws IOException, InterruptedException {
    List<ClusterProcess> ended = new ArrayList<>(taskManagers());
    for (ClusterProcess taskManager : taskManagers()) {
      taskManager.requestEnd();
    }
    for (ClusterProcess taskManager : taskManagers()) {
      taskManager.awaitEnd();
    }
    if (Files.exists(jobManagerFile())) {
      ClusterProcess jobManager = jobManager();
      jobManager.requestEnd();
      jobManager.awaitEnd();
      ended.add(jobManager);
    }
    return ended;
  }

  /** Whether the JobManager runs. */
  public boolean isUp() throws IOException {
    return Files.exists(jobManagerFile()) && jobManager().isAlive();
  }

  /** The JobManager that was started last; it may be dead. */
  public ClusterProcess jobManager() throws IOException {
    return ClusterProcess.of(jobManagerFile());
  }

  /** The TaskManagers that were started and not ended, in this order; some may be dead. */
  public List<ClusterProcess> taskManagers() throws IOException {
    return folder.taskManagers();
  }

  /** The address of the web page and of the REST interface. */
  public URI webPage() {
    return URI.create("http://127.0.0.1:" + configuration().get(RestOptions.PORT));
  }

  /**
   * Returns the body of the REST interface's answer.
   *
   * @param path such as {@code /overview}
   * @throws IOException when there is no answer, or its status is not of the 200s
   */
  public String rest(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(webPage() + path)).timeout(ANSWER_LIMIT).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException("%s: %d %s".formatted(path, response.statusCode(), response.body()));
    }
    return response.body();
  }

  /** The configuration that the processes and the client read. */
  public Configuration configuration() {
    return ClusterConfiguration.read(folder);
  }

  /** The folder of the cluster's {@code config.yaml}. */
  public Path confFolder() {
    return folder.conf();
  }

  /** The folder with a log file for each process. */
  public Path logFolder() {
    return folder.logs();
  }

  private Path jobManagerFile() {
    return folder.processFile(ClusterFolder.JOB_MANAGER);
  }

  private void configure(Path shippedConf, Configuration settings)
      throws ClusterException, IOException, InterruptedException {
    // TaskManagers of a dead JobManager would join the new one.
    down();
    folder.create();
    ClusterConfiguration.write(folder, shippedConf, settings);
  }

  private void startJobManager(String mainClass, List<String> jars, List<String> args)
      throws ClusterException, IOException, InterruptedException {
    ClusterProcess jobManager = launcher.jobManager(mainClass, jars, args);
    awaitReady(jobManager, () -> !rest("/overview").isEmpty());
  }

  private interface Readiness {
    boolean holds() throws IOException, InterruptedException;
  }

  private void awaitReady(ClusterProcess process, Readiness readiness)
      throws ClusterException, IOException, InterruptedException {
    long start = System.nanoTime();
    while (!ready(readiness)) {
      if (process.endsWithin(POLL_MILLISECONDS)) {
        throw ended(process);
      }
      if (!isUp()) {
        throw ended(jobManager());
      }
      if (System.nanoTime() - start > START_LIMIT.toNanos()) {
        throw new ClusterException(
            "%s is not ready after %d s: see %s"
                .formatted(process, START_LIMIT.toSeconds(), folder.log(process.name())));
      }
    }
  }

  private ClusterException ended(ClusterProcess process) throws IOException {
    String cause = "";
    for (String line : Files.readAllLines(folder.log(process.name()), StandardCharsets.UTF_8)) {
      Matcher matcher = CAUSE.matcher(line);
      if (matcher.matches()) {
        cause = matcher.group(1) + " ";
      }
    }
    return new ClusterException(
        "%s has ended: %sThe log is %s".formatted(process, cause, folder.log(process.name())));
  }

  private static boolean ready(Readiness readiness) throws InterruptedException {
    try {
      return readiness.holds();
    } catch (IOException e) {
      // The JobManager does not listen yet, or does not serve this path yet.
      return false;
    }
  }
}
