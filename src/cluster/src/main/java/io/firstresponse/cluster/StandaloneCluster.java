package io.firstresponse.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A JobManager and its TaskManagers, each a process of its own, on loopback. Everything about the
 * cluster is in one folder: its configuration, process ids, logs, checkpoints and savepoints;
 * whoever names the folder has the cluster in hand. Nothing restarts a process that died: {@link
 * #up} starts those that are missing.
 */
public final class StandaloneCluster {

  private static final String JOB_MANAGER = "jobmanager";
  private static final String TASK_MANAGER = "taskmanager-";
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /** What a stack trace says in the end. */
  private static final Pattern CAUSE = Pattern.compile("Caused by: [\\w.$]+: (.*)");

  private static final long POLL_MILLISECONDS = 200;

  private final Path folder;
  private final FlinkHome flink;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();

  /**
   * @param folder of the cluster; need not exist
   */
  public StandaloneCluster(Path folder, FlinkHome flink) {
    this.folder = folder.toAbsolutePath().normalize();
    this.flink = flink;
  }

  /**
   * Starts what is missing: the JobManager, and TaskManagers up to a number. Returns when all of
   * them know each other.
   *
   * @param shippedConf the folder of the {@code config.yaml} to start from
   * @param settings over that file's; none may be given when the JobManager runs already
   * @param taskManagers how many there shall be
   * @param progress is told what is started
   * @throws ClusterException when a port is taken, a process ends or is not ready in time
   */
  public void up(Path shippedConf, Configuration settings, int taskManagers, PrintStream progress)
      throws ClusterException, IOException, InterruptedException {
    if (isUp()) {
      if (!settings.toMap().isEmpty()) {
        throw new ClusterException(
            "The cluster in %s is up already, and settings count when it starts: end it first."
                .formatted(folder));
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
   * Starts a cluster for one job, which runs in its JobManager and ends it when it ends.
   *
   * @param args {@code -s} and a savepoint, if it starts from one, then the job's own
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
          "The cluster in %s is up already: end it first.".formatted(folder));
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
      started.add(launchTaskManager());
    }
    for (ClusterProcess taskManager : started) {
      awaitRegistered(taskManager);
    }
  }

  /** Starts one more TaskManager, and returns when the JobManager knows it. */
  public ClusterProcess startTaskManager()
      throws ClusterException, IOException, InterruptedException {
    ClusterProcess taskManager = launchTaskManager();
    awaitRegistered(taskManager);
    return taskManager;
  }

  private void awaitRegistered(ClusterProcess taskManager)
      throws ClusterException, IOException, InterruptedException {
    String id = '"' + taskManager.name() + '"';
    awaitReady(taskManager, () -> rest("/taskmanagers").contains(id));
  }

  /** Ends all processes, TaskManagers first. What they wrote stays. */
  public List<ClusterProcess> down() throws IOException, InterruptedException {
    List<ClusterProcess> ended = new ArrayList<>(taskManagers());
    for (ClusterProcess taskManager : taskManagers()) {
      taskManager.requestEnd();
    }
    for (ClusterProcess taskManager : taskManagers()) {
      taskManager.awaitEnd();
    }
    if (Files.exists(file(JOB_MANAGER))) {
      ClusterProcess jobManager = jobManager();
      jobManager.requestEnd();
      jobManager.awaitEnd();
      ended.add(jobManager);
    }
    return ended;
  }

  /** Whether the JobManager runs. */
  public boolean isUp() throws IOException {
    return Files.exists(file(JOB_MANAGER)) && jobManager().isAlive();
  }

  public ClusterProcess jobManager() throws IOException {
    return ClusterProcess.of(file(JOB_MANAGER));
  }

  /** The TaskManagers that were started and not ended, in this order; some may be dead. */
  public List<ClusterProcess> taskManagers() throws IOException {
    List<ClusterProcess> found = new ArrayList<>();
    if (Files.isDirectory(runFolder())) {
      try (Stream<Path> files = Files.list(runFolder())) {
        for (Path file :
            files.filter(path -> path.getFileName().toString().startsWith(TASK_MANAGER)).toList()) {
          found.add(ClusterProcess.of(file));
        }
      }
    }
    found.sort(Comparator.comparingInt(process -> number(process.name())));
    return found;
  }

  /** Where the web page is. */
  public URI webPage() {
    return URI.create("http://127.0.0.1:" + configuration().get(RestOptions.PORT));
  }

  /**
   * What the REST interface answers.
   *
   * @throws IOException when it does not answer, or says that the request is wrong
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
    return GlobalConfiguration.loadConfiguration(confFolder().toString());
  }

  /** Of {@code config.yaml}. */
  public Path confFolder() {
    return folder.resolve("conf");
  }

  /** A log file for each process. */
  public Path logFolder() {
    return folder.resolve("log");
  }

  private Path runFolder() {
    return folder.resolve("run");
  }

  private Path file(String process) {
    return runFolder().resolve(process);
  }

  private static int number(String taskManager) {
    return Integer.parseInt(taskManager.substring(TASK_MANAGER.length()));
  }

  private void configure(Path shippedConf, Configuration settings)
      throws ClusterException, IOException, InterruptedException {
    // TaskManagers of a JobManager that is gone would join the new one.
    down();
    for (Path path : List.of(confFolder(), logFolder(), runFolder())) {
      Files.createDirectories(path);
    }
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
    if (!settings.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri("checkpoints"));
    }
    if (!settings.contains(CheckpointingOptions.SAVEPOINT_DIRECTORY)) {
      configuration.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri("savepoints"));
    }
    unlessGiven(configuration, CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    unlessGiven(
        configuration, BlobServerOptions.STORAGE_DIRECTORY, folder.resolve("blobs").toString());
    refuseTakenPort(configuration.get(RestOptions.PORT));
    Files.createDirectories(folder.resolve("tmp"));
    Files.write(
        confFolder().resolve(GlobalConfiguration.FLINK_CONF_FILENAME),
        ConfigurationUtils.convertConfigToWritableLines(configuration, false));
    Files.copy(
        shippedConf.resolve("log4j-local.properties"),
        confFolder().resolve("log4j.properties"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String uri(String name) {
    return folder.resolve(name).toUri().toString();
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

  private void startJobManager(String mainClass, List<String> jars, List<String> args)
      throws ClusterException, IOException, InterruptedException {
    Configuration configuration = configuration();
    var memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    // First, for it takes every argument up to the next known one for a jar.
    List<String> all = new ArrayList<>(jars);
    all.addAll(List.of("--configDir", confFolder().toString()));
    all.addAll(words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
    all.addAll(args);
    ClusterProcess jobManager =
        launch(
            JOB_MANAGER,
            JobManagerProcessUtils.generateJvmParametersStr(memory, configuration),
            CoreOptions.FLINK_JM_JVM_OPTIONS,
            mainClass,
            all);
    awaitReady(jobManager, () -> !rest("/overview").isEmpty());
  }

  private ClusterProcess launchTaskManager() throws IOException {
    Configuration configuration = configuration();
    var memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    // Never a name again: the JobManager may not have noticed yet that the bearer is dead.
    int number = 1 + Integer.parseInt(Files.exists(counter()) ? Files.readString(counter()) : "0");
    Files.writeString(counter(), Integer.toString(number));
    String name = TASK_MANAGER + number;
    List<String> args = new ArrayList<>(List.of("--configDir", confFolder().toString()));
    args.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
    args.addAll(List.of("-D", TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + name));
    return launch(
        name,
        ProcessMemoryUtils.generateJvmParametersStr(memory),
        CoreOptions.FLINK_TM_JVM_OPTIONS,
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        args);
  }

  private Path counter() {
    return folder.resolve("last-taskmanager");
  }

  private ClusterProcess launch(
      String name,
      String memory,
      ConfigOption<String> ownOptions,
      String mainClass,
      List<String> args)
      throws IOException {
    Configuration configuration = configuration();
    List<String> jvm = new ArrayList<>(List.of(ClusterProcess.mark(file(name))));
    jvm.addAll(words(memory));
    jvm.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    jvm.addAll(words(configuration.get(ownOptions)));
    jvm.add("-Dlog.file=" + logFolder().resolve(name + ".log"));
    jvm.add("-Dlog4j2.configurationFile=" + confFolder().resolve("log4j.properties"));
    return ClusterProcess.start(
        file(name), flink.java(jvm, mainClass, args), logFolder().resolve(name + ".out").toFile());
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
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
                .formatted(process, START_LIMIT.toSeconds(), log(process)));
      }
    }
  }

  private ClusterException ended(ClusterProcess process) throws IOException {
    String cause = "";
    for (String line : Files.readAllLines(log(process), StandardCharsets.UTF_8)) {
      Matcher matcher = CAUSE.matcher(line);
      if (matcher.matches()) {
        cause = matcher.group(1) + " ";
      }
    }
    return new ClusterException(
        "%s has ended: %sThe log is %s".formatted(process, cause, log(process)));
  }

  private Path log(ClusterProcess process) {
    return logFolder().resolve(process.name() + ".log");
  }

  private static boolean ready(Readiness readiness) throws InterruptedException {
    try {
      return readiness.holds();
    } catch (IOException e) {
      // Nobody listens yet, or not yet to this.
      return false;
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
