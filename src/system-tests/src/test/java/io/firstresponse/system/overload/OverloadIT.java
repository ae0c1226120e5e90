package io.firstresponse.system.overload;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.connectors.postgres.FaultProxy;
import io.firstresponse.system.cluster.FlinkCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * More messages than the database accepts, on real processes with a heap of 96 MB. The job applies
 * backpressure to its input, checkpoints complete, memory stays within the formula of {@code
 * production.md}, and the tables are exact. The database is slowed by a slow connection.
 *
 * <p>This takes minutes, so it runs only with {@code -Doverload.seconds=60}, the length of the
 * burst. {@code -Doverload.results=final} or {@code live} selects the results, and with {@code
 * -Doverload.debloat=true} Flink buffers fewer messages between tasks.
 */
@EnabledIfSystemProperty(named = "overload.seconds", matches = "[1-9][0-9]*")
@Timeout(value = 1, unit = TimeUnit.DAYS) // A system property may make the run long.
class OverloadIT {

  private static final String HEAP = "96m";
  private static final int SECONDS = Integer.getInteger("overload.seconds", 0);
  private static final int HOUR = 3_600;

  @TempDir static Path folder;

  private static FlinkCluster cluster;
  private static FaultProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    proxy = new FaultProxy(EmbeddedPostgresServer.shared().port());
    cluster =
        new FlinkCluster(folder)
            .up(
                1,
                "-Dtaskmanager.numberOfTaskSlots=1",
                // No process dies in this test, and none must be declared dead on a busy machine.
                "-Dheartbeat.timeout=50 s",
                "-Denv.java.opts.taskmanager=-XX:+UseParallelGC -Xms" + HEAP + " -Xmx" + HEAP,
                "-Dtaskmanager.network.memory.buffer-debloat.enabled="
                    + Boolean.getBoolean("overload.debloat"),
                "-Dmetrics.fetcher.update-interval=500 ms",
                "-Dweb.refresh-interval=500 ms");
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    if (proxy != null) {
      proxy.close();
    }
  }

  @Test
  void aBurst() throws Exception {
    int rate = 25_000;
    try (OverloadRun run =
        new OverloadRun(cluster, proxy, results("live"), rate, Duration.ofSeconds(2))) {
      run.start();
      // Final results have fewer rows.
      run.slowDatabase(Duration.ofMillis(results("live").equals("live") ? 150 : 400));
      run.sendFor(Duration.ofSeconds(SECONDS), place -> (int) (place % OverloadRun.PARTITIONS));
      run.underPressure();
      run.assertTimesOverCapacity(10);
      proxy.pass();
      run.catchUp();
    }
  }

  /**
   * One partition has the first of two hours, the others the second. They are read at the same
   * time, and messages of the second hour wait for the first.
   */
  @Test
  void aPartitionAnHourBehind() throws Exception {
    int rate = 50;
    try (OverloadRun run =
        new OverloadRun(cluster, proxy, results("final"), rate, Duration.ofMinutes(1))) {
      run.send(
          2L * HOUR * rate,
          place ->
              place < (long) HOUR * rate ? 0 : 1 + (int) (place % (OverloadRun.PARTITIONS - 1)));
      run.start();
      run.slowDatabase(Duration.ofMillis(150));
      run.underPressure();
      run.assertWaitingAtMost(Duration.ofMinutes(5));
      proxy.pass();
      run.catchUp();
    }
  }

  private static String results(String otherwise) {
    return System.getProperty("overload.results", otherwise);
  }
}
