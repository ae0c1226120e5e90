package io.firstresponse.connectors.postgres.sink;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long rows wait for a batch to fill: as long as the last batch took. With fast batches rows
 * hardly wait; with more load batches become larger, until they are full before the wait is over.
 * Measured at 100,000 messages/s: with a wait four times as long, P99 of the freshness benchmark
 * was 1.9 s instead of 0.4 s.
 */
final class BatchWait {

  /** A shorter wait is not noticed, and costs more transactions. */
  static final long MIN_MILLIS = 10;

  private final long maxMillis;
  private long millis;

  /**
   * @param most the longest wait
   */
  BatchWait(Duration most) {
    this.maxMillis = Math.max(1, most.toMillis());
    took(0);
  }

  /** How long the first row of the next batch waits. */
  long millis() {
    return millis;
  }

  /** Notes how long a batch took, retries included. */
  void took(long nanos) {
    long took = TimeUnit.NANOSECONDS.toMillis(nanos);
    millis = Math.min(maxMillis, Math.max(MIN_MILLIS, took));
  }
}
