package io.firstresponse.local;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The times of a replay, in microseconds since 1970.
 *
 * @param from sessions that opened from here on are compared
 * @param to up to here, and not at it
 * @param readFrom messages sent from here on are read
 * @param readTo up to here, and not at it
 */
record ReplayPeriod(long from, long to, long readFrom, long readTo) {

  /** The same period, of which no more is read than there is between two times. */
  ReplayPeriod within(long first, long end) {
    return new ReplayPeriod(from, to, Math.max(readFrom, first), Math.min(readTo, end));
  }

  /** A time for a person, an option or SQL. */
  static String iso(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
