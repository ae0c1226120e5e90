package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/run-local as a user runs it: a process, its words, its exit code, and the table. */
class LocalRunIT {

  @TempDir Path folder;

  @Test
  void boundedInputEndsWellWithItsRowsWritten() throws Exception {
    Path input = folder.resolve("chat.csv");
    Files.write(
        input,
        List.of(
            "sent,customer,agent,from_agent,text",
            "2018-08-15 10:10:15+08,7,1,f,\"hello,\nanyone?\"",
            "2018-08-15 10:18:10+08,7,2,t,yes",
            "what is this",
            "2018-08-15 10:15:20+08,7,1,f,still there"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
      List<String> args =
          new ArrayList<>(
              List.of(
                  "--source.type", "files",
                  "--source.files.path", input.toString(),
                  "--messages.field.a", "agent",
                  "--messages.field.b", "customer",
                  "--messages.field.ts", "sent",
                  "--messages.field.direct", "from_agent",
                  "--sink.jdbc.url",
                      "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                  "--sink.jdbc.user", "postgres"));

      Script.Outcome missing = Script.runLocal(folder, args);
      assertThat(missing.exitCode()).isEqualTo(2);
      assertThat(missing.err())
          .startsWith("sink.jdbc.schema: schema public")
          .contains("--sink.jdbc.create-tables");

      args.addAll(List.of("--sink.jdbc.create-tables", "true"));
      Script.Outcome outcome = Script.runLocal(folder, args);
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out())
          .contains("conservation: true (read 4 = used 3 + ignored 0 + late 0 + dead 1)");
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "select b, a, asked_a, extract(epoch from a_ts - b_ts)::int from tbl_result")) {
        assertThat(row.next()).isTrue();
        assertThat(IntStream.rangeClosed(1, 4).mapToObj(i -> value(row, i)))
            .containsExactly(7L, 2L, 1L, 475L);
        assertThat(row.next()).isFalse();
      }

      Script.Outcome again = Script.runLocal(folder, args);
      assertThat(again.exitCode()).isEqualTo(2);
      assertThat(again.err())
          .hasLineCount(1)
          .contains("have rows of another run", "run-local --state DIR", "sink.start-over true");
      args.add("--start-over");
      Script.Outcome over = Script.runLocal(folder, args);
      assertThat(over.err()).isEmpty();
      assertThat(over.exitCode()).isZero();
      assertThat(over.out())
          .contains("tbl_result 1, tbl_late 0, tbl_correction 0, tbl_dead_letter 1")
          .contains("conservation: true (read 4 = used 3 + ignored 0 + late 0 + dead 1)");
    }
  }

  /** Until the rows are written, or somebody settles them. */
  @Test
  void refusedRowsAreNoSuccess() throws Exception {
    Path input = folder.resolve("chat.csv");
    Files.write(
        input,
        List.of(
            "a,b,ts,direct",
            "1,7,2018-08-15 10:10:15,false",
            "2,7,2018-08-15 10:18:10,true",
            "1,8,2018-08-15 10:12:00,false"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      List<String> args =
          List.of(
              "--source.type", "files",
              "--source.files.path", input.toString(),
              "--sink.jdbc.url", "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
              "--sink.jdbc.user", "postgres",
              "--sink.jdbc.create-tables", "true");
      assertThat(InProcess.runLocal(args).exitCode()).isZero();
      statement.execute("truncate tbl_result, tbl_writer");
      statement.execute("alter table tbl_result add column note text not null");
      for (int run = 0; run < 2; run++) {
        Script.Outcome outcome = InProcess.runLocal(args);
        assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines().toList())
            .as("its last lines")
            .endsWith(
                "conservation: true (read 3 = used 3 + ignored 0 + late 0 + dead 0)",
                "not complete: 2 rows refused by tbl_result; see tbl_dead_letter of schema public"
                    + " where reason in ('refused') and settled_at is null. Mend the cause and read"
                    + " the same input again with sink.take-over true, or set settled_at.");
        assertThat(value(statement, "select count(*) from tbl_dead_letter")).isEqualTo("2");
        assertThat(value(statement, "select complete_through from data_complete_through"))
            .startsWith("2018-08-15 10:10:14.999999");
      }
      // Somebody decides on one, and the other one can be written.
      statement.execute(
          "update tbl_dead_letter set settled_at = now()"
              + " where reason = 'refused' and settled_at is null and origin like '% b=7'");
      assertThat(value(statement, "select complete_through from data_complete_through"))
          .startsWith("2018-08-15 10:11:59.999999");
      Script.Outcome once = InProcess.runLocal(args);
      assertThat(once.out())
          .as("%s", once)
          .contains("\nnot complete: 1 row refused by tbl_result;");
      statement.execute("alter table tbl_result drop column note");
      Script.Outcome mended = InProcess.runLocal(args);
      assertThat(mended.exitCode()).as("%s", mended).isZero();
      assertThat(mended.out())
          .endsWith("conservation: true (read 3 = used 3 + ignored 0 + late 0 + dead 0)\n");
      assertThat(value(statement, "select complete_through from data_complete_through"))
          .isEqualTo("infinity");
    }
  }

