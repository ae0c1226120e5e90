package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster.Outcome;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged job on a cluster of processes, controlled by the commands of {@code
 * scripts/cluster}.
 */
class SessionClusterIT {

  private static final long MESSAGES = 60_000;

  @TempDir Path folder;

  @Test
  void savepointsRescalingAndADeadTaskManagerLeaveTheRowsExact() throws Exception {
    try (FlinkCluster cluster =
            new FlinkCluster(folder).up(2, "-Dtaskmanager.numberOfTaskSlots=1");
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      List<String> options = options(database);
      String first = cluster.run(with(List.of("-Dexecution.runtime-mode=STREAMING"), options));
      Await.until("rows", FlinkCluster.LIMIT, () -> rows(database) > 0);
      assertThat(cluster.succeed(List.of("list"))).contains(first, "(RUNNING)");
      String savepoint = cluster.stop(first);
      cluster.await(first, "FINISHED");
      long rowsOfFirst = rows(database);

      String second =
          cluster.run(
              with(
                  List.of("-Dexecution.runtime-mode=STREAMING", "-s", savepoint, "-p", "2"),
                  options));
      Await.until(
          "more rows, and a checkpoint",
          FlinkCluster.LIMIT,
          () -> rows(database) > rowsOfFirst && cluster.checkpoints(second) > 0);
      cluster.processes().taskManagers().get(0).kill();
      // Each TaskManager has one slot and the job needs two, so it waits for another TaskManager.
      Await.until("a failure", FlinkCluster.LIMIT, () -> cluster.failures(second) > 0);
      assertThat(cluster.succeed(List.of("status"))).contains("taskmanager-1", "is dead");
      assertThat(cluster.succeed(List.of("up", "2"))).contains("taskmanager-3");
      cluster.await(second, "FINISHED");

      // Counts are kept across savepoints and failures.
      assertThat(Conservation.of(cluster.counts(second)))
          .isEqualTo(new Conservation(MESSAGES, MESSAGES, 0, 0, 0));
      Workload workload = Workload.from(JobOptions.parse(options.toArray(String[]::new)));
      database.store(LongStream.range(0, MESSAGES).mapToObj(workload::message));
      assertThat(database.differences()).isEmpty();
      assertThat(database.count("select count(*) from tbl_late")).isZero();
      assertThat(database.count("select count(*) from tbl_dead_letter")).isZero();
    }
  }

  @Test
  void commandsSayWhatIsWrong() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder)) {
      assertOneLine(cluster.command(List.of("list")), 1, "No cluster is up");
      assertThat(cluster.command(List.of("status"))).isEqualTo(new Outcome(1, "Down.\n", ""));
      assertThat(cluster.succeed(List.of("down"))).isEqualTo("Nothing was up.\n");
      try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        assertOneLine(
            cluster.command(List.of("up", "-Drest.port=" + taken.getLocalPort())),
            1,
            "Port " + taken.getLocalPort() + " is taken");
      }

      cluster.up(1, cluster.metrics());
      Outcome again = cluster.command(cluster.starting("up", 1));
      assertOneLine(again, 1, "is up already");
      assertThat(cluster.succeed(List.of("up")))
          .contains("jobmanager")
          .doesNotContain("taskmanager-2");
      assertOneLine(
          cluster.command(List.of("run", "-d", "--respons-mode", "any-agent")),
          1,
          "There is no option respons-mode. Did you mean response-mode?");
      assertOneLine(
          cluster.command(
              List.of(
                  "run",
                  "-d",
                  "--source.type",
                  "datagen",
                  "--sink.jdbc.url",
                  "jdbc:postgresql://127.0.0.1:1/none",
                  "--sink.jdbc.user",
                  "nobody")),
          1,
          "sink.jdbc.url: postgresql://127.0.0.1:1/none as user nobody: ");
      assertOneLine(
          cluster.command(List.of("stop", "--drain", "0".repeat(32))), 1, "Not with --drain");
      assertThat(metrics(cluster)).contains("flink_jobmanager_taskSlotsTotal");

      ClusterProcess jobManager = cluster.processes().jobManager();
      ClusterProcess taskManager = cluster.processes().taskManagers().get(0);
      cluster.hold(taskManager);
      Await.until(
          "the JobManager to miss it",
          FlinkCluster.LIMIT,
          () -> cluster.rest("/taskmanagers").get("taskmanagers").isEmpty());
      cluster.letGo(taskManager);
      Await.until(
          "it to come back",
          FlinkCluster.LIMIT,
          () -> cluster.rest("/taskmanagers").get("taskmanagers").size() == 1);

      assertThat(cluster.succeed(List.of("down"))).contains(jobManager.name(), taskManager.name());
      assertThat(List.of(jobManager, taskManager)).noneMatch(ClusterProcess::isAlive);
    }
  }

  private static String metrics(FlinkCluster cluster) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + cluster.metricsPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void assertOneLine(Outcome outcome, int exitCode, String beginning) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(exitCode);
    assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.err()).contains(beginning);
  }

  private static List<String> options(TestDatabase database) {
    return List.of(
        database.arguments(
            "--source.type", "datagen",
            "--source.datagen.count", Long.toString(MESSAGES),
            // So slow that the job still runs when its TaskManager is killed.
            "--source.datagen.rate", "1500",
            "--source.datagen.event-rate", "1000",
            "--source.datagen.customers", "500",
            "--source.datagen.agents", "5",
            "--source.datagen.disorder", "10 s",
            "--source.datagen.duplicates", "0.02",
            "--event-time.max-out-of-orderness", "10 s",
            "--sink.jdbc.flush-interval", "200 ms"));
  }

  private static long rows(TestDatabase database) throws Exception {
    return database.count("select count(*) from tbl_result");
  }

  private static List<String> with(List<String> flinkOptions, List<String> options) {
    List<String> all = new ArrayList<>(flinkOptions);
    all.addAll(options);
    return all;
  }
}
