package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterException;
import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.cluster.FlinkHome;
import io.firstresponse.cluster.StandaloneCluster;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.ClassDataArchive;
import io.firstresponse.job.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.util.FileUtils;

/**
 * A real cluster for a test, controlled through {@code scripts/cluster} as a user would. Each has
 * its own ports, so that several can run at the same time. Its processes can be killed, paused and
 * resumed. Closing ends them.
 */
public final class FlinkCluster implements AutoCloseable {

  /** The timeout of operations that take some seconds on an idle machine. */
  public static final Duration LIMIT = Duration.ofSeconds(90);

  private static final Path SCRIPTS = Path.of("../../scripts");

  /** The Flink that the build assembles, or the one that {@code -Dcluster.flink} names. */
  private static final Path FLINK =
      Path.of(System.getProperty("cluster.flink", "../cluster/target/flink"));

  /**
   * Options of processes that live for a minute or two, too short for the optimizing compiler to
   * pay off.
   */
  private static final String SHORT_LIFE = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 ";

  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final int port = freePort();
  private final StandaloneCluster cluster;
  private final JavaOptions java;

  /** The options of Java for each kind of process. */
  private record JavaOptions(String client, String jobManager, String taskManager) {}

  /** The class archives that make processes start faster. They are written at the first use. */
  private static final class Archives {

    private static final ClassDataArchive CLIENT = archive("client");
    private static final ClassDataArchive JOB_MANAGER = archive("jobmanager");
    private static final ClassDataArchive TASK_MANAGER = archive("taskmanager");
    private static final JavaOptions READ = prepare();

    private static ClassDataArchive archive(String process) {
      return new ClassDataArchive(Path.of("target", process + ".jsa"));
    }

    private static JavaOptions prepare() {
      try {
        ClassDataArchive.makeAll(
            List.of(CLIENT, JOB_MANAGER, TASK_MANAGER), FLINK.resolve("lib"), Archives::train);
      } catch (Exception e) {
        throw new IllegalStateException("no archives of classes were made", e);
      }
      return new JavaOptions(CLIENT.read(), JOB_MANAGER.read(), TASK_MANAGER.read());
    }

    /**
     * Runs a job until its first checkpoint, so that all classes are loaded. The client's archive
     * is that of its last command.
     */
    private static void train() throws Exception {
      Path folder = Files.createTempDirectory("training-");
      JavaOptions written =
          new JavaOptions(CLIENT.written(), JOB_MANAGER.written(), TASK_MANAGER.written());
      try (FlinkCluster cluster = new FlinkCluster(folder, List.of(), written);
          TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
        cluster.up(1);
        String job =
            cluster.run(
                List.of(
                    database.arguments(
                        "-Dexecution.runtime-mode=STREAMING", "--source.type", "datagen")));
        Await.until("a checkpoint", LIMIT, () -> cluster.checkpoints(job) > 0);
      } finally {
        FileUtils.deleteDirectory(folder.toFile());
      }
    }
  }

  /**
   * The result of a command.
   *
   * @param out its standard output
   * @param err its standard error
   */
  public record Outcome(int exitCode, String out, String err) {}

  /**
   * A cluster in a folder, which is not started yet.
   *
   * @param folder receives its logs, checkpoints and savepoints
   */
  public FlinkCluster(Path folder) throws ClusterException, IOException {
    this(folder, List.of());
  }

  /**
   * A cluster in a folder, with further jars in Flink's own lib folder. It is not started yet.
   *
   * @param folder receives its logs, checkpoints and savepoints
   * @param jars besides those of the distribution
   */
  public FlinkCluster(Path folder, List<Path> jars) throws ClusterException, IOException {
    this(folder, jars, Archives.READ);
  }

  private FlinkCluster(Path folder, List<Path> jars, JavaOptions java)
      throws ClusterException, IOException {
    this.folder = Files.createDirectories(folder);
    this.java = java;
    Path flink = jars.isEmpty() ? FLINK : withJars(this.folder.resolve("flink"), jars);
    this.cluster = new StandaloneCluster(folder, FlinkHome.at(flink));
    environment.put("FIRST_RESPONSE_FLINK", flink.toRealPath().toString());
    environment.put("FIRST_RESPONSE_JAVA_OPTIONS", java.client());
  }

