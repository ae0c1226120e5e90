package io.firstresponse.connectors.postgres;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long rows wait for a batch to fill: as long as the last batch took. While batches are quick
 * rows hardly wait. The more the database has to do, the larger batches get, until they fill before
 * their time is over. Where rows waited four times as long, that happened at 100,000 messages/s:
 * P99 of the freshness benchmark was 1.9 s instead of 0.4 s.
 */
final class BatchWait {

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
    long took = TimeUnit.NANOSECONDS.toMillis(nanos);
    millis = Math.min(mostMillis, Math.max(LEAST_MILLIS, took));
  }
}
