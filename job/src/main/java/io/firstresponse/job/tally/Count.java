package io.firstresponse.job.tally;

/** What the job counts. Each is a metric and an accumulator of the same name. */
public enum Count {
  /** Messages and events that the source delivered, and records that could not be read. */
  READ(0, "messagesRead"),
  /** Messages left out: automated ones by policy, and those of other times. */
  IGNORED(1, "messagesIgnored"),
  /** Records that could not be read, or were stamped in the future. */
  DEAD(2, "deadLetters"),
  /** Dead letters among them that were stamped in the future. */
  FUTURE(3, "messagesFromTheFuture"),
  /** Messages that arrived when their results were final. */
  LATE(4, "messagesLate"),
  /** Messages taken through the state machine. */
  USED(5, "messagesUsed"),
  /** Sessions opened. */
  OPENED(6, "sessionsOpened"),
  /** Sessions answered. */
  ANSWERED(7, "sessionsAnswered"),
  /** Sessions that were told of before they were final, and corrected. */
  CORRECTED(8, "sessionsCorrected"),
  /** Messages sent before 1990: their times are likely in another unit than was said. */
  BEFORE_1990(9, "messagesBefore1990"),
  /** Messages sent after next year: their times are likely wrong. */
  AFTER_NEXT_YEAR(10, "messagesAfterNextYear"),
  /** Dead letters whose time could not be read. */
  BAD_TIMESTAMP(11, "messagesWithBadTimestamp"),
  /** Messages that wait in the state of the job for the watermark. */
  WAITING(12, "messagesWaiting"),
  /** Those of them that are in no published session. With final results that is all of them. */
  UNPUBLISHED(13, "messagesUnpublished"),
  /** Records that a mapping made nothing of. They are not among those read. */
  SKIPPED(14, "recordsSkipped"),
  /** Messages and events of a record beyond its first one. */
  FURTHER(15, "messagesFurther"),
  /** Closes and hand-overs, which are no messages. */
  EVENTS(16, "eventsRead");

  private final int slot;
  private final String metric;

  Count(int slot, String metric) {
    this.slot = slot;
    this.metric = metric;
  }

  /** The place of the count in state: the number given here is never given to another. */
  int slot() {
    return slot;
  }

  /** The name of the metric and of the accumulator. */
  public String metric() {
    return metric;
  }
}
