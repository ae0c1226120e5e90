package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import java.io.Serializable;

/**
 * Generated rows, as a job writes them. The first half opens sessions. In the second half every
 * other row answers one of those sessions, and the others open further ones. Keys are in no order.
 *
 * @param count the number of rows in each half, up to 2 million
 */
public record SinkRows(int count) implements Serializable {

  private static final long START_MICROS = 1_534_327_200_000_000L;
  private static final long SCATTER = 0x9E3779B1L;
  private static final long CUSTOMERS = 1L << 22;

  /** The change that a row makes, by the row's number from 0 to twice the count. */
  public SessionChange change(long i) {
    return SessionChange.settled(row(i), i < count || (i - count) % 2 != 0);
  }

  /** The session in a row, by the row's number from 0 to twice the count. */
  public Session row(long i) {
    if (i < count) {
      return opened(i);
    }
    long j = i - count;
    return j % 2 == 0 ? opened(j).answeredBy(1 + j % 100, openedAt(j) + 7_654_321) : opened(i);
  }

  private static Session opened(long i) {
    // The factor is odd, so that no two of these numbers are the same.
    return Session.open(i * SCATTER % CUSTOMERS, openedAt(i), 1 + i % 100);
  }

  private static long openedAt(long i) {
    return START_MICROS + 50 * i;
  }
}
