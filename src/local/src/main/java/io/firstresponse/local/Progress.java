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

/** Waits for a job to end and says every few seconds how far it is, and why it was restarted. */
final class Progress {

  /**
   * A failure that a job has had.
   *
   * @param millis when, since 1970
   * @param reason in one line
   */
  record Failure(long millis, String reason) {}

  /** How often to look whether there is a reason not to wait any more. */
  private static final long LOOK_MILLIS = 100;

  private final PrintStream out;
  private final Duration interval;
  private final LongSupplier rowsWritten;
  private final Function<JobID, Optional<Failure>> lastFailure;
  private long saidFailure = Long.MIN_VALUE;

  /**
   * @param rowsWritten rows that the database has taken so far, or a negative number when nobody
   *     knows
   * @param lastFailure the last one that a job has had, if any is known
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
   * Returns when the job has ended well.
   *
   * @throws ExecutionException when it has failed
   */
  JobExecutionResult await(JobClient client) throws ExecutionException, InterruptedException {
    awaitUnless(client, () -> false);
    return client.getJobExecutionResult().get();
  }

  /** Returns when the job has ended, well or not, or when there is a reason not to wait for it. */
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
      // Before the status, which then says whether this failure ends the job.
      Optional<Failure> failure = lastFailure.apply(client.getJobID());
      try {
        counts = client.getAccumulators().get(10, TimeUnit.SECONDS);
        status = client.getJobStatus().get(10, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException | IllegalStateException e) {
        // It may just have ended, and the Flink of this process with it: the result will tell.
        continue;
      }
      if (status == JobStatus.FAILING || status == JobStatus.FAILED) {
        // The result will say why.
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
      // Whoever waits will see.
    }
    return true;
  }

  /** It may have been restarted between two looks, and run again. */
  private void sayRestart(Failure failure) {
    if (failure.millis() > saidFailure) {
      saidFailure = failure.millis();
      out.printf("          restarting: %s%n", failure.reason());
    }
  }
}
