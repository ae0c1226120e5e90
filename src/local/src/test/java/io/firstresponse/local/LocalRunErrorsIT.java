package io.firstresponse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.TransactionPooler;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong while scripts/run-local runs: its words on the console, and its exit code. */
@Timeout(300)
class LocalRunErrorsIT {

  private static final Path SCRIPT = Path.of("../../scripts/run-local");
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String PASSWORD = "right-30fb";

  @TempDir Path folder;

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
  private Process process;

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    database.close();
  }

  @Test
  void aTableThatIsDroppedEndsIt() throws Exception {
    start("--source.datagen.rate", "500");
    awaitRows();
    database.execute("drop table tbl_result cascade");
    assertEndsWith("relation \"public.tbl_result\" does not exist. Create the table");
  }

  @Test
  void aPasswordThatIsChangedAndStaysWrongEndsIt() throws Exception {
    String user = "local_" + database.strings("select current_database()").get(0);
    server.createUser(user, PASSWORD);
    database.execute("grant create on schema public to " + user);
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    start(
        "--source.datagen.rate", "500",
        "--sink.jdbc.user", user,
        "--sink.jdbc.create-tables", "true",
        "--sink.jdbc.password-file", password.toString(),
        "--sink.jdbc.retry-timeout", "3 s");
    awaitRows();
    database.execute(
        "alter role " + user + " password 'another'",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + user + "'");
    assertEndsWith("password authentication failed");
  }

  /** Flink's restarts go on until the time of trouble is over. */
  @Test
  void aRestartSaysItsReason() throws Exception {
    start("--source.datagen.rate", "500", "--source.datagen.count", "6000");
    awaitRows();
    database.execute(
        "create function refuse() returns trigger language plpgsql as"
            + " $$ begin raise exception 'closed for lunch' using errcode = 'XX000'; end $$",
        "create trigger refuse before insert or update on tbl_result"
            + " for each statement execute function refuse()");
    Await.until("a restart", SOON, () -> out().contains("restarting: "));
    assertThat(out().lines().filter(line -> line.contains("restarting: ")))
        .first()
        .asString()
        .contains("tbl_result", "closed for lunch");
    database.execute("drop trigger refuse on tbl_result");
    assertThat(process.waitFor()).isZero();
    assertThat(out()).contains("conservation: true (read 6,000");
  }

  /** With no word about it: no statement outlives its transaction. */
  @Test
  void aPoolerInTransactionModeChangesNothing() throws Exception {
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      start(
          "--source.datagen.rate", "2000",
          "--source.datagen.count", "10000",
          "--sink.jdbc.url", database.url(pooler.port()));
      assertThat(process.waitFor()).as(err()).isZero();
      assertThat(err()).isEmpty();
      assertThat(out()).contains("conservation: true (read 10,000");
      assertThat(database.count("select count(*) from tbl_result")).isPositive();
    }
  }

  private void assertEndsWith(String reason) throws Exception {
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(err().lines()).as(err()).hasSize(1);
    assertThat(err()).startsWith("The job failed: ").contains(reason);
    assertThat(out()).doesNotContain("restarting");
  }

  private void awaitRows() throws Exception {
    Await.until(
        "rows",
        SOON,
        () -> {
          assertThat(process.isAlive()).as(err()).isTrue();
          return database.count("select count(*) from pg_tables where tablename = 'tbl_result'") > 0
              && database.count("select count(*) from tbl_result") > 0;
        });
  }

  /** Starts a job that reads without end, unless its options say otherwise. */
  private void start(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(
        List.of(
            "-Dexecution.runtime-mode=STREAMING",
            "-Dexecution.checkpointing.interval=1 s",
            "-Dparallelism.default=1",
            "--source.type",
            "datagen",
            "--source.datagen.event-rate",
            "500",
            "--event-time.max-out-of-orderness",
            "1 s",
            "--sink.jdbc.flush-interval",
            "100 ms"));
    List<String> given = List.of(options);
    command.addAll(given);
    List<String> usual = List.of(database.arguments());
    for (int i = 0; i < usual.size(); i += 2) {
      if (!given.contains(usual.get(i))) {
        command.addAll(usual.subList(i, i + 2));
      }
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    // What is being built right now is what runs.
    builder.environment().put("FIRST_RESPONSE_BUILT", "true");
    builder.environment().put("FIRST_RESPONSE_HEAP", "1g");
    builder.environment().put(Script.JAVA_OPTIONS, Script.javaOptions());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    process = builder.start();
  }

  private String out() throws Exception {
    return Files.readString(folder.resolve("out"));
  }

  private String err() throws Exception {
    return Files.readString(folder.resolve("err"));
  }
}
