package io.firstresponse.local;

import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;

/** Waits for a job to end and says every few seconds how far it is. */
final class Progress {

  private final PrintStream out;
  private final Duration interval;
  private final LongSupplier rowsWritten;

  /**
   * @param rowsWritten rows that the database has taken so far, or a negative number when nobody
   *     knows
   */
  Progress(PrintStream out, Duration interval, LongSupplier rowsWritten) {
    this.out = out;
    this.interval = interval;
    this.rowsWritten = rowsWritten;
  }

  /**
   * Returns when the job has ended well.
   *
   * @throws ExecutionException when it has failed
   */
  JobExecutionResult await(JobClient client) throws ExecutionException, InterruptedException {
    long start = System.nanoTime();
    long lastTime = start;
    long lastRead = 0;
    long lastRows = 0;
    boolean restarting = false;
    CompletableFuture<JobExecutionResult> result = client.getJobExecutionResult();
    while (true) {
      try {
        return result.get(interval.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // Still running.
      }
      Map<String, Object> counts;
      JobStatus status;
      try {
        counts = client.getAccumulators().get(10, TimeUnit.SECONDS);
        status = client.getJobStatus().get(10, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // It may just have ended: the result will tell.
        continue;
      }
      if (status == JobStatus.RESTARTING || status == JobStatus.FAILING) {
        if (!restarting) {
          out.println("          restarting from the last checkpoint; the log says why");
        }
        restarting = true;
        continue;
      }
      restarting = false;
      long now = System.nanoTime();
      double seconds = (now - lastTime) / 1e9;
      long read = Conservation.value(counts, Count.READ);
      long rows = rowsWritten.getAsLong();
      out.printf(
          "%6.0f s  messages %,d (%,.0f/s)  sessions %,d  answered %,d  late %,d  dead letters %,d%s%n",
          (now - start) / 1e9,
          read,
          Math.max(0, read - lastRead) / seconds,
          Conservation.value(counts, Count.OPENED),
          Conservation.value(counts, Count.ANSWERED),
          Conservation.value(counts, Count.LATE),
          Conservation.value(counts, Count.DEAD),
          rows < 0 ? "" : "  rows %,.0f/s".formatted(Math.max(0, rows - lastRows) / seconds));
      lastTime = now;
      lastRead = read;
      lastRows = rows;
    }
  }
}
