package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A Kafka broker on loopback, in a process of its own, for the demo. Its jars are those that {@code
 * src/broker} gathers; its data are in the temporary folder of this process. It ends with this
 * process, however that ends.
 */
final class DemoBroker implements AutoCloseable {

  /** The system property with the folder of the broker's jars, which {@code scripts/demo} sets. */
  private static final String LIB_PROPERTY = "first-response.broker";

  private static final String CLUSTER_ID = "first-response-demo-00";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 50;

  private final Process process;
  private final int port;

  private DemoBroker(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a broker; returns when it accepts connections.
   *
   * @param log the file for what the broker logs
   * @throws BadOptionException when there are no jars of a broker, as in a release
   * @throws IOException when the broker does not start
   */
  static DemoBroker start(Path log) throws IOException, InterruptedException {
    String lib = System.getProperty(LIB_PROPERTY, "");
    if (lib.isEmpty() || !Files.isDirectory(Path.of(lib))) {
      throw new BadOptionException(
          "--kafka: there are no jars of a Kafka broker. scripts/demo of the source tree gathers them.");
    }
    Path folder = Files.createTempDirectory("kafka-");
    int port;
    try (ServerSocket clients = free();
        ServerSocket controller = free()) {
      port = clients.getLocalPort();
      try (var out = Files.newBufferedWriter(folder.resolve("server.properties"))) {
        properties(folder, port, controller.getLocalPort()).store(out, null);
      }
    }
    DemoBroker broker = new DemoBroker(launch(lib, folder, log), port);
    try {
      broker.awaitConnections(log);
    } catch (IOException | InterruptedException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  private static Properties properties(Path folder, int port, int controllerPort) {
    Properties properties = new Properties();
    properties.setProperty("process.roles", "broker,controller");
    properties.setProperty("node.id", "1");
    properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    properties.setProperty("controller.listener.names", "CONTROLLER");
    properties.setProperty(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    properties.setProperty("log.dirs", folder.resolve("data").toString());
    properties.setProperty("auto.create.topics.enable", "false");
    // There is one broker.
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      properties.setProperty(topic + ".replication.factor", "1");
      properties.setProperty(topic + ".num.partitions", "1");
    }
    properties.setProperty("transaction.state.log.min.isr", "1");
    properties.setProperty("share.coordinator.state.topic.min.isr", "1");
    return properties;
  }

  private static Process launch(String lib, Path folder, Path log) throws IOException {
    Path own;
    try {
      own = Path.of(DemoBroker.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.apache.logging.log4j.level=INFO",
            "-cp",
            Path.of(lib, "*") + System.getProperty("path.separator") + own,
            BrokerProcess.class.getName(),
            folder.resolve("server.properties").toString(),
            CLUSTER_ID)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private void awaitConnections(Path log) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (!accepts()) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)
          || System.nanoTime() - begin > START_LIMIT.toNanos()) {
        throw new IOException("The Kafka broker did not start; its log is " + log);
      }
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Where clients find it. */
  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
