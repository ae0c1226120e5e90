package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import java.io.Serializable;

/**
 * Rows as a job writes them, made up: so many customers whose sessions open, then as many rows of
 * which every other answers one of those and the rest open further ones. Keys come in no order.
 *
 * @param count how many rows there are of each kind, up to 2 million
 */
record SinkRows(int count) implements Serializable {

  private static final long START_MICROS = 1_534_327_200_000_000L;
  private static final long SCATTER = 0x9E3779B1L;
  private static final long CUSTOMERS = 1L << 22;

  /** The row of a number from 0 to twice the count, and whether it is new. */
  SessionChange change(long i) {
    return SessionChange.settled(row(i), i < count || (i - count) % 2 != 0);
  }

  /** The row of a number from 0 to twice the count. */
  Session row(long i) {
    if (i < count) {
      return opened(i);
    }
    long j = i - count;
    return j % 2 == 0 ? opened(j).answeredBy(1 + j % 100, openedAt(j) + 7_654_321) : opened(i);
  }

  private static Session opened(long i) {
    // An odd factor: no two of these numbers are the same.
    return Session.open(i * SCATTER % CUSTOMERS, openedAt(i), 1 + i % 100);
  }

  private static long openedAt(long i) {
    return START_MICROS + 50 * i;
  }
}
