package io.firstresponse.job.source.datagen;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Limits the rate of messages. Message {@code i} is due {@code (i - first) / rate} seconds after
 * the start, so that a reader catches up after a delay. Not thread-safe.
 */
final class Pace implements AutoCloseable {

  /** A clock, which tests replace. */
  interface Clock extends AutoCloseable {

    /** Nanoseconds since a fixed moment. */
    long nanos();

    /** A future that another thread completes after so many nanoseconds. */
    CompletableFuture<Void> after(long nanos);

    @Override
    void close();
  }

  /** The shortest wait; a shorter one would cost more than it smooths the rate. */
  static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final double rate;
  private final Clock clock;
  private boolean begun;
  private long first;
  private long beginning;

  /**
   * Creates the limit.
   *
   * @param rate messages per second, of all splits together; 0: every message is due at once
   */
  Pace(double rate, Clock clock) {
    this.rate = rate;
    this.clock = clock;
  }

  /** Starts: message {@code first} is due now. Later calls have no effect. */
  void begin(long first) {
    if (!begun && rate > 0) {
      begun = true;
      this.first = first;
      beginning = clock.nanos();
    }
  }

  /** The number of the last message that is due. */
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
   * The clock of the machine, with a timer thread that ends with the reader. A shared thread of the
   * JVM would keep the class loader of the first job that used it.
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
      // The task only completes a future and cannot fail, so its result is ignored.
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
