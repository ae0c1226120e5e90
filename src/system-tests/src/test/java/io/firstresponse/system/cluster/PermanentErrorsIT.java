package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.TransactionPooler;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Permanent errors end a running job without a restart. The command that started it prints one
 * line, which is also the last cause of the failure on the web page.
 */
class PermanentErrorsIT {

  private static final String PASSWORD = "right-8e21";
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  @TempDir static Path folder;

  private static FlinkCluster cluster;

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private TestDatabase database;
  private String user;
  private Path password;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = new FlinkCluster(folder).up(1);
  }

  @AfterAll
  static void endCluster() throws Exception {
    cluster.close();
  }

  @Test
  void aRightThatIsTakenAway() throws Exception {
    endsWith("permission denied for table tbl_result", () -> revoke("insert, update"));
  }

  @Test
  void aTableThatIsDropped() throws Exception {
    endsWith(
        "relation \"public.tbl_result\" does not exist",
        () -> database.execute("drop table tbl_result cascade"));
  }

  @Test
  void aPasswordThatIsChangedAndStaysWrong() throws Exception {
    endsWith(
        "password authentication failed for user",
        () ->
            database.execute(
                "alter role " + user + " password 'another'",
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                    + user
                    + "'"));
  }

  /** This job does not even start. */
  @Test
  void preparedStatementsThroughAPooler() throws Exception {
    create();
    try (TransactionPooler pooler = new TransactionPooler(server.port())) {
      List<String> options = options(EmbeddedPostgresServer.USER);
      options.set(
          options.indexOf("--sink.jdbc.url") + 1,
          database.url(pooler.port()) + "?prepareThreshold=1");
      Outcome outcome = cluster.command(options);
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
      assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
      assertThat(outcome.err())
          .startsWith("sink.jdbc.url: ")
          .contains("take prepareThreshold out of the URL");
    } finally {
      database.close();
    }
  }

  private interface Change {
    void run() throws Exception;
  }

  private void endsWith(String reason, Change change) throws Exception {
    create();
    try {
      assertEnds(options(user), reason, change);
    } finally {
      database.close();
    }
  }

  private void assertEnds(List<String> options, String reason, Change change) throws Exception {
    CompletableFuture<Outcome> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return cluster.command(options);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    Await.until("rows, or its end", FlinkCluster.LIMIT, () -> run.isDone() || rows() > 0);
    change.run();
    Await.until("its end", FlinkCluster.LIMIT, run::isDone);
    Outcome outcome = run.get();
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(1);
    assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.err()).startsWith("The job failed: ").contains(reason);

    Matcher job = JOB_ID.matcher(outcome.out());
    assertThat(job.find()).as("%s", outcome).isTrue();
    cluster.await(job.group(1), "FAILED");
    JsonNode failures =
        cluster
            .rest("/jobs/" + job.group(1) + "/exceptions")
            .get("exceptionHistory")
            .get("entries");
    assertThat(failures).as("no restart").hasSize(1);
    String last =
        failures
            .get(0)
            .get("stacktrace")
            .asText()
            .lines()
            .filter(line -> line.startsWith("Caused by: "))
            .reduce((one, next) -> next)
            .orElseThrow();
    assertThat(last).contains(outcome.err().strip().replace("The job failed: ", ""));
  }

  private long rows() throws Exception {
    return database.count("select count(*) from tbl_result");
  }

  private void create() throws Exception {
    database = TestDatabase.create(ResponseMode.ANY_AGENT);
    String name = database.strings("select current_database()").get(0);
    user = "writer_of_" + name;
    server.createUser(user, PASSWORD);
    Configuration options = database.options("--source.type", "datagen");
    new TableCheck(new ResultDatabase(options), options).run();
    database.execute(
        "grant usage on schema public to " + user,
        "grant select, insert, update, delete on all tables in schema public to " + user);
    password = Files.writeString(folder.resolve(user), PASSWORD);
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
  }

  private void revoke(String rights) {
    database.execute("revoke " + rights + " on tbl_result from " + user);
  }

  private List<String> options(String as) {
    List<String> options =
        new ArrayList<>(List.of("run", "-Dexecution.runtime-mode=STREAMING", "-p", "1"));
    options.addAll(
        List.of(
            database.arguments(
                "--source.type", "datagen",
                "--source.datagen.rate", "500",
                "--source.datagen.event-rate", "500",
                "--event-time.max-out-of-orderness", "1 s",
                "--sink.jdbc.flush-interval", "100 ms",
                "--sink.jdbc.retry-timeout", "3 s",
                "--sink.jdbc.user", as)));
    if (as.equals(user)) {
      options.addAll(List.of("--sink.jdbc.password-file", password.toString()));
    }
    return options;
  }
}
