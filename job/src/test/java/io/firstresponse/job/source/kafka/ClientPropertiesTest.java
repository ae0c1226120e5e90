package io.firstresponse.job.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTest {

  private static final String LOGIN =
      "sasl.jaas.config|org.apache.kafka.common.security.scram.ScramLoginModule required username=\"job\" ";

  @Test
  void theJobsDefaultsGiveWay() {
    Properties properties = properties("client.rack", "north");
    assertThat(properties)
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("allow.auto.create.topics", "false")
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("group.id", "first-response")
        .containsEntry("partition.discovery.interval.ms", "60000")
        .containsEntry("client.rack", "north");
    assertThat(properties("isolation.level", "read_uncommitted"))
        .containsEntry("isolation.level", "read_uncommitted");
    assertThat(properties("ssl.endpoint.identification.algorithm", ""))
        .containsEntry("ssl.endpoint.identification.algorithm", "");
  }

  @ParameterizedTest
  @CsvSource({
    "bootstrap.servers,source.kafka.bootstrap-servers",
    "group.id,source.kafka.group-id",
    "auto.offset.reset,source.kafka.on-missing-offset",
    "enable.auto.commit,checkpoints",
    "key.deserializer,keys",
    "value.deserializer,source.kafka.format",
    "client.id,client.id.prefix",
    "partition.discovery.interval.ms,source.kafka.discovery-interval",
  })
  void whatTheJobSetsIsRefusedWithWhatToUse(String name, String instead) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> properties(name, "x"))
        .withMessageStartingWith("source.kafka.properties." + name + ": ")
        .withMessageContaining(instead);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.key.password|canary",
        "ssl.keystore.password|canary",
        "ssl.keystore.key|-----BEGIN PRIVATE KEY-----canary",
        "ssl.truststore.password|x${env:A}canary",
        "sasl.oauthbearer.client.credentials.client.secret|canary",
        "my.callback.password|canary",
        "my.callback.clientSecret|canary",
        "my.callback.access.key|canary",
        "my.callback.token|canary",
        "my.callback.url|https://me:canary@host/path",
        LOGIN + "password=\"canary\";",
        LOGIN + "password='canary';",
        LOGIN + "password = canary;",
        LOGIN + "password=\"a${env:A}canary\";",
        LOGIN + "clientSecret=\"canary\";",
        LOGIN + "password=\"${env:A}\" other=\"x\" PASSWORD=\"can\\\"ary canary\";",
      })
  void aSecretIsRefusedAndNotRepeated(String given) {
    String[] parts = given.split("\\|", 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> properties(parts[0], parts[1]))
        .withMessageStartingWith("source.kafka.properties." + parts[0] + ": holds a secret")
        .withMessageContaining("${file:")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.key.password|${file:/run/secrets/kafka:key}",
        "ssl.keystore.password|${directory:/run/secrets:keystore}",
        "my.callback.password|${env:KAFKA_PASSWORD}",
        "my.callback.token.url|https://host/token",
        "ssl.truststore.location|/etc/kafka/trust.p12",
        "sasl.oauthbearer.token.endpoint.url|https://host/token",
        "sasl.oauthbearer.client.credentials.client.id|job",
        "sasl.jaas.config|${file:/run/secrets/kafka:jaas}",
        "sasl.jaas.config|com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true"
            + " storeKey=true keyTab=\"/etc/job.keytab\" principal=\"job@EXAMPLE\";",
        LOGIN + "password=\"${file:/run/secrets/kafka:password}\";",
        LOGIN + "password=${env:KAFKA_PASSWORD};",
      })
  void whereASecretIsMayBeSaid(String given) {
    String[] parts = given.split("\\|", 2);
    assertThat(properties(parts[0], parts[1])).containsEntry(parts[0], parts[1]);
  }

  @Test
  void anUnknownProviderIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> properties("ssl.key.password", "${vault:secret/kafka:key}"))
        .withMessageContaining("'vault'")
        .withMessageContaining("file");
    Configuration options = options("ssl.key.password", "${vault:secret/kafka:key}");
    options.setString("source.kafka.properties.config.providers", "vault");
    options.setString("source.kafka.properties.config.providers.vault.class", "some.Vault");
    assertThat(ClientProperties.from(options).getProperty("config.providers").split(","))
        .containsExactlyInAnyOrder("file", "directory", "env", "vault");
  }

  @Test
  void kafkaFindsTheSecretsWhereverItRuns(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("kafka.properties"), "password=hush\n");
    Files.writeString(folder.resolve("keystore"), "mum");
    Configuration options =
        options("sasl.jaas.config", "x.Y required password=\"${file:" + file + ":password}\";");
    options.setString(
        "source.kafka.properties.ssl.keystore.password", "${directory:" + folder + ":keystore}");
    Properties properties = ClientProperties.from(options);
    assertThat(properties.toString()).doesNotContain("hush").doesNotContain("mum");

    properties.putAll(
        Map.of(
            "key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer",
            "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
    ConsumerConfig config = new ConsumerConfig(properties);
    assertThat(config.getPassword(SaslConfigs.SASL_JAAS_CONFIG))
        .isEqualTo(new Password("x.Y required password=\"hush\";"));
    assertThat(config.getPassword("ssl.keystore.password")).isEqualTo(new Password("mum"));
  }

  private static Properties properties(String name, String value) {
    return ClientProperties.from(options(name, value));
  }

  private static Configuration options(String name, String value) {
    Configuration options = new Configuration();
    options.set(KafkaOptions.BOOTSTRAP_SERVERS, "localhost:9092");
    options.setString("source.kafka.properties." + name, value);
    return options;
  }
}
