package io.firstresponse.connectors.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConnectionsTest {

  private static final String CANARY = "canary-7f3a";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:5432/app",
        "jdbc:postgresql://a:5432,b:5433/app?targetServerType=primary",
        "jdbc:postgresql://[::1]/app?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "jdbc:postgresql:app",
        "jdbc:postgresql://db/app?sslpasswordcallback=org.example.Callback&options=-c%20search_path%3Dx",
      })
  void takesUrlsWithoutSecrets(String url) {
    PostgresConnections.checkUrl(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db/app?x=" + CANARY,
        "postgresql://user:" + CANARY + "@db/app",
        "jdbc:postgresql://user:" + CANARY + "@db/app",
        "jdbc:postgresql://db/app?user=" + CANARY,
        "jdbc:postgresql://db/app?ssl=true&password=" + CANARY,
        "jdbc:postgresql://db/app?PASSWORD=" + CANARY,
        "jdbc:postgresql://db/app?pass%77ord=" + CANARY,
        "jdbc:postgresql://db/app?sslpassword=" + CANARY,
        "jdbc:postgresql://db/app?pass%zz=" + CANARY,
        "jdbc:postgresql://db/app?socketTimeout=0&x=" + CANARY,
        "jdbc:postgresql://db:x/app?a=" + CANARY,
        "jdbc:postgresql://db/app;password=" + CANARY,
        "jdbc:postgresql://db/app#password=" + CANARY,
        "jdbc:postgresql://db/app&password=" + CANARY,
        "jdbc:postgresql://db/app password=" + CANARY,
        "jdbc:postgresql://db/app%3Bpassword%3D" + CANARY,
        "jdbc:postgresql:app;password=" + CANARY,
        "jdbc:postgresql://db/app?ssl=true;password=" + CANARY,
        "jdbc:postgresql://db/app?options=-c%20PassWord%20%3D" + CANARY,
      })
  void refusesOtherUrlsWithoutRepeatingThem(String url) {
    assertThatThrownBy(() -> PostgresConnections.to(url, "user"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .message()
        .doesNotContain(CANARY)
        .doesNotContain(url);
  }

  @Test
  void refusesTimeoutsThatWouldMeanNone() {
    PostgresConnections.Builder builder = PostgresConnections.to("jdbc:postgresql:app", "user");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.socketTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.connectTimeout(Duration.ofSeconds(-1)));
  }

  @Test
  void namesTheServerWithoutParameters() {
    assertThat(
            PostgresConnections.to("jdbc:postgresql://db:5432/app?options=-csearch_path=x", "u")
                .build())
        .hasToString("postgresql://db:5432/app as user u");
  }

  @Test
  void readsTheFirstLineOfThePasswordFile() throws Exception {
    Path file = directory.resolve("password");
    Files.writeString(file, " " + CANARY + "\r\nsecond line\n");
    assertThat(PasswordSource.file(file.toString()).read()).contains(" " + CANARY);
    Files.writeString(file, CANARY);
    assertThat(PasswordSource.file(file.toString()).read()).contains(CANARY);
  }

  @Test
  void saysWhichPasswordSourceCannotBeRead() throws Exception {
    Path missing = directory.resolve("missing");
    assertThatIOException()
        .isThrownBy(() -> PasswordSource.file(missing.toString()).read())
        .withMessageContaining(missing.toString());
    Path binary = directory.resolve("binary");
    Files.write(binary, (CANARY + "ÿ").getBytes(StandardCharsets.ISO_8859_1));
    assertThatIOException()
        .isThrownBy(() -> PasswordSource.file(binary.toString()).read())
        .withMessageContaining("UTF-8")
        .satisfies(e -> assertThat(e.toString()).doesNotContain(CANARY));
    Path empty = Files.createFile(directory.resolve("empty"));
    assertThatIOException().isThrownBy(() -> PasswordSource.file(empty.toString()).read());
  }

  @Test
  void aFileThatEverybodyMayReadIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), CANARY);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    PostgresConnections.Builder builder =
        PostgresConnections.to("jdbc:postgresql:app", "u").passwordFile(file.toString());
    assertThat(builder.build().passwordExposure())
        .hasValueSatisfying(
            said -> assertThat(said).contains(file.toString()).doesNotContain(CANARY));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(builder.build().passwordExposure()).isEmpty();
    assertThat(PasswordSource.file(directory.resolve("missing").toString()).exposure()).isEmpty();
    assertThat(PasswordSource.environmentVariable("HOME").exposure()).isEmpty();
  }

  @Test
  void aVariableThatIsNotSetIsNoPassword() throws IOException {
    assertThat(PasswordSource.environmentVariable("NO_SUCH_VARIABLE").read()).isEmpty();
  }

  @Test
  void anUnreadablePasswordIsAsARefusedOne() {
    PostgresConnections connections =
        PostgresConnections.to("jdbc:postgresql://127.0.0.1:1/app", "u")
            .passwordFile(directory.resolve("missing").toString())
            .build();
    assertThatThrownBy(connections::getOrEstablishConnection)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(SqlFailure.of(e)).isEqualTo(SqlFailure.LOGIN));
  }
}
