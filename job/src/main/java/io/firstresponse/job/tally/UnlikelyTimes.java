package io.firstresponse.job.tally;

import java.util.Map;
import java.util.Optional;

/**
 * Finds times that were read in the wrong unit. Seconds that are taken for milliseconds lie in
 * 1970; nobody had messages of customers then. In the other direction the times lie beyond the year
 * 9999, and each message is a dead letter.
 */
public final class EarlyTimes {

  /** The first moment of 1990, in microseconds since 1970. */
  public static final long END = 631_152_000_000_000L;

  private EarlyTimes() {}

  /**
   * One line, if there were messages and all of them were sent before 1990.
   *
   * @param accumulators those of a job
   */
  public static Optional<String> in(Map<String, ?> accumulators) {
    return in(
        Conservation.value(accumulators, Count.READ),
        Conservation.value(accumulators, Count.DEAD),
        Conservation.value(accumulators, Count.BEFORE_1990));
  }

  /**
   * One line, if there were messages and all of them were sent before 1990.
   *
   * @param read records that were read
   * @param dead those of them that are no messages
   * @param early messages sent before 1990
   */
  public static Optional<String> in(long read, long dead, long early) {
    if (early == 0 || early < read - dead) {
      return Optional.empty();
    }
    return Optional.of(
        "unlikely times: all %,d messages are from before 1990. If they are epoch numbers, set messages.epoch-unit to what they count, such as seconds, and read them again into empty tables."
            .formatted(early));
  }
}
