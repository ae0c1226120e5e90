package io.firstresponse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.TestDatabase;
import io.firstresponse.job.domain.ResponseMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/upgrade} with messages flowing. */
class UpgradeIT {

  private static final long MESSAGES = 40_000;

  @TempDir Path folder;

  @Test
  void anUpgradeThatFitsOneThatDoesNotAndOneThatIsTakenBack() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder).up(1).with("UPGRADE_SECONDS", "20");
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TopicFeed feed = new TopicFeed(database, MESSAGES, "--results", "live")) {
      List<String> same = with(jar(), feed.options());
      feed.sendUpTo(MESSAGES / 4);
      String first = cluster.run(feed.options());
      feed.awaitRead(cluster, first, MESSAGES / 4);

      FlinkCluster.Outcome refused =
          upgrade(cluster, first, with(jar(), feed.options(), "--no.such-option", "1"), same);
      assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err()).contains("no.such-option", first + " goes on as it was");
      assertThat(cluster.state(first)).isEqualTo("RUNNING");

      feed.sendUpTo(MESSAGES / 2);
      FlinkCluster.Outcome done = upgrade(cluster, first, same, same);
      assertThat(done.exitCode()).as("%s", done).isZero();
      assertThat(cluster.state(first)).isEqualTo("FINISHED");
      String second = done.out().strip();
      assertThat(cluster.state(second)).isEqualTo("RUNNING");

      // It fits options and tables: that live results cannot become final ones the state tells.
      feed.sendUpTo(MESSAGES * 3 / 4);
      FlinkCluster.Outcome back =
          upgrade(cluster, second, with(jar(), feed.options(), "--results", "final"), same);
      assertThat(back.exitCode()).as("%s", back).isEqualTo(1);
      assertThat(back.err()).contains("savepoint: file:", "runs as before");

      feed.sendUpTo(MESSAGES);
      feed.awaitUsed(cluster, back.out().strip());
      assertThat(feed.differences()).isEmpty();
    }
  }

  private static FlinkCluster.Outcome upgrade(
      FlinkCluster cluster, String job, List<String> to, List<String> from) throws Exception {
    List<String> args = new ArrayList<>(List.of(job, "--"));
    args.addAll(to);
    args.add("--");
    args.addAll(from);
    return cluster.script("upgrade", args);
  }

  private static String jar() throws Exception {
    try (Stream<Path> jars = Files.list(Path.of("../../job/target"))) {
      return jars.map(path -> path.toAbsolutePath().normalize().toString())
          .filter(path -> path.matches(".*/first-response-job-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** A jar and its options; one of them with another value, or one more. */
  private static List<String> with(String jar, List<String> options, String... changed) {
    List<String> all = new ArrayList<>(List.of(jar));
    all.addAll(options);
    for (int i = 0; i < changed.length; i += 2) {
      int at = all.indexOf(changed[i]);
      if (at < 0) {
        all.addAll(List.of(changed[i], changed[i + 1]));
      } else {
        all.set(at + 1, changed[i + 1]);
      }
    }
    return all;
  }
}
