package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestCluster;
import io.firstresponse.job.testing.TestDatabase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that takes encrypted connections only, with a certificate of its own making. */
class TlsIT {

  private static final String PASSWORD = "right-77aa";

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(1);

  @TempDir Path folder;

  @Test
  void theJobReadsAndWritesEncryptedAndKnowsItsServer() throws Exception {
    try (EmbeddedPostgresServer server = EmbeddedPostgresServer.launch();
        TestDatabase database = TestDatabase.on(server, ResponseMode.ANY_AGENT)) {
      Path certificate = certify("server");
      Path other = certify("other");
      server.createUser("guarded", PASSWORD);
      database.execute(
          "grant create on schema public to guarded",
          "grant select on tbl to guarded",
          "insert into tbl values (1, 2, '2018-08-15T10:00:00Z', false),"
              + " (3, 2, '2018-08-15T10:00:30Z', true)");
      encryptOnly(server, database, certificate);
      String url = database.url();

      assertThat(run(options(url + "?sslmode=verify-full&sslrootcert=" + certificate)))
          .isEqualTo(new Conservation(2, 2, 0, 0, 0));
      assertThat(database.differences()).isEmpty();
      for (String wrong :
          new String[] {
            "?sslmode=disable",
            "?sslmode=verify-full&sslrootcert=" + other,
            "?sslmode=verify-full&sslrootcert=" + folder.resolve("none"),
          }) {
        assertThatThrownBy(() -> MessageSources.of(options(url + wrong)))
            .as(wrong)
            .isInstanceOf(BadOptionException.class)
            .hasMessageStartingWith("source.postgres.url")
            .hasMessageContaining(": " + url.substring("jdbc:".length()))
            .message()
            .doesNotContain("\n");
      }
    }
  }

  /** Makes a key and a certificate that it signs itself, for this address. */
  private Path certify(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    pem(
        folder.resolve(name + ".key"),
        "PRIVATE KEY",
        keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    return pem(
        folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded());
  }

  private static Path pem(Path file, String type, byte[] bytes) throws Exception {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }

  private void encryptOnly(EmbeddedPostgresServer server, TestDatabase database, Path certificate)
      throws Exception {
    Path rules = Path.of(database.strings("show hba_file").get(0));
    Files.writeString(
        rules,
        "host all "
            + EmbeddedPostgresServer.USER
            + " 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
    server.execute(
        "postgres",
        "alter system set ssl_cert_file = '" + certificate + "'",
        "alter system set ssl_key_file = '" + folder.resolve("server.key") + "'",
        "alter system set ssl = on",
        "select pg_reload_conf()");
    Await.until(
        "encryption",
        Duration.ofSeconds(10),
        () -> database.strings("show ssl").equals(List.of("on")));
  }

  private Configuration options(String url) throws Exception {
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    return JobOptions.parse(
        new String[] {
          "--source.type", "postgres",
          "--source.postgres.url", url,
          "--source.postgres.user", "guarded",
          "--source.postgres.password-file", password.toString(),
          "--source.postgres.to", "2019-01-01",
          "--sink.jdbc.url", url,
          "--sink.jdbc.user", "guarded",
          "--sink.jdbc.password-file", password.toString(),
          "--sink.jdbc.create-tables", "true",
        });
  }

  private static Conservation run(Configuration options) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    FirstResponseJob.define(env, options);
    return Conservation.of(env.execute().getAllAccumulatorResults());
  }
}
