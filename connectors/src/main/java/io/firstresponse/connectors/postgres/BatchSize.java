package io.firstresponse.connectors.postgres;

import java.time.Duration;

/**
 * How many rows go at once: as many as the database takes in a given time, going by the last batch.
 * On a database that is slow a batch of the full size would run into the connection's timeouts,
 * again and again, and hold checkpoints up meanwhile.
 */
final class BatchSize {

  /**
   * So many go whatever they take. A batch of fewer says little: its time is that of the way there.
   */
  static final int LEAST = 1_000;

  private final int least;
  private final int most;
  private final long maxNanos;
  private int rows;

  /**
   * It begins low, so that an attempt after one that failed gets through.
   *
   * @param most rows, however fast the database is
   * @param maxTime what a batch should take at most
   */
  BatchSize(int most, Duration maxTime) {
    this.least = Math.min(most, LEAST);
    this.most = most;
    this.maxNanos = maxTime.toNanos();
    this.rows = least;
  }

  /** How many rows are enough for a batch. */
  int rows() {
    return rows;
  }

  /** Notes how long a batch has taken, with all attempts that it needed. */
  void took(int sent, long nanos) {
    if (sent >= least || nanos > maxNanos) {
      double fit = (double) sent * maxNanos / Math.max(1, nanos);
      rows = (int) Math.max(least, Math.min(most, fit));
    }
  }
}
