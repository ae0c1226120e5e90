package io.firstresponse.benchmarks.setup;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures how many cores this JVM and PostgreSQL keep busy, from construction to {@link #stop}.
 */
public final class CpuMeter {

  /** Average numbers of busy cores. */
  public record Cores(double flink, double postgres) {}

  private static final long LOOK_MILLIS = 100;

  private final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final ProcessHandle postgres;
  // The CPU time of a server process is lost when it ends, so each is read while it runs.
  private final Map<Long, Long> before = new HashMap<>();
  private final Map<Long, Long> latest = new HashMap<>();
  private final long start = System.nanoTime();
  private final long ownBefore = machine.getProcessCpuTime();
  private final Thread thread = new Thread(this::look, "cpu-meter");

  public CpuMeter(Postgres postgres) throws IOException, SQLException {
    this.postgres = postgres.process();
    read(before);
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(LOOK_MILLIS);
        read(latest);
      }
    } catch (InterruptedException e) {
      // The meter was stopped.
    }
  }

  private void read(Map<Long, Long> nanos) {
    postgres
        .descendants()
        .forEach(
            process ->
                process
                    .info()
                    .totalCpuDuration()
                    .map(Duration::toNanos)
                    .ifPresent(cpu -> nanos.put(process.pid(), cpu)));
  }

  public Cores stop() throws InterruptedException {
    thread.interrupt();
    thread.join();
    read(latest);
    double nanos = System.nanoTime() - start;
    long used = 0;
    for (Map.Entry<Long, Long> process : latest.entrySet()) {
      used += process.getValue() - before.getOrDefault(process.getKey(), 0L);
    }
    return new Cores((machine.getProcessCpuTime() - ownBefore) / nanos, used / nanos);
  }
}
