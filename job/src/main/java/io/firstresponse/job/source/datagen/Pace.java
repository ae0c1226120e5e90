package io.firstresponse.job.source.datagen;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Says which messages are due by the wall clock. Message {@code i} is due {@code (i - first) /
 * rate} seconds after the beginning, whatever happened in between: a reader that was held up
 * catches up. Not thread-safe.
 */
final class Pace implements AutoCloseable {

  /** Time that passes; tests put in their own. */
  interface Clock extends AutoCloseable {

    /** Nanoseconds since some fixed moment. */
    long nanos();

    /** A future that completes after so many nanoseconds, in some other thread. */
    CompletableFuture<Void> after(long nanos);

    @Override
    void close();
  }

  /** Shorter waits would cost more than they even out. */
  static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final double rate;
  private final Clock clock;
  private boolean begun;
  private long first;
  private long beginning;

  /**
   * Paces messages.
   *
   * @param rate messages per second, of all splits together; 0: every message is due at once
   */
  Pace(double rate, Clock clock) {
    this.rate = rate;
    this.clock = clock;
  }

  /** Makes message {@code first} due now; later calls change nothing. */
  void begin(long first) {
    if (!begun && rate > 0) {
      begun = true;
      this.first = first;
      beginning = clock.nanos();
    }
  }

  /** The last message that is due. */
  long reached() {
    return rate > 0 ? first + (long) ((clock.nanos() - beginning) * rate / 1e9) : Long.MAX_VALUE;
  }

  /** Completes when message {@code i} is due, or a little later. */
  CompletableFuture<Void> until(long i) {
    double wait = (i - first) * 1e9 / rate - (clock.nanos() - beginning);
    return clock.after(Math.max(SHORTEST_WAIT_NANOS, (long) Math.ceil(wait)));
  }

  @Override
  public void close() {
    clock.close();
  }

  /**
   * The machine's clock. Its timer thread is its own and ends with the reader: one of the JVM's
   * would keep the class loader of the first job that used it.
   */
  static final class MachineClock implements Clock {

    private ScheduledExecutorService timer;

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public CompletableFuture<Void> after(long nanos) {
      if (timer == null) {
        timer =
            Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "datagen-pace");
                  thread.setDaemon(true);
                  return thread;
                });
      }
      CompletableFuture<Void> future = new CompletableFuture<>();
      // Completing a future does not fail, so nobody needs to look at the task's own.
      ScheduledFuture<?> unused =
          timer.schedule(() -> future.complete(null), nanos, TimeUnit.NANOSECONDS);
      return future;
    }

    @Override
    public void close() {
      if (timer != null) {
        timer.shutdownNow();
      }
    }
  }
}
