package io.firstresponse.local;

import static io.firstresponse.local.Inspected.files;
import static io.firstresponse.local.Inspected.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.testing.TestTopic;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/inspect} on sources of each kind, and the ends of their input. */
class InspectSourcesIT {

  @TempDir Path folder;

  @Test
  void aLimitEndsTheInput() throws Exception {
    List<String> args =
        List.of("--source.type", "datagen", "--source.datagen.count", "0", "--limit", "1000");
    JsonNode json = json(args);
    assertThat(json.at("/records/read").asLong()).isEqualTo(1_000);
    assertThat(json.path("stopped").asBoolean()).isTrue();
    assertThat(json.at("/sessions/all").asLong()).isPositive();
    // Labels of records that are decoded ahead do not count.
    Path input = Files.writeString(folder.resolve("labels.jsonl"), "{\"n\":1}\n".repeat(5_000));
    JsonNode labels =
        json(
            files(
                input,
                "--messages.jq",
                "select(.n) | {a: 1, b: 2, ts: 1534327815000, direct: false, labels: {n}}",
                "--limit",
                "10"));
    assertThat(labels.at("/labels/0/messages").asLong()).isEqualTo(10);
  }

  @Test
  void aSignalEndsTheInputAndTheReportIsOfWhatWasRead() {
    List<String> args = List.of("--source.type", "datagen", "--source.datagen.count", "1000");
    Script.Outcome outcome = InProcess.inspect(args, CompletableFuture.completedFuture(130));
    assertThat(outcome.exitCode()).isEqualTo(130);
    assertThat(outcome.out()).contains("stopped after 0 records");
  }

  @Test
  void topicsAreReadToTheirPresentEnd() throws Exception {
    try (TestTopic topic = TestTopic.create(2)) {
      String message = "{\"a\":1,\"b\":%d,\"ts\":\"2018-08-15T1%d:00:00Z\",\"direct\":false}";
      topic.send(0, message.formatted(7, 5));
      topic.send(0, message.formatted(8, 6));
      topic.send(1, message.formatted(9, 0));
      topic.send(1, "no JSON");
      topic.flush();
      JsonNode json = json(List.of(topic.source()));
      assertThat(json.at("/messages/all").asLong()).isEqualTo(3);
      assertThat(json.at("/trouble/0/origin").asText()).isEqualTo(topic.name() + "/1");
      assertThat(json.at("/trouble/0/position").asLong()).isEqualTo(1);
      // Each partition has a watermark of its own.
      assertThat(json.at("/disorder/late/0/messages").asLong()).isZero();
      assertThat(json.at("/disorder/recommended_bound").asText()).isEqualTo("1 s");
      assertThat(json(List.of(topic.source("--limit", "2"))).at("/records/read").asLong())
          .isEqualTo(2);
    }
  }

  @Test
  void aTableIsReadAsItIs() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table tbl (a bigint, b bigint, ts timestamptz, direct boolean)");
      statement.execute(
          "insert into tbl values (1, 7, '2018-08-15 10:00+00', false),"
              + " (2, 7, '2018-08-15 10:05+00', true)");
      String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
      JsonNode json =
          json(
              List.of(
                  "--source.type", "postgres",
                  "--source.postgres.url", url,
                  "--source.postgres.user", "postgres"));
      assertThat(json.at("/messages/all").asLong()).isEqualTo(2);
      assertThat(json.at("/sessions/median_seconds").asDouble()).isEqualTo(300);
      assertThat(json.at("/disorder/sorted_by_the_source").asBoolean()).isTrue();
      try (var tables =
          statement.executeQuery("select count(*) from pg_tables where schemaname = 'public'")) {
        tables.next();
        assertThat(tables.getLong(1)).as("nothing is written").isEqualTo(1);
      }
    }
  }
}
