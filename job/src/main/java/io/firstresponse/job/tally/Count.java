package io.firstresponse.job.tally;

/** The counts of the job. Each is a metric and an accumulator of the same name. */
public enum Count {
  /** Messages and events that the source delivered, and records that could not be read. */
  READ(0, "messagesRead"),
  /** Messages dropped: automated ones by policy, and those and closes outside the period. */
  IGNORED(1, "messagesIgnored"),
  /** Records that could not be used: unreadable, or stamped too far in the future. */
  DEAD(2, "deadLetters"),
  /** Dead letters whose timestamp was too far in the future. */
  FUTURE(3, "messagesFromTheFuture"),
  /** Messages and closes at or behind the watermark. */
  LATE(4, "messagesLate"),
  /** Messages and closes taken through the state machine. */
  USED(5, "messagesUsed"),
  /** Sessions opened. */
  OPENED(6, "sessionsOpened"),
  /** Sessions answered. */
  ANSWERED(7, "sessionsAnswered"),
  /** Provisional sessions that proved wrong and were corrected. */
  CORRECTED(8, "sessionsCorrected"),
  /** Messages sent before 1990: messages.epoch-unit is probably wrong. */
  BEFORE_1990(9, "messagesBefore1990"),
  /** Messages sent after next year: their times are probably wrong. */
  AFTER_NEXT_YEAR(10, "messagesAfterNextYear"),
  /** Dead letters whose time could not be read. */
  BAD_TIMESTAMP(11, "messagesWithBadTimestamp"),
  /** Messages and closes that wait in state for the watermark. */
  WAITING(12, "messagesWaiting"),
  /** Waiting messages that no published session includes: all of them, with final results. */
  UNPUBLISHED(13, "messagesUnpublished"),
  /** Records of which a mapping made nothing. They are not among those read. */
  SKIPPED(14, "recordsSkipped"),
  /** Messages and events of a record after its first one. */
  FURTHER(15, "messagesFurther"),
  /** Closes and hand-overs, which are no messages. */
  EVENTS(16, "eventsRead"),
  /** Hand-overs, which have no effect. */
  HANDOVERS(17, "handoversRead"),
  /** Sessions closed without an answer. */
  CLOSED(18, "sessionsClosed");

  private final int slot;
  private final String metric;

  Count(int slot, String metric) {
    this.slot = slot;
    this.metric = metric;
  }

  /** The index of the count in state. A number is never used again for another count. */
  int slot() {
    return slot;
  }

  /** The name of the metric and of the accumulator. */
  public String metric() {
    return metric;
  }
}
