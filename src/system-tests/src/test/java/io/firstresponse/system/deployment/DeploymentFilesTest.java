package io.firstresponse.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.firstresponse.job.FirstResponseJob;
import io.firstresponse.job.JobOptions;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The files for Kubernetes and Docker. Neither can be run here, so the files are compared with what
 * they name.
 */
class DeploymentFilesTest {

  private static final Path CONF = Path.of("../../conf");
  private static final String SCHEMA = "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
  private static final ObjectMapper YAML = new YAMLMapper();

  @TempDir Path folder;

  /** The newest operator on Maven Central is 1.10; Flink 2.3 came with 1.15. */
  @Test
  void theDeploymentIsWhatTheOperatorTakes() throws Exception {
    assertThat(errors(deployment()))
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.getInstanceLocation()).hasToString("/spec/flinkVersion");
              assertThat(error.getKeyword()).isEqualTo("enum");
            });
  }

  @Test
  void theSchemaFindsMistakes() throws Exception {
    ObjectNode misspelled = (ObjectNode) deployment();
    ((ObjectNode) misspelled.at("/spec/job")).put("upgradMode", "savepoint");
    ((ObjectNode) misspelled.at("/spec/job")).put("upgradeMode", "sometimes");
    ((ObjectNode) misspelled.at("/spec/podTemplate/spec")).put("contaners", 1);
    assertThat(errors(misspelled).stream().map(error -> error.getInstanceLocation().toString()))
        .contains("/spec/job", "/spec/job/upgradeMode", "/spec/podTemplate/spec");
  }

  @Test
  void theDeploymentHasTheShippedSettings() throws Exception {
    Map<String, String> deployed = new TreeMap<>();
    deployment()
        .at("/spec/flinkConfiguration")
        .properties()
        .forEach(entry -> deployed.put(entry.getKey(), entry.getValue().asString()));
    Map<String, String> shipped =
        new TreeMap<>(GlobalConfiguration.loadConfiguration(CONF.toString()).toMap());
    // The operator sets these; an address of the user's own would not work in a pod.
    assertThat(shipped.keySet().removeAll(List.of("rest.address", "rest.bind-address"))).isTrue();
    assertThat(shipped.remove("env.java.opts.all")).isNotEmpty();
    // The operator is the client.
    assertThat(shipped.remove("client.timeout")).isNotEmpty();
    // These paths depend on the volumes of the pods.
    assertThat(shipped.remove("execution.checkpointing.dir")).isNotEmpty();
    assertThat(shipped.remove("execution.checkpointing.savepoint-dir")).isNotEmpty();
    assertThat(deployed).containsAllEntriesOf(shipped);

    assertThat(deployed.keySet())
        .filteredOn(key -> !key.startsWith("metrics.reporter.") && !key.startsWith("kubernetes."))
        .isSubsetOf(FlinkKeys.all());
  }

  @Test
  void theDeploymentMountsWhatItNames() throws Exception {
    JsonNode spec = deployment().get("spec");
    assertThat(spec.at("/job/jarURI").asString())
        .isEqualTo("local://" + copiedTo("first-response-job"));
    assertThat(spec.at("/job/entryClass").asString()).isEqualTo(FirstResponseJob.class.getName());
    JsonNode container = spec.at("/podTemplate/spec/containers/0");
    assertThat(container.get("name").asString()).isEqualTo("flink-main-container");
    List<String> mounted =
        container.get("volumeMounts").values().stream()
            .map(mount -> mount.get("mountPath").asString())
            .toList();
    assertThat(
            container.get("volumeMounts").values().stream()
                .map(mount -> mount.get("name").asString()))
        .containsExactlyElementsOf(
            spec.at("/podTemplate/spec/volumes").values().stream()
                .map(volume -> volume.get("name").asString())
                .toList());

    JsonNode map = documents(CONF.resolve("kubernetes/flinkdeployment.yaml")).get(0);
    String file = "first-response.properties";
    List<String> args = spec.at("/job/args").values().stream().map(JsonNode::asString).toList();
    assertThat(args).hasSize(2).startsWith("--config");
    assertThat(Path.of(args.get(1)).getFileName()).hasToString(file);
    assertThat(mounted).contains(Path.of(args.get(1)).getParent().toString());
    Path options = Files.writeString(folder.resolve(file), map.at("/data/" + file).asString());
    Configuration parsed = JobOptions.parse(new String[] {"--config", options.toString()});
    for (String path : List.of(parsed.toMap().get("sink.jdbc.password-file"), "/state/x")) {
      assertThat(mounted).contains(Path.of(path).getParent().toString());
    }
    Properties raw = new Properties();
    raw.load(new StringReader(map.at("/data/" + file).asString()));
    assertThat(parsed.toMap()).hasSameSizeAs(raw);
  }

  @Test
  void composeNamesWhatThereIs() throws Exception {
    JsonNode compose = documents(CONF.resolve("docker/compose.yaml")).get(0);
    JsonNode jobManager = compose.at("/services/jobmanager");
    List<String> command =
        jobManager.get("command").values().stream().map(JsonNode::asString).toList();
    assertThat(command.subList(0, 3))
        .containsExactly("standalone-job", "--job-classname", FirstResponseJob.class.getName());
    Configuration options =
        JobOptions.parse(command.subList(3, command.size()).toArray(String[]::new));
    assertThat(options.toMap()).containsEntry("sink.jdbc.password-file", "/run/secrets/password");
    assertThat(compose.at("/secrets/password/file").asString()).isEqualTo("./password");
    assertThat(jobManager.get("ports").get(0).asString()).startsWith("127.0.0.1:");

    JsonNode flink = compose.get("x-flink");
    assertThat(CONF.resolveSibling(flink.at("/build/dockerfile").asString())).exists();
    List<String> settings =
        flink
            .at("/environment/FLINK_PROPERTIES")
            .asString()
            .lines()
            .map(line -> line.substring(0, line.indexOf(": ")))
            .toList();
    assertThat(settings).hasSize(10).isSubsetOf(FlinkKeys.all());
    // The build of a release fills in the version.
    assertThat(deployment().at("/spec/image").asString())
        .isEqualTo(flink.get("image").asString() + ":${project.version}");
  }

  /**
   * Compose mounts the file of a secret with its owner and mode on the host, so that neither
   * Flink's user nor PostgreSQL's can read it. Each of them reads a copy of its own.
   */
  @Test
  void composeGivesThePasswordToWhoReadsIt() throws Exception {
    JsonNode compose = documents(CONF.resolve("docker/compose.yaml")).get(0);
    JsonNode services = compose.get("services");
    JsonNode prepare = services.get("prepare");
    String script = prepare.at("/command/2").asString();
    assertThat(prepare.at("/secrets/0").asString()).isEqualTo("password");
    Map<String, String> readers = Map.of("flink", "9999", "postgres", "postgres");
    Map<String, JsonNode> mounts =
        Map.of(
            "flink", compose.at("/x-flink/volumes"),
            "postgres", services.at("/postgres/volumes"));
    readers.forEach(
        (reader, user) -> {
          String volume = reader + "-password";
          assertThat(compose.get("volumes").has(volume)).isTrue();
          assertThat(strings(prepare.get("volumes"))).contains(volume + ":/" + volume);
          assertThat(strings(mounts.get(reader))).contains(volume + ":/run/secrets:ro");
          assertThat(script)
              .contains(
                  "install -o %s -g %s -m 400 /run/secrets/password /%s/password"
                      .formatted(user, user, volume));
        });
    assertThat(services.properties())
        .filteredOn(service -> service.getValue().has("secrets"))
        .extracting(Map.Entry::getKey)
        .containsExactly("prepare");
    assertThat(compose.at("/x-flink/secrets").isMissingNode()).isTrue();
    assertThat(services.at("/postgres/depends_on/prepare/condition").asString())
        .isEqualTo("service_completed_successfully");
  }

  private static List<String> strings(JsonNode list) {
    return list.values().stream().map(JsonNode::asString).toList();
  }

  @Test
  void theImageTakesFilesOfTheRelease() throws Exception {
    assertThat(copiedTo("lib/first-response-job-*.jar"))
        .isEqualTo("/opt/flink/usrlib/first-response-job.jar");
    assertThat(copiedTo("conf/config.yaml")).isEqualTo("/opt/flink/conf/config.yaml");
    assertThat(Files.readString(CONF.resolve("docker/Dockerfile")))
        .contains("FROM flink:" + EnvironmentInformation.getVersion());
  }

  /** The place in the image that a path is copied to. */
  private static String copiedTo(String source) throws Exception {
    return Files.readAllLines(CONF.resolve("docker/Dockerfile")).stream()
        .filter(line -> line.startsWith("COPY") && line.contains(source))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("nowhere");
  }

  private static JsonNode deployment() throws Exception {
    return documents(CONF.resolve("kubernetes/flinkdeployment.yaml")).get(1);
  }

  private static List<JsonNode> documents(Path file) throws Exception {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> found =
        YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
      found.forEachRemaining(documents::add);
    }
    return documents;
  }

  private static List<Error> errors(JsonNode deployment) throws Exception {
    try (InputStream in = DeploymentFilesTest.class.getResourceAsStream(SCHEMA)) {
      JsonNode schema = YAML.readTree(in).at("/spec/versions/0/schema/openAPIV3Schema");
      refuseUnknown(schema);
      // Fields of every Kubernetes object, which the schema does not name.
      for (String common : List.of("apiVersion", "kind", "metadata")) {
        ((ObjectNode) schema.get("properties")).putObject(common);
      }
      Schema checked =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(schema);
      return checked.validate(deployment);
    }
  }

  /** Makes unknown fields an error. The API server drops them silently. */
  private static void refuseUnknown(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")
        && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)) {
      object.put("additionalProperties", false);
    }
    schema.values().forEach(DeploymentFilesTest::refuseUnknown);
  }
}
