package io.firstresponse.job.tally;

import java.util.Map;

/**
 * Where every message went. Nothing is lost as long as those read are those used, ignored by
 * policy, late, dead, events, and waiting, added up. The counts are those of all runs that went on
 * from each other's state.
 *
 * @param read messages and events that the source delivered, and records that were none
 * @param used messages taken into sessions
 * @param ignored messages left out: automated ones by policy, and those of other times
 * @param late messages behind the watermark
 * @param dead dead letters
 * @param waiting messages that wait in the state of the job for the watermark; none when the input
 *     has ended
 * @param events closes and hand-overs, which are no messages
 * @param skipped records that a mapping made nothing of; they are not among those read
 * @param further messages and events of a record beyond its first one
 */
public record Conservation(
    long read,
    long used,
    long ignored,
    long late,
    long dead,
    long waiting,
    long events,
    long skipped,
    long further) {

  /** Of a job whose records are one message each, or a dead letter. */
  public Conservation(long read, long used, long ignored, long late, long dead, long waiting) {
    this(read, used, ignored, late, dead, waiting, 0, 0, 0);
  }

  /** Of one that has ended, too: no message waits. */
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
        value(accumulators, Count.WAITING),
        value(accumulators, Count.EVENTS),
        value(accumulators, Count.SKIPPED),
        value(accumulators, Count.FURTHER));
  }

  /** One count of a job's accumulators, 0 if it is missing. */
  public static long value(Map<String, ?> accumulators, Count count) {
    return accumulators.get(count.metric()) instanceof Long value ? value : 0;
  }

  /** How many records the source delivered. */
  public long records() {
    return read - further + skipped;
  }

  /** How many messages those held. */
  public long messages() {
    return read - dead - events;
  }

  /** Whether it adds up. While a job runs, it need not: messages are on their way between tasks. */
  public boolean holds() {
    return read == used + ignored + late + dead + events + waiting;
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return "conservation: %s (%sread %,d %s used %,d + ignored %,d + late %,d + dead %,d%s%s)"
        .formatted(
            holds(),
            ofRecords(),
            read,
            holds() ? "=" : "is not",
            used,
            ignored,
            late,
            dead,
            more("events", events),
            more("waiting", waiting));
  }

  /** Where a record is not the same as a message. */
  private String ofRecords() {
    return skipped == 0 && further == 0 && events == 0
        ? ""
        : "records %,d = mapped %,d + skipped %,d + dead %,d; "
            .formatted(records(), records() - skipped - dead, skipped, dead);
  }

  private static String more(String name, long count) {
    return count == 0 ? "" : " + %s %,d".formatted(name, count);
  }
}
