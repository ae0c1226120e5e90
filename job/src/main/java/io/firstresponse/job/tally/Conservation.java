package io.firstresponse.job.tally;

import java.util.Map;

/**
 * Where every message went. Nothing is lost as long as those read are those used, ignored by
 * policy, late, and dead, added up.
 *
 * @param read records that the source delivered
 * @param used messages taken into sessions
 * @param ignored messages left out: automated ones by policy, and those of other times
 * @param late messages behind the watermark
 * @param dead dead letters
 */
public record Conservation(long read, long used, long ignored, long late, long dead) {

  /** Takes the counts from a job's accumulators; one that is missing counts as 0. */
  public static Conservation of(Map<String, ?> accumulators) {
    return new Conservation(
        value(accumulators, Count.READ),
        value(accumulators, Count.USED),
        value(accumulators, Count.IGNORED),
        value(accumulators, Count.LATE),
        value(accumulators, Count.DEAD));
  }

  /** One count of a job's accumulators, 0 if it is missing. */
  public static long value(Map<String, ?> accumulators, Count count) {
    return accumulators.get(count.metric()) instanceof Long value ? value : 0;
  }

  /** Whether it adds up. While a job runs, it need not: messages wait for the watermark. */
  public boolean holds() {
    return read == used + ignored + late + dead;
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return "conservation: %s (read %,d %s used %,d + ignored %,d + late %,d + dead %,d)"
        .formatted(holds(), read, holds() ? "=" : "is not", used, ignored, late, dead);
  }
}
