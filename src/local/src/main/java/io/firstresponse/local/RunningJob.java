package io.firstresponse.local;

import io.firstresponse.job.RunOutcome;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.tally.Conservation;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.FlinkException;

/** A job of {@code scripts/run-local}, and the ways in which it ends. */
final class RunningJob {

  private static final int DONE = 0;
  private static final int LOST = 1;

  private static final Duration PROGRESS = Duration.ofSeconds(5);
  private static final long ANSWER_SECONDS = 10;

  /** A savepoint fails when a task does: the job goes on from its last checkpoint, and so do we. */
  private static final int STOPS = 60;

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final JobClient client;
  private final Configuration options;
  private final CompletableFuture<Integer> signal;
  private final PrintStream out;
  private final Progress progress;

  /**
   * @param signal is completed, with an exit code, when the process is asked to end
   */
  RunningJob(
      LocalFlink flink,
      JobClient client,
      Configuration options,
      CompletableFuture<Integer> signal,
      PrintStream out) {
    this.client = client;
    this.options = options;
    this.signal = signal;
    this.out = out;
    this.progress = new Progress(out, PROGRESS, () -> -1, flink::lastFailure);
  }

  /**
   * Waits for the end of the input, and returns the exit code.
   *
   * @throws ExecutionException when the job has failed
   */
  int untilItsEnd() throws ExecutionException, InterruptedException {
    progress.awaitUnless(client, signal::isDone);
    CompletableFuture<JobExecutionResult> result = client.getJobExecutionResult();
    if (result.isDone()) {
      return report(result.get(), "", DONE);
    }
    Map<String, Object> counts = Map.of();
    try {
      counts = client.getAccumulators().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      client.cancel().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      result.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      // It has ended, or ends with the process.
    }
    Conservation conservation = Conservation.of(counts);
    out.printf(
        "stopped before the end, not complete: read %,d messages, used %,d, ignored %,d, late %,d, dead %,d, waiting %,d%n",
        conservation.read(),
        conservation.used(),
        conservation.ignored(),
        conservation.late(),
        conservation.dead(),
        conservation.waiting());
    return signal.join();
  }

  /**
   * Waits until there is nothing more to read, or a signal comes, stops the job with a savepoint,
   * and returns the exit code.
   *
   * @param ends whether the job is to be stopped when all files have been read
   * @throws ExecutionException when the job has failed
   */
  int withState(StateFolder state, boolean ends) throws ExecutionException, InterruptedException {
    RunMetrics.OfJob metrics = RunMetrics.of(client.getJobID());
    // What waits is in the tables too, as not final, before the job is stopped.
    boolean live = options.get(ResultOptions.RESULTS) == ResultOptions.Results.LIVE;
    CompletableFuture<JobExecutionResult> result = client.getJobExecutionResult();
    for (int stop = 0; stop < STOPS; stop++) {
      progress.awaitUnless(
          client,
          () -> {
            state.keepOnlyOnceItHasCheckpoints(client.getJobID());
            return signal.isDone()
                || (ends && metrics.allFilesRead() && (!live || metrics.allPublished()));
          });
      boolean complete = !ends || metrics.allFilesRead();
      CompletableFuture<String> savepoint = stop(state);
      progress.awaitUnless(client, savepoint::isCompletedExceptionally);
      if (result.isDone()) {
        JobExecutionResult stopped = result.get();
        try {
          String path = savepoint.get(ANSWER_SECONDS, TimeUnit.SECONDS);
          state.keepOnly(Path.of(URI.create(path)));
        } catch (ExecutionException | TimeoutException e) {
          // It is there. The next run finds it, and deletes the others.
        }
        Conservation conservation = Conservation.of(stopped.getAllAccumulatorResults());
        out.printf(
            "this run: read %,d messages; %,d wait in %s for what follows%n",
            conservation.read() - metrics.readBefore(), conservation.waiting(), state);
        if (!complete) {
          out.println("stopped before the end of the files: the same command goes on");
        }
        return report(stopped, "all runs: ", complete ? DONE : signal.join());
      }
      long next = System.nanoTime() + PAUSE_NANOS;
      progress.awaitUnless(client, () -> System.nanoTime() - next >= 0);
    }
    throw new ExecutionException(
        new FlinkException(
            "it could not be stopped with a savepoint; the next run goes on from its last checkpoint"));
  }

  private CompletableFuture<String> stop(StateFolder state) {
    try {
      return client.stopWithSavepoint(
          false, state.savepoints().toUri().toString(), SavepointFormatType.CANONICAL);
    } catch (IllegalStateException e) {
      // The job has failed, and its cluster has ended.
      return CompletableFuture.failedFuture(e);
    }
  }

  private int report(JobExecutionResult result, String of, int exitCode) {
    RunOutcome outcome = RunOutcome.of(result.getAllAccumulatorResults(), options);
    outcome.deadLetters().forEach(out::println);
    out.println(of + outcome.conservation());
    outcome.failure().ifPresent(out::println);
    return outcome.conservation().holds() && outcome.failure().isEmpty() ? exitCode : LOST;
  }
}
