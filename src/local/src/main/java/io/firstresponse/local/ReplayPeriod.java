package io.firstresponse.local;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The times of a replay, in microseconds since 1970.
 *
 * @param from the first opening time of sessions to compare
 * @param to the end of these times, exclusive
 * @param readFrom the first time of messages to read
 * @param readTo the end of these times, exclusive
 */
record ReplayPeriod(long from, long to, long readFrom, long readTo) {

  /** The same period, with no messages read outside two times. */
  ReplayPeriod within(long first, long end) {
    return new ReplayPeriod(from, to, Math.max(readFrom, first), Math.min(readTo, end));
  }

  /** A time in ISO-8601, as in output, options and SQL. */
  static String iso(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
