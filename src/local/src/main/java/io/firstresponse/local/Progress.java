package io.firstresponse.local;

import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;

/**
 * Waits for the end of a job, and prints its progress every few seconds, and why it was restarted.
 */
final class Progress {

  /**
   * A failure of a job.
   *
   * @param millis its time, in milliseconds since 1970
   * @param reason in one line
   */
  record Failure(long millis, String reason) {}

  /** How often to check whether to wait any longer. */
  private static final long LOOK_MILLIS = 100;

  private final PrintStream out;
  private final Duration interval;
  private final LongSupplier rowsWritten;
  private final Function<JobID, Optional<Failure>> lastFailure;
  private long saidFailure = Long.MIN_VALUE;

  /**
   * @param rowsWritten rows that the database has stored so far; negative if that is not known
   * @param lastFailure the last failure of a job, if there is one
   */
  Progress(
      PrintStream out,
      Duration interval,
      LongSupplier rowsWritten,
      Function<JobID, Optional<Failure>> lastFailure) {
    this.out = out;
    this.interval = interval;
    this.rowsWritten = rowsWritten;
    this.lastFailure = lastFailure;
  }

  /**
   * Returns when the job has finished.
   *
   * @throws ExecutionException when it has failed
   */
  JobExecutionResult await(JobClient client) throws ExecutionException, InterruptedException {
    awaitUnless(client, () -> false);
    return client.getJobExecutionResult().get();
  }

  /** Returns when the job has finished or failed, or when there is a reason not to wait for it. */
  void awaitUnless(JobClient client, BooleanSupplier reason) throws InterruptedException {
    long start = System.nanoTime();
    long lastTime = start;
    long lastRead = 0;
    long lastRows = 0;
    CompletableFuture<JobExecutionResult> result = client.getJobExecutionResult();
    while (!hasEnded(result) && !reason.getAsBoolean()) {
      if (System.nanoTime() - lastTime < interval.toNanos()) {
        continue;
      }
      Map<String, Object> counts;
      JobStatus status;
      // Read before the status, so that the status shows whether this failure ends the job.
      Optional<Failure> failure = lastFailure.apply(client.getJobID());
      try {
        counts = client.getAccumulators().get(10, TimeUnit.SECONDS);
        status = client.getJobStatus().get(10, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException | IllegalStateException e) {
        // The job may have ended just now, and the Flink of this process with it: see its result.
        continue;
      }
      if (status == JobStatus.FAILING || status == JobStatus.FAILED) {
        // The result has the reason.
        continue;
      }
      failure.ifPresent(this::sayRestart);
      if (status == JobStatus.RESTARTING) {
        continue;
      }
      long now = System.nanoTime();
      double seconds = (now - lastTime) / 1e9;
      long read = Conservation.value(counts, Count.READ);
      long rows = rowsWritten.getAsLong();
      out.printf(
          "%6.0f s  messages %,d (%,.0f/s)  final sessions %,d  answered %,d  late %,d  dead letters %,d%s%n",
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

  private static boolean hasEnded(CompletableFuture<?> result) throws InterruptedException {
    try {
      result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // The caller gets it from the result.
    }
    return true;
  }

  /** Prints a failure once. The job may have been restarted since the last check, and run again. */
  private void sayRestart(Failure failure) {
    if (failure.millis() > saidFailure) {
      saidFailure = failure.millis();
      out.printf("          restarting: %s%n", failure.reason());
    }
  }
}
