package io.firstresponse.job.tally;

import java.util.Map;

/**
 * Where every message went. Nothing is lost as long as those read are those used, ignored by
 * policy, late, dead, and waiting, added up. The counts are those of all runs that went on from
 * each other's state.
 *
 * @param read records that the source delivered
 * @param used messages taken into sessions
 * @param ignored messages left out: automated ones by policy, and those of other times
 * @param late messages behind the watermark
 * @param dead dead letters
 * @param waiting messages that wait in the state of the job for the watermark; none when the input
 *     has ended
 */
public record Conservation(long read, long used, long ignored, long late, long dead, long waiting) {

  /** Of a job that has ended: no message waits. */
  public Conservation(long read, long used, long ignored, long late, long dead) {
    this(read, used, ignored, late, dead, 0);
  }

  /** Takes the counts from a job's accumulators; one that is missing counts as 0. */
  public static Conservation of(Map<String, ?> accumulators) {
    return new Conservation(
        value(accumulators, Count.READ),
        value(accumulators, Count.USED),
        value(accumulators, Count.IGNORED),
        value(accumulators, Count.LATE),
        value(accumulators, Count.DEAD),
        value(accumulators, Count.WAITING));
  }

  /** One count of a job's accumulators, 0 if it is missing. */
  public static long value(Map<String, ?> accumulators, Count count) {
    return accumulators.get(count.metric()) instanceof Long value ? value : 0;
  }

  /** Whether it adds up. While a job runs, it need not: messages are on their way between tasks. */
  public boolean holds() {
    return read == used + ignored + late + dead + waiting;
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return "conservation: %s (read %,d %s used %,d + ignored %,d + late %,d + dead %,d%s)"
        .formatted(
            holds(),
            read,
            holds() ? "=" : "is not",
            used,
            ignored,
            late,
            dead,
            waiting == 0 ? "" : " + waiting %,d".formatted(waiting));
  }
}
