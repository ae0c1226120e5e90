package io.firstresponse.system.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactness on real processes: whatever process dies, hangs or restarts, and when the job is
 * rescaled, the tables are those of the window query. A seed determines a schedule of faults; a run
 * that fails prints how to repeat it. {@code scripts/chaos} runs more and longer schedules.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS) // A system property may make the run long.
class ChaosIT {

  @TempDir Path folder;

  @Test
  void tablesAreExactAfterAnySchedule() throws Exception {
    long first = Long.getLong("chaos.first", 108);
    long seeds = Long.getLong("chaos.seeds", 1);
    int faults = Integer.getInteger("chaos.faults", 3);
    try (ChaosStage stage = new ChaosStage(folder)) {
      for (long seed = first; seed < first + seeds; seed++) {
        long start = System.nanoTime();
        try (ChaosRun run = new ChaosRun(seed, stage, System.getProperty("chaos.source"))) {
          run.play(faults, System.getProperty("chaos.fault"));
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          System.out.printf("%d s: %s%n", took.toSeconds(), run);
        }
      }
    }
  }
}
