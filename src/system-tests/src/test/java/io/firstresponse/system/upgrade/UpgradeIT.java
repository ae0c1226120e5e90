package io.firstresponse.system.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster;
import io.firstresponse.system.cluster.TopicFeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code scripts/upgrade} while messages are sent. {@code -Dupgrades=30} runs this number of
 * upgrades in a row, and measures the resources of the cluster after each.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS) // A system property may make the run long.
class UpgradeIT {

  private static final int RATE = 1_000;

  /** The limit includes the start of processes; only a busy machine needs a higher one. */
  private static final Duration LONGEST_GAP =
      Duration.ofSeconds(Long.getLong("upgrade.gap-seconds", 30));

  /** The number of upgrades after which all classes have been loaded. */
  private static final int SETTLED = 5;

  /**
   * The variation of threads and descriptors: pools grow under load, and clients connect and
   * disconnect.
   */
  private static final long SOME = 15;

  /** Class loaders of ended jobs that may still be reachable from an idle thread of a pool. */
  private static final int LINGERING = 2;

  @TempDir Path folder;

  @Test
  void anUpgradeThatFitsOneThatDoesNotAndOneThatIsTakenBack() throws Exception {
    try (FlinkCluster cluster = new FlinkCluster(folder).up(1);
        TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT);
        TestDatabase other = TestDatabase.create(ResponseMode.ANY_AGENT);
        TopicFeed feed = new TopicFeed(database, 0, "--results", "live")) {
      List<String> same = with(FlinkCluster.jobJar().toString(), feed.options());
      feed.flow(RATE);
      String job = cluster.run(feed.options());
      feed.awaitRead(cluster, job, RATE);

      FlinkCluster.Outcome refused =
          upgrade(
              cluster,
              job,
              with(FlinkCluster.jobJar().toString(), feed.options(), "--no.such-option", "1"),
              same);
      assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err().lines()).as("%s", refused).hasSize(2);
      assertThat(refused.err())
          .contains("There is no option no.such-option.", job + " goes on as it was");
      assertThat(cluster.state(job)).isEqualTo("RUNNING");

      try (Freshness freshness = new Freshness(database)) {
        List<Footprint> footprints = new ArrayList<>();
        for (int i = 1; i <= Integer.getInteger("upgrades", 1); i++) {
          freshness.awaitMove();
          freshness.completeStood();
          freshness.newestStood();
          FlinkCluster.Outcome done = upgrade(cluster, job, same, same);
          assertThat(done.exitCode()).as("%s", done).isZero();
          assertThat(cluster.state(job)).isEqualTo("FINISHED");
          job = done.out().strip();
          assertThat(cluster.state(job)).isEqualTo("RUNNING");
          freshness.awaitMove();
          Duration complete = freshness.completeStood();
          Duration newest = freshness.newestStood();
          footprints.add(Footprint.of(cluster, folder, database));
          System.out.printf(
              "upgrade %d: complete_through stood still for %d ms, the newest session for %d ms; %s%n",
              i, complete.toMillis(), newest.toMillis(), footprints.get(i - 1));
          assertThat(complete).isLessThan(LONGEST_GAP);
          assertThat(newest).isLessThan(LONGEST_GAP);
        }
        assertFlat(footprints);
      }

      // It passes the checks of options and tables. Only the state shows that live results cannot
      // become final ones.
      FlinkCluster.Outcome back =
          upgrade(
              cluster.with("UPGRADE_SECONDS", "20"),
              job,
              with(FlinkCluster.jobJar().toString(), feed.options(), "--results", "final"),
              same);
      assertThat(back.exitCode()).as("%s", back).isEqualTo(1);
      assertThat(back.err())
          .contains("savepoint: file:", "runs as before")
          .contains("does not run: The job failed: This checkpoint is of a job with live results");
      job = back.out().strip();

      long messages = feed.finish();
      feed.awaitUsed(cluster, job);
      assertThat(feed.differences()).isEmpty();

      String uninterrupted = cluster.run(feed.optionsInto(other));
      feed.awaitUsed(cluster, uninterrupted);
      assertThat(rows(database)).isEqualTo(rows(other)).hasSizeGreaterThan((int) messages / 10);
    }
  }

  @Test
  void aFlinkThatIsNotThereIsNamed() throws Exception {
    String none = folder.resolve("none").toString();
    FlinkCluster.Outcome outcome =
        upgrade(
            new FlinkCluster(folder).with("FLINK_HOME", none),
            "0".repeat(32),
            List.of("new.jar"),
            List.of("old.jar"));
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).as("%s", outcome).hasSize(1);
    assertThat(outcome.err()).contains("no Flink client at " + none, "FLINK_HOME");
  }

  /**
   * From the fifth upgrade to the last of twenty or more, no resource has grown by more than its
   * usual variation. A leak would be one class loader per upgrade.
   */
  private static void assertFlat(List<Footprint> footprints) throws Exception {
    if (footprints.size() < 4 * SETTLED) {
      return;
    }
    Footprint settled = footprints.get(SETTLED - 1);
    Footprint last = footprints.get(footprints.size() - 1);
    assertThat(last.connections()).isEqualTo(settled.connections());
    // Jars are kept for two minutes, so their number varies.
    assertThat(last.diskBytes() - settled.diskBytes())
        .as("half of a jar an upgrade")
        .isLessThan((footprints.size() - SETTLED) * Files.size(FlinkCluster.jobJar()) / 2);
    settled
        .processes()
        .forEach(
            (name, before) -> {
              Footprint.OfProcess after = last.processes().get(name);
              assertThat(after.jobLoaders())
                  .as("class loaders of jobs in %s", name)
                  .isLessThanOrEqualTo(1 + LINGERING);
              assertThat(after.metaspaceBytes() - before.metaspaceBytes())
                  .as("metaspace of %s", name)
                  .isLessThan((1 + LINGERING) * before.jobLoaderBytes());
              assertThat(after.threads() - before.threads())
                  .as("threads of %s", name)
                  .isLessThan(SOME);
              assertThat(after.descriptors() - before.descriptors())
                  .as("descriptors of %s", name)
                  .isLessThan(SOME);
            });
  }

  /** The rows of the table, without the time of writing. */
  private static List<String> rows(TestDatabase database) throws Exception {
    String columns =
        database
            .strings(
                "select string_agg(column_name, ', ' order by ordinal_position)"
                    + " from information_schema.columns"
                    + " where table_name = 'tbl_result' and column_name <> 'updated_at'")
            .get(0);
    return database.strings("select " + columns + " from tbl_result order by " + columns);
  }

  private static FlinkCluster.Outcome upgrade(
      FlinkCluster cluster, String job, List<String> to, List<String> from) throws Exception {
    List<String> args = new ArrayList<>(List.of(job, "--"));
    args.addAll(to);
    args.add("--");
    args.addAll(from);
    return cluster.script("upgrade", args);
  }

  /** A jar and its options, with some options changed or added. */
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
