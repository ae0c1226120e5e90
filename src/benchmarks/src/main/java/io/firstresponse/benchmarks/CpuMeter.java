package io.firstresponse.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Measures how many cores this JVM and PostgreSQL keep busy, from its making to {@link #stop}. */
final class CpuMeter {

  /** Cores busy on average. */
  record Cores(double flink, double postgres) {}

  private static final long LOOK_MILLIS = 100;

  private final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final ProcessHandle postgres;
  // A server process takes its time with it when it ends, so each is looked at while it runs.
  private final Map<Long, Long> before = new HashMap<>();
  private final Map<Long, Long> latest = new HashMap<>();
  private final long start = System.nanoTime();
  private final long ownBefore = machine.getProcessCpuTime();
  private final Thread thread = new Thread(this::look, "cpu-meter");

  CpuMeter(Postgres postgres) throws IOException, SQLException {
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
      // Told to end.
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

  Cores stop() throws InterruptedException {
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
