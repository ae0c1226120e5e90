package io.firstresponse.connectors.postgres.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresUpsertSinkTest {

  private static final String CANARY = "canary-7f3a";

  @TempDir Path directory;

  @Test
  void isShippedWithoutThePassword() throws Exception {
    Path file = directory.resolve("password");
    Files.writeString(file, CANARY);
    PostgresConnections connections =
        PostgresConnections.to("jdbc:postgresql://127.0.0.1:1/app", "u")
            .passwordFile(file.toString())
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    // Having tried to connect makes no difference.
    assertThatThrownBy(connections::getOrEstablishConnection).isInstanceOf(SQLException.class);
    PostgresUpsertSink<Long> sink =
        PostgresUpsertSink.<Long>builder()
            .connections(connections)
            .table(PostgresTable.<Long>named("t").key(Column.bigint("id", id -> id)).build())
            .build();
    byte[] shipped = InstantiationUtil.serializeObject(sink);
    assertThat(new String(shipped, StandardCharsets.ISO_8859_1))
        .contains(file.toString())
        .doesNotContain(CANARY);
    assertThat(connections.toString()).doesNotContain(CANARY);
  }
}