  /** The jar of the job that the build has made. */
  public static Path jobJar() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("../../job/target"))) {
      return jars.filter(
              jar ->
                  jar.getFileName()
                      .toString()
                      .matches("first-response-job-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow()
          .toRealPath();
    }
  }

  /** Creates a copy of the distribution that consists of links. */
  private static Path withJars(Path home, List<Path> jars) throws IOException {
    Path lib = Files.createDirectories(home.resolve("lib"));
    Files.createSymbolicLink(home.resolve("plugins"), FLINK.resolve("plugins").toRealPath());
    List<Path> all = new ArrayList<>(jars);
    try (Stream<Path> own = Files.list(FLINK.resolve("lib"))) {
      own.forEach(all::add);
    }
    for (Path jar : all) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar.toRealPath());
    }
    return home;
  }

  /** Sets an environment variable of the commands that are run from now on. */
  public FlinkCluster with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /**
   * Starts a session cluster.
   *
   * @param settings such as {@code -Dtaskmanager.numberOfTaskSlots=1}
   */
  public FlinkCluster up(int taskManagers, String... settings) throws Exception {
    List<String> args = starting("up", taskManagers);
    args.addAll(List.of(settings));
    succeed(args);
    return this;
  }

  /**
   * The arguments that start a cluster of a kind, with its own ports and short heartbeat intervals.
   */
  List<String> starting(String verb, int taskManagers) {
    return new ArrayList<>(
        List.of(
            verb,
            Integer.toString(taskManagers),
            "-Drest.port=" + port,
            // Heartbeats transport counts, and detect dead processes.
            "-Dheartbeat.interval=500 ms",
            "-Dheartbeat.timeout=5 s",
            "-Dexecution.checkpointing.interval=1 s",
            "-Denv.java.opts.jobmanager=" + SHORT_LIFE + java.jobManager(),
            "-Denv.java.opts.taskmanager=" + SHORT_LIFE + java.taskManager(),
            "-Djobmanager.memory.process.size=900m",
            "-Dtaskmanager.memory.process.size=1200m"));
  }

  /** The settings that make each process publish its metrics. */
  String[] metrics() {
    String reporter = "-Dmetrics.reporter.prom.";
    return new String[] {
      reporter + "factory.class=org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
      reporter + "port=" + metricsPort() + "-" + (metricsPort() + 20)
    };
  }

  /** The first port that a process may publish its metrics on. */
  int metricsPort() {
    return port > 40_000 ? port - 20_000 : port + 20_000;
  }

  /** Runs {@code scripts/cluster}. */
  public Outcome command(List<String> args) throws Exception {
    return script("cluster", args);
  }

  /** Runs a script with this cluster. */
  public Outcome script(String name, List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPTS.resolve(name).toString()));
    command.addAll(args);
    Path out = Files.createTempFile(folder, "command", ".out");
    Path err = Files.createTempFile(folder, "command", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // The script must not build: it runs what this build has made.
    builder.environment().put("FIRST_RESPONSE_BUILT", "true");
    builder.environment().put("FIRST_RESPONSE_CLUSTER_DIR", folder.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + args + "\n" + Files.readString(out));
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Runs a command that has to succeed, and returns its standard output. */
  public String succeed(List<String> args) throws Exception {
    Outcome outcome = command(args);
    assertThat(outcome.exitCode()).as("%s: %s", args, outcome).isZero();
    return outcome.out();
  }

  /**
   * Starts a job, detached.
   *
   * @param args Flink's options, then the job's
   * @return its id
   */
  public String run(List<String> args) throws Exception {
    List<String> all = new ArrayList<>(List.of("run", "-d"));
    all.addAll(args);
    return found(JOB_ID, succeed(all));
  }

  /** Stops a job with a savepoint, and returns its path. */
  public String stop(String job) throws Exception {
    return found(SAVEPOINT, succeed(List.of("stop", job)));
  }

  /** The state of a job, such as {@code RUNNING}. */
  public String state(String job) throws Exception {
    return rest("/jobs/" + job).get("state").asText();
  }

  /** Waits until a job is in a state. */
  public void await(String job, String state) throws Exception {
    Await.until(job + " to be " + state, LIMIT, () -> state(job).equals(state));
  }

  /** The counts of a job, by the names of its accumulators. */
  public Map<String, Long> counts(String job) throws Exception {
    Map<String, Long> counts = new HashMap<>();
    for (JsonNode count : rest("/jobs/" + job + "/accumulators").get("user-task-accumulators")) {
      counts.put(count.get("name").asText(), count.get("value").asLong());
    }
    return counts;
  }

  /** The number of completed checkpoints of a job. */
  public int checkpoints(String job) throws Exception {
    return rest("/jobs/" + job + "/checkpoints").get("counts").get("completed").asInt();
  }

  /** The number of failures of a job, including the one that ended it. */
  public int failures(String job) throws Exception {
    return rest("/jobs/" + job + "/exceptions").get("exceptionHistory").get("entries").size();
  }

  /** The answer of the REST interface. */
  public JsonNode rest(String path) throws IOException, InterruptedException {
    return JSON.readTree(cluster.rest(path));
  }

  /** The cluster itself, with its processes and its folders. */
  public StandaloneCluster processes() {
    return cluster;
  }

  /** Pauses a process by a signal. It does not respond until it is resumed. */
  public void hold(ClusterProcess process) throws Exception {
    signal("STOP", process);
  }

  /** Resumes a process that was paused. */
  public void letGo(ClusterProcess process) throws Exception {
    signal("CONT", process);
  }

  private static void signal(String name, ClusterProcess process) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    assertThat(exitCode).as("%s to %s", name, process).isZero();
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    cluster.down();
  }
}
