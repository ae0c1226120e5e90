package io.firstresponse.job.tally;

import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Detects input whose times are probably all wrong, because of the wrong unit or a clock that was
 * never set. Seconds read as milliseconds give times in 1970. Milliseconds read as seconds give
 * times after the year 9999, so that each record is a dead letter.
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
   * A warning in one line if all messages were sent before 1990, or all after next year.
   *
   * @param accumulators the accumulators of a job
   */
  public static Optional<String> ofMessages(Map<String, ?> accumulators) {
    return ofMessages(
        Conservation.of(accumulators).messages(),
        Conservation.value(accumulators, Count.BEFORE_1990),
        Conservation.value(accumulators, Count.AFTER_NEXT_YEAR));
  }

  /**
   * A warning in one line if all messages were sent before 1990, or all after next year.
   *
   * @param messages the number of messages read
   * @param early the number of them sent before 1990
   * @param late the number of them sent after next year
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
   * An error in one line if every record is a dead letter because of its time.
   *
   * @param accumulators the accumulators of a job
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
