package io.firstresponse.connectors.postgres.sink;

import java.time.Duration;

/**
 * The size of a batch: as many rows as the database takes in a given time, judged by the last
 * batch. With a slow database, batches of the full size would exceed the connection's timeouts
 * again and again, and delay checkpoints.
 */
final class BatchSize {

  /** The smallest size. The time of a smaller batch is mostly the round trip. */
  static final int MIN_ROWS = 1_000;

  private final int least;
  private final int most;
  private final long maxNanos;
  private int rows;

  /**
   * The first size is the smallest one, so that an attempt after a timeout succeeds.
   *
   * @param most the largest size
   * @param maxTime how long a batch should take at most
   */
  BatchSize(int most, Duration maxTime) {
    this.least = Math.min(most, MIN_ROWS);
    this.most = most;
    this.maxNanos = maxTime.toNanos();
    this.rows = least;
  }

  /** How many rows make a batch. */
  int rows() {
    return rows;
  }

  /** Notes how long a batch took, retries included. */
  void took(int sent, long nanos) {
    if (sent >= least || nanos > maxNanos) {
      double fit = (double) sent * maxNanos / Math.max(1, nanos);
      rows = (int) Math.max(least, Math.min(most, fit));
    }
  }
}