  @Test
  void inputWithoutOneMessageIsNoSuccess() throws Exception {
    Path input = folder.resolve("webhook.jsonl");
    Files.write(input, List.of("{\"event\": \"message_created\"}", "{\"event\": \"closed\"}"));
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
      List<String> args =
          new ArrayList<>(
              List.of(
                  "--source.type", "files",
                  "--source.files.path", input.toString(),
                  "--sink.jdbc.url",
                      "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                  "--sink.jdbc.user", "postgres",
                  "--sink.jdbc.create-tables", "true"));
      Script.Outcome outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
      assertThat(outcome.out())
          .endsWith(
              "conservation: true (read 2 = used 0 + ignored 0 + late 0 + dead 2)\n"
                  + "nothing usable: not one of 2 records is a message; reason and detail are in"
                  + " tbl_dead_letter.\n");
      args.set(3, empty.toString());
      assertThat(InProcess.runLocal(args).exitCode()).as("nothing was read").isZero();

      // Seconds, taken for milliseconds.
      Path seconds = folder.resolve("seconds.jsonl");
      Files.write(
          seconds,
          List.of(
              "{\"a\":1,\"b\":7,\"ts\":1534327815,\"direct\":false}",
              "{\"a\":2,\"b\":7,\"ts\":1534328290,\"direct\":true}"));
      args.set(3, seconds.toString());
      Script.Outcome early = InProcess.runLocal(args);
      assertThat(early.exitCode()).as("%s", early).isEqualTo(1);
      assertThat(early.out().lines().toList().get((int) early.out().lines().count() - 1))
          .startsWith("unlikely times: all 2 messages are from before 1990.")
          .contains("messages.epoch-unit");
      args.addAll(List.of("--messages.epoch-unit", "seconds", "--sink.jdbc.schema", "meant"));
      assertThat(InProcess.runLocal(args).exitCode()).isZero();
    }
  }

  @Test
  void aWrongOptionIsOneLineAndExitCode2() throws Exception {
    for (List<String> args :
        List.of(
            List.of("--respons-mode", "any-agent"),
            List.of("--source.type", "kafka"),
            List.of("--source.type", "datagen"),
            List.of(
                "--source.type", "kafka",
                "--source.kafka.bootstrap-servers", "127.0.0.1:1",
                "--source.kafka.topics", "messages",
                "--source.kafka.check-timeout", "1 s",
                "--sink.jdbc.url", "jdbc:postgresql://127.0.0.1:1/none",
                "--sink.jdbc.user", "nobody"),
            List.of(
                "--source.type", "files",
                "--source.files.path", folder.resolve("none.jsonl").toString(),
                "--sink.jdbc.url", "jdbc:postgresql://127.0.0.1:1/none",
                "--sink.jdbc.user", "nobody"),
            List.of(
                "--source.type", "datagen",
                "--sink.jdbc.url", "jdbc:postgresql://127.0.0.1:1/none",
                "--sink.jdbc.user", "nobody"))) {
      Script.Outcome outcome = InProcess.runLocal(args);
      assertThat(outcome.exitCode()).as("%s", args).isEqualTo(2);
      assertThat(outcome.err().lines()).as("%s", args).hasSize(1);
      assertThat(outcome.out()).as("%s", args).isEmpty();
    }
  }

  private static String value(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private static long value(ResultSet row, int column) {
    try {
      return row.getLong(column);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
