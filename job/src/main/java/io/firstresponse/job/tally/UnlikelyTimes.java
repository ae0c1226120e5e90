package io.firstresponse.job.tally;

import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Finds input whose times are likely wrong as a group: read in another unit than they were written
 * in, or from a clock that was never set. Seconds that are taken for milliseconds lie in 1970;
 * nobody had messages of customers then. Milliseconds that are taken for seconds lie beyond the
 * year 9999, and each record is a dead letter.
 */
public final class UnlikelyTimes {

  /** The first moment of 1990, in microseconds since 1970. */
  public static final long FIRST_LIKELY = 631_152_000_000_000L;

  private static final String REMEDY =
      "If they are epoch numbers, set messages.epoch-unit to what they count";

  private UnlikelyTimes() {}

  /** The first moment after the next year (UTC), in microseconds since 1970. */
  public static long afterNextYear(Instant now) {
    Instant end =
        Year.from(now.atOffset(ZoneOffset.UTC))
            .plusYears(2)
            .atDay(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    return ChronoUnit.MICROS.between(Instant.EPOCH, end);
  }

  /**
   * One line, if there were messages and all of them were sent before 1990, or all of them after
   * next year.
   *
   * @param accumulators those of a job
   */
  public static Optional<String> ofMessages(Map<String, ?> accumulators) {
    return ofMessages(
        Conservation.of(accumulators).messages(),
        Conservation.value(accumulators, Count.BEFORE_1990),
        Conservation.value(accumulators, Count.AFTER_NEXT_YEAR));
  }

  /**
   * One line, if there were messages and all of them were sent before 1990, or all of them after
   * next year.
   *
   * @param messages messages that were read
   * @param early those of them sent before 1990
   * @param late those of them sent after next year
   */
  public static Optional<String> ofMessages(long messages, long early, long late) {
    if (messages > 0 && early >= messages) {
      return Optional.of(line(messages, "before 1990", "seconds"));
    }
    if (messages > 0 && late >= messages) {
      return Optional.of(line(messages, "after next year", "microseconds"));
    }
    return Optional.empty();
  }

  private static String line(long messages, String when, String example) {
    return "unlikely times: all %,d messages are from %s. %s, such as %s, and read them again into empty tables."
        .formatted(messages, when, REMEDY, example);
  }

  /**
   * One line, if no record is a message, and each of them only because its time cannot be used or
   * lies in the future.
   *
   * @param accumulators those of a job
   */
  public static Optional<String> ofDeadLetters(Map<String, ?> accumulators) {
    long read = Conservation.of(accumulators).records();
    long byTime =
        Conservation.value(accumulators, Count.BAD_TIMESTAMP)
            + Conservation.value(accumulators, Count.FUTURE);
    return read > 0 && byTime == read
        ? Optional.of(
            "nothing usable: the times of all %,d records are in the future or cannot be read. %s; event-time.max-future-skew says how far ahead of the clock they may be. Each detail is in tbl_dead_letter."
                .formatted(read, REMEDY))
        : Optional.empty();
  }
}
