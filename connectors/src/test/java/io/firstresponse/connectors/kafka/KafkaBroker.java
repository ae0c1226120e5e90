package io.firstresponse.connectors.kafka;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Kafka broker on loopback, in a process of its own, which can be stopped, killed and
 * started again with its data and its port. Its jars are those that {@code src/broker} gathers;
 * what it logs goes to {@code target/kafka-broker-PORT.log}.
 *
 * <p>Tests that leave the broker running use {@link #shared()}, one for each JVM, and topics of
 * their own. Tests that stop it {@link #launch()} their own. Either ends with the JVM and leaves
 * nothing behind.
 */
public final class KafkaBroker implements AutoCloseable {

  /** The user of the listener that asks for a password, see {@link Security}. */
  public static final String USER = "reader";

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final String LIB = "src/broker/target/lib";

  /**
   * What a second listener is protected by, besides the plain one: TLS, and a password for {@link
   * #USER} by SASL PLAIN.
   *
   * @param keyStore in PKCS12
   */
  public record Security(Path keyStore, String keyStorePassword, String userPassword) {}

  private static final class Shared {
    private static final KafkaBroker BROKER = launch();
  }

  private final Path directory;
  private final int port;
  private final int securePort;
  private Process process;

  private KafkaBroker(Security security) throws IOException, InterruptedException {
    directory = Files.createTempDirectory("kafka-");
    try (ServerSocket plain = free();
        ServerSocket secure = free();
        ServerSocket controller = free()) {
      port = plain.getLocalPort();
      securePort = secure.getLocalPort();
      configure(controller.getLocalPort(), security);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "kafka-" + port));
    Process format =
        java(
            "kafka.tools.StorageTool",
            "format",
            "-t",
            "first-response-test-00",
            "-c",
            configuration().toString());
    if (format.waitFor() != 0) {
      throw new IllegalStateException("The broker's storage was not formatted: see " + log());
    }
  }

  /** The broker that the tests of this JVM share. It must not be stopped. */
  public static KafkaBroker shared() {
    return Shared.BROKER;
  }

  /** A broker of the caller's own, running. */
  public static KafkaBroker launch() {
    return launch(null);
  }

  /** A broker of the caller's own, running, with a second listener that is protected. */
  public static KafkaBroker launch(Security security) {
    try {
      KafkaBroker broker = new KafkaBroker(security);
      broker.start();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Where clients find it. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Where clients find the protected listener. */
  public String secureBootstrapServers() {
    return "127.0.0.1:" + securePort;
  }

  /**
   * The properties of a producer that sends each partition's records in order: one request at a
   * time and without sequence numbers. With several requests under way, a broker under load may
   * refuse the first batch of a new partition and take the second; an idempotent producer's first
   * batch is then out of sequence until it expires.
   */
  public Map<String, Object> producerProperties() {
    return Map.of(
        "bootstrap.servers",
        bootstrapServers(),
        "enable.idempotence",
        "false",
        "max.in.flight.requests.per.connection",
        "1");
  }

  /** Starts the broker if it does not run; returns when it accepts connections. */
  public synchronized void start() {
    if (process != null) {
      return;
    }
    try {
      process = java("kafka.Kafka", configuration().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long begin = System.nanoTime();
    while (!accepts()) {
      if (!process.isAlive() || System.nanoTime() - begin > START_LIMIT.toNanos()) {
        throw new IllegalStateException("The broker did not start: see " + log());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Stops the broker as an administrator would. */
  public synchronized void stop() {
    end(Process::destroy);
  }

  /** Ends the broker as a crash of its machine would. */
  public synchronized void kill() {
    end(Process::destroyForcibly);
  }

  @Override
  public synchronized void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      // Closed before, or the system clears its temporary directory.
    }
  }

  private void end(java.util.function.Consumer<Process> how) {
    if (process == null) {
      return;
    }
    how.accept(process);
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void configure(int controllerPort, Security security) throws IOException {
    String secure = security == null ? "" : ",SECURE://127.0.0.1:" + securePort;
    Properties properties = new Properties();
    properties.setProperty("process.roles", "broker,controller");
    properties.setProperty("node.id", "1");
    properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    properties.setProperty("controller.listener.names", "CONTROLLER");
    properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
    properties.setProperty(
        "listeners",
        "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort + secure);
    properties.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port + secure);
    properties.setProperty(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL");
    properties.setProperty("log.dirs", directory.resolve("data").toString());
    properties.setProperty("auto.create.topics.enable", "false");
    // A broker that was killed may come back when its last session is over.
    properties.setProperty("broker.session.timeout.ms", "2000");
    properties.setProperty("broker.heartbeat.interval.ms", "500");
    properties.setProperty("group.initial.rebalance.delay.ms", "0");
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      properties.setProperty(topic + ".replication.factor", "1");
      properties.setProperty(topic + ".num.partitions", "1");
    }
    properties.setProperty("transaction.state.log.min.isr", "1");
    properties.setProperty("share.coordinator.state.topic.min.isr", "1");
    if (security != null) {
      String listener = "listener.name.secure.";
      properties.setProperty(listener + "ssl.keystore.location", security.keyStore().toString());
      properties.setProperty(listener + "ssl.keystore.password", security.keyStorePassword());
      properties.setProperty(listener + "ssl.keystore.type", "PKCS12");
      properties.setProperty("sasl.enabled.mechanisms", "PLAIN");
      properties.setProperty(
          listener + "plain.sasl.jaas.config",
          "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
              .formatted(USER, security.userPassword()));
    }
    try (var out = Files.newBufferedWriter(configuration())) {
      properties.store(out, null);
    }
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.apache.logging.log4j.level=INFO",
            "-cp",
            lib().resolve("*").toString(),
            main));
    command.addAll(List.of(arguments));
    Files.createDirectories(log().getParent());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path configuration() {
    return directory.resolve("server.properties");
  }

  private Path log() {
    return Path.of("target", "kafka-broker-" + port + ".log").toAbsolutePath();
  }

  /** In the root of the project, which is the working directory or above it. */
  private static Path lib() {
    for (Path root = Path.of("").toAbsolutePath(); root != null; root = root.getParent()) {
      if (Files.isDirectory(root.resolve(LIB))) {
        return root.resolve(LIB);
      }
    }
    throw new IllegalStateException(
        "The broker's jars are not there; gather them with: mvn process-resources -pl src/broker");
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
