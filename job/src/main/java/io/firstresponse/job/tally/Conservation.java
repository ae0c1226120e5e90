package io.firstresponse.job.tally;

import java.util.Map;
import java.util.Optional;

/**
 * Shows that no message was lost: what was read is equal to the sum of the messages used, ignored,
 * late and waiting, the dead letters and the hand-overs. A close goes the way of a message, and is
 * among those used, ignored, late or waiting. The counts include the earlier runs from whose state
 * this one continued.
 *
 * @param read messages and events that the source delivered, and records that were none
 * @param used messages and closes taken through the state machine
 * @param ignored messages dropped: automated ones by policy, and those and closes outside the
 *     period
 * @param late messages and closes at or behind the watermark
 * @param dead dead letters
 * @param waiting messages and closes that wait in state for the watermark; 0 when the input has
 *     ended
 * @param events closes and hand-overs, which are no messages
 * @param handovers hand-overs, which have no effect
 * @param skipped records of which a mapping made nothing; they are not among those read
 * @param further messages and events of a record after its first one
 */
public record Conservation(
    long read,
    long used,
    long ignored,
    long late,
    long dead,
    long waiting,
    long events,
    long handovers,
    long skipped,
    long further) {

  /** The counts of a job whose records are one message or one dead letter each. */
  public Conservation(long read, long used, long ignored, long late, long dead, long waiting) {
    this(read, used, ignored, late, dead, waiting, 0, 0, 0, 0);
  }

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
        value(accumulators, Count.WAITING),
        value(accumulators, Count.EVENTS),
        value(accumulators, Count.HANDOVERS),
        value(accumulators, Count.SKIPPED),
        value(accumulators, Count.FURTHER));
  }

  /** One count of a job's accumulators, 0 if it is missing. */
  public static long value(Map<String, ?> accumulators, Count count) {
    return accumulators.get(count.metric()) instanceof Long value ? value : 0;
  }

  /** The number of records that the source delivered. */
  public long records() {
    return read - further + skipped;
  }

  /** The number of messages in those records. */
  public long messages() {
    return read - dead - events;
  }

  /** Whether the sum is right. While a job runs it may be wrong, for messages between tasks. */
  public boolean holds() {
    return read == used + ignored + late + dead + handovers + waiting;
  }

  /**
   * Why not one message was usable, in one line without a full stop. Empty if one was, or if there
   * was no record.
   */
  public Optional<String> nothingUsable() {
    return records() == 0 || messages() > 0
        ? Optional.empty()
        : Optional.of(
            "nothing usable: not one of %,d records is a message%s"
                .formatted(
                    records(),
                    skipped == 0 ? "" : "; the mapping made nothing of %,d".formatted(skipped)));
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return "conservation: %s (%sread %,d %s used %,d + ignored %,d + late %,d + dead %,d%s%s%s)"
        .formatted(
            holds(),
            ofRecords(),
            read,
            holds() ? "=" : "is not",
            used,
            ignored,
            late,
            dead,
            more("hand-overs", handovers),
            more("waiting", waiting),
            events == handovers ? "" : ", with %,d closes".formatted(events - handovers));
  }

  /** Where a record is not the same as a message. */
  private String ofRecords() {
    return skipped == 0 && further == 0 && handovers == 0
        ? ""
        : "records %,d = mapped %,d + skipped %,d + dead %,d; "
            .formatted(records(), records() - skipped - dead, skipped, dead);
  }

  private static String more(String name, long count) {
    return count == 0 ? "" : " + %s %,d".formatted(name, count);
  }
}
