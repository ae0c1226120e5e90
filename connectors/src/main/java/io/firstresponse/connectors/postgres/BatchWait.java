package io.firstresponse.connectors.postgres;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long rows wait for a batch to fill: a few times as long as the last batch took. While batches
 * are quick rows hardly wait, and under any load batches that are not full take a fifth of the time
 * at most. Under full load batches fill before.
 */
final class BatchWait {

  /** So many times as long as the last batch took. */
  private static final int FACTOR = 4;

  /** Less cannot be seen, and costs more transactions. */
  static final long LEAST_MILLIS = 10;

  private final long mostMillis;
  private long millis;

  /**
   * @param most however long the last batch took
   */
  BatchWait(Duration most) {
    this.mostMillis = Math.max(1, most.toMillis());
    took(0);
  }

  /** How long the first row of the next batch waits. */
  long millis() {
    return millis;
  }

  /** Notes how long a batch has taken, with all attempts that it needed. */
  void took(long nanos) {
    long wait = FACTOR * TimeUnit.NANOSECONDS.toMillis(nanos);
    millis = Math.min(mostMillis, Math.max(LEAST_MILLIS, wait));
  }
}
