package io.firstresponse.job.tally;

import java.util.Map;

/**
 * Shows that no message was lost: the records read are equal to the sum of the messages used,
 * ignored, late and waiting, and the dead letters. The counts include the earlier runs from whose
 * state this one continued.
 *
 * @param read records that the source delivered
 * @param used messages taken into sessions
 * @param ignored messages dropped: automated ones by policy, and those outside the period
 * @param late messages at or behind the watermark
 * @param dead dead letters
 * @param waiting messages that wait in state for the watermark; 0 when the input has ended
 */
public record Conservation(long read, long used, long ignored, long late, long dead, long waiting) {

  /** The counts of a job that has ended: no message waits. */
  public Conservation(long read, long used, long ignored, long late, long dead) {
    this(read, used, ignored, late, dead, 0);
  }

  /** Reads the counts from a job's accumulators; a missing one counts as 0. */
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

  /** Whether the sum is right. While a job runs it may be wrong, for messages between tasks. */
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
