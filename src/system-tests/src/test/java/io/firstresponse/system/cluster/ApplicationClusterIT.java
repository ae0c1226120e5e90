package io.firstresponse.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.testing.MessageJson;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job in application mode: it runs in its JobManager, which ends with it. */
class ApplicationClusterIT {

  private static final int MESSAGES = 50_000;

  @TempDir Path folder;

  @Test
  void filesAreTakenInAndTheClusterEnds() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder);
        TestDatabase database = TestDatabase.create(ResponseMode.ADDRESSED_AGENT)) {
      Workload workload =
          Workload.from(
              JobOptions.parse(
                  database.arguments(
                      "--source.type",
                      "datagen",
                      "--source.datagen.count",
                      Integer.toString(MESSAGES))));
      List<Message> messages = LongStream.range(0, MESSAGES).mapToObj(workload::message).toList();
      Path input = Files.createDirectory(folder.resolve("input"));
      write(input.resolve("1.jsonl"), messages.subList(0, MESSAGES / 3));
      write(input.resolve("2.jsonl"), messages.subList(MESSAGES / 3, MESSAGES));

      // A jar of an earlier start must not run instead.
      Path jar = FlinkCluster.jobJar();
      Path copy = Files.createDirectory(folder.resolve("artifacts")).resolve(jar.getFileName());
      Files.writeString(copy, "of an earlier build");
      List<String> command = cluster.starting("application", 1);
      command.addAll(
          List.of(
              database.arguments(
                  "--source.type", "files", "--source.files.path", input.toString())));
      assertThat(cluster.succeed(command)).startsWith("Starting the JobManager with the job");
      Await.until("its end", FlinkCluster.LIMIT, () -> !cluster.processes().isUp());

      assertThat(copy).hasSameBinaryContentAs(jar);
      database.store(messages.stream());
      assertThat(database.count("select count(*) from tbl_result")).isPositive();
      assertThat(database.differences()).isEmpty();
    }
  }

  @Test
  void aWrongOptionIsOneLine() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder)) {
      List<String> command = cluster.starting("application", 1);
      command.addAll(List.of("--respons-mode", "any-agent"));
      Outcome outcome = cluster.command(command);
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err().lines()).hasSize(1);
      assertThat(outcome.err())
          .contains("There is no option respons-mode. Did you mean response-mode?");
      assertThat(cluster.processes().isUp()).isFalse();
    }
  }

  private static void write(Path file, List<Message> messages) throws Exception {
    Files.write(file, messages.stream().map(MessageJson::of).toList());
  }
}
