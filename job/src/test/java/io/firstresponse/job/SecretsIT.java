package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A password that is searched for wherever a job leaves traces: the job graph, the REST interface,
 * checkpoints and savepoints, and the log.
 */
class SecretsIT {

  static final String CANARY = "canary-5e0c9d2f";
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void thePasswordAppearsNowhere() throws Exception {
    EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      String user = "writer_" + ProcessHandle.current().pid();
      server.createUser(user, CANARY);
      database.execute("grant all on schema public to " + user);
      Path password = Files.writeString(folder.resolve("password"), CANARY + "\n");
      Configuration options =
          database.options(
              "--source.type",
              "datagen",
              "--source.datagen.count",
              "0",
              "--source.datagen.rate",
              "2000",
              "--source.datagen.event-rate",
              "1000",
              "--source.datagen.customers",
              "100",
              "--source.datagen.disorder",
              "1 s",
              "--event-time.max-out-of-orderness",
              "1 s",
              "--sink.jdbc.user",
              user,
              "--sink.jdbc.password-file",
              password.toString(),
              "--sink.jdbc.create-tables",
              "true");

      Configuration flink = new Configuration();
      flink.setString("execution.checkpointing.interval", "300 ms");
      flink.setString("execution.checkpointing.num-retained", "1000");
      flink.setString(
          "execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
      int port = freePort();
      flink.setString("rest.port", Integer.toString(port));
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
      env.setParallelism(1);
      FirstResponseJob.define(env, options);
      JobGraph graph = env.getStreamGraph(false).getJobGraph();
      assertClean("job graph", InstantiationUtil.serializeObject(graph));
      assertClean("options", options.toString().getBytes(StandardCharsets.UTF_8));

      JobClient job = env.executeAsync();
      Await.until(
          "rows", SOON, () -> database.count("select count(*) from tbl_result where a > 0") > 0);
      for (String page : restPages("http://localhost:" + port, job)) {
        assertClean("web page", page.getBytes(StandardCharsets.UTF_8));
      }
      // While it runs: at its end Flink deletes them.
      Await.until("a checkpoint", SOON, () -> cleanFiles(folder.resolve("checkpoints")) > 0);
      String savepoint =
          job.stopWithSavepoint(
                  false,
                  folder.resolve("savepoint").toUri().toString(),
                  SavepointFormatType.CANONICAL)
              .get();
      assertThat(savepoint).isNotEmpty();

      assertThat(cleanFiles(folder.resolve("savepoint"))).isPositive();
      assertThat(cleanFiles(Path.of("target/test.log"))).isPositive();
    }
  }

  /** Looks through the files of a folder, and returns how many there were. */
  static int cleanFiles(Path root) throws IOException {
    List<Path> found;
    try (Stream<Path> paths = Files.walk(root)) {
      found = paths.filter(Files::isRegularFile).toList();
    }
    int files = 0;
    for (Path path : found) {
      try {
        assertClean(path.toString(), Files.readAllBytes(path));
        files++;
      } catch (NoSuchFileException e) {
        // Renamed or deleted by Flink meanwhile.
      }
    }
    return files;
  }

  static List<String> restPages(String root, JobClient job) throws Exception {
    List<String> pages = new ArrayList<>();
    try {
      HttpClient http = HttpClient.newHttpClient();
      for (String path :
          List.of("", "/config", "/plan", "/exceptions", "/checkpoints", "/accumulators")) {
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(URI.create(root + "/jobs/" + job.getJobID() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        pages.add(response.body());
      }
    } catch (IOException e) {
      throw new AssertionError(root, e);
    }
    assertThat(String.join("", pages)).contains("sink.jdbc.password-file");
    return pages;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static void assertClean(String where, byte[] bytes) {
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).as(where).doesNotContain(CANARY);
  }
}
