package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.kafka.KafkaBroker;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.kafka.KafkaOptions;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.job.testing.TestTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka that is reached by TLS and asks for a password. */
class KafkaSecurityIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final long START = 1_534_327_200_000_000L;

  @TempDir static Path folder;
  private static Path certificate;
  private static KafkaBroker broker;

  @BeforeAll
  static void launch() throws Exception {
    Path keyStore = folder.resolve("broker.p12");
    certificate = folder.resolve("broker.pem");
    List<String> store = List.of("-keystore", keyStore.toString(), "-storepass", "of-the-broker");
    keytool(
        store,
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=broker",
        "-ext",
        "SAN=ip:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12");
    keytool(store, "-exportcert", "-rfc", "-alias", "broker", "-file", certificate.toString());
    broker =
        KafkaBroker.launch(new KafkaBroker.Security(keyStore, "of-the-broker", SecretsIT.CANARY));
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Test
  void thePasswordIsUsedAndAppearsNowhere() throws Exception {
    Path secrets = folder.resolve("kafka.properties");
    Files.writeString(secrets, "password=" + SecretsIT.CANARY + "\n");
    String placeholder = "${file:" + secrets + ":password}";
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestTopic topic = TestTopic.on(broker, 1, Map.of())) {
      for (int i = 0; i < 100; i++) {
        topic.send(0, new Message(1, i, START + i * 1_000_000L, false));
        topic.send(0, new Message(1, i, START + i * 1_000_000L, true));
      }
      topic.flush();
      Configuration options =
          database.options(
              source(
                  topic,
                  placeholder,
                  "--event-time.max-out-of-orderness",
                  "1 s",
                  "--sink.jdbc.password-file",
                  secrets.toString()));

      Configuration flink = new Configuration();
      flink.setString("execution.checkpointing.interval", "300 ms");
      flink.setString("execution.checkpointing.num-retained", "1000");
      flink.setString(
          "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
      int port = SecretsIT.freePort();
      flink.setString("rest.port", Integer.toString(port));
      assertThat(options.get(KafkaOptions.PROPERTIES).get("sasl.jaas.config"))
          .contains(placeholder);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
      env.setParallelism(1);
      FirstResponseJob.define(env, options);
      JobGraph graph = env.getStreamGraph(false).getJobGraph();
      SecretsIT.assertClean("job graph", InstantiationUtil.serializeObject(graph));

      JobClient job = env.executeAsync();
      Await.until("rows", SOON, () -> database.count("select count(*) from tbl_result") > 50);
      List<String> pages = SecretsIT.restPages("http://localhost:" + port, job);
      for (String page : pages) {
        SecretsIT.assertClean("web page", page.getBytes(StandardCharsets.UTF_8));
      }
      Await.until(
          "a checkpoint", SOON, () -> SecretsIT.cleanFiles(folder.resolve("checkpoints")) > 0);
      job.stopWithSavepoint(
              false, folder.resolve("savepoint").toUri().toString(), SavepointFormatType.CANONICAL)
          .get();
      assertThat(SecretsIT.cleanFiles(folder.resolve("savepoint"))).isPositive();
      assertThat(SecretsIT.cleanFiles(Path.of("target/test.log"))).isPositive();
    }
  }

  @Test
  void aWrongPasswordOrProtocolIsToldBeforeTheJobStarts() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.properties"), "password=guess\n");
    try (TestTopic topic = TestTopic.on(broker, 1, Map.of())) {
      assertRefused(
          topic,
          "source.kafka.properties: "
              + broker.secureBootstrapServers()
              + " does not let the job in",
          source(topic, "${file:" + wrong + ":password}"));
      // What the placeholder asks for is not there.
      assertRefused(
          topic,
          "source.kafka.properties: ",
          source(topic, "${file:" + folder.resolve("none.properties") + ":password}"));
      assertRefused(
          topic,
          "source.kafka.bootstrap-servers: no answer from "
              + broker.secureBootstrapServers()
              + " within 3 s. Is Kafka there, do its advertised listeners lead back to it, and does"
              + " it speak PLAINTEXT (source.kafka.properties.security.protocol)?",
          "--source.type",
          "kafka",
          "--source.kafka.bootstrap-servers",
          broker.secureBootstrapServers(),
          "--source.kafka.topics",
          topic.name());
      // The broker's certificate is not known.
      String[] trusting = source(topic, "${file:" + wrong + ":password}");
      assertRefused(
          topic,
          "source.kafka.properties: "
              + broker.secureBootstrapServers()
              + " does not let the job in",
          Arrays.copyOf(trusting, trusting.length - 4));
    }
  }

  private static void assertRefused(TestTopic topic, String message, String... source)
      throws Exception {
    List<String> args = new ArrayList<>(List.of(source));
    args.addAll(List.of("--source.kafka.check-timeout", "3 s"));
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      Configuration options = database.options(args.toArray(String[]::new));
      assertThatThrownBy(() -> MessageSources.of(options))
          .isInstanceOf(BadOptionException.class)
          .hasMessageStartingWith(message)
          .satisfies(e -> assertThat(e.getMessage().lines()).as(topic.name()).hasSize(1));
    }
  }

  /** Options to read by TLS; what is about trust comes last. */
  private static String[] source(TestTopic topic, String password, String... more) {
    String login =
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";";
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(
        List.of(
            "--source.type",
            "kafka",
            "--source.kafka.bootstrap-servers",
            broker.secureBootstrapServers(),
            "--source.kafka.topics",
            topic.name(),
            "--source.kafka.properties.security.protocol",
            "SASL_SSL",
            "--source.kafka.properties.sasl.mechanism",
            "PLAIN",
            "--source.kafka.properties.sasl.jaas.config",
            login.formatted(KafkaBroker.USER, password),
            "--source.kafka.properties.ssl.truststore.type",
            "PEM",
            "--source.kafka.properties.ssl.truststore.location",
            certificate.toString()));
    return all.toArray(String[]::new);
  }

  private static void keytool(List<String> store, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(store);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
