package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.tally.UnlikelyTimes;
import java.time.Instant;

/**
 * Counts of messages and closes by what they say of themselves, and their first and last time.
 * Where nothing else is said, a close is no message.
 */
final class MessageCounts {

  /** 40 bytes each at most. */
  static final int REMEMBERED = 4_000_000;

  private final long afterNextYear;
  private final IdIndex seen;
  private long all;
  private long ofAgents;
  private long automated;
  private long closes;
  private long twice;
  private long before1990;
  private long afterNext;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  MessageCounts(Instant now) {
    this(now, REMEMBERED);
  }

  /**
   * @param remembered how many messages are remembered, to find duplicates
   */
  MessageCounts(Instant now, int remembered) {
    afterNextYear = UnlikelyTimes.afterNextYear(now);
    seen = new IdIndex(remembered);
  }

  void take(Message message) {
    first = Math.min(first, message.ts());
    last = Math.max(last, message.ts());
    if (message.closes()) {
      closes++;
      return;
    }
    all++;
    ofAgents += message.direct() ? 1 : 0;
    automated += message.automated() ? 1 : 0;
    before1990 += message.ts() < UnlikelyTimes.FIRST_LIKELY ? 1 : 0;
    afterNext += message.ts() >= afterNextYear ? 1 : 0;
    int known = seen.size();
    int number = seen.add(hash(message));
    twice += number != IdIndex.NONE && number < known ? 1 : 0;
  }

  /** Two of four million different messages have the same one with a chance of 1 in 2 million. */
  private static long hash(Message message) {
    long flags = (message.direct() ? 1 : 0) | (message.automated() ? 2 : 0);
    long time = IdIndex.mix(message.ts());
    return IdIndex.mix(IdIndex.mix(time ^ message.b()) ^ message.a()) ^ flags;
  }

  long all() {
    return all;
  }

  long ofAgents() {
    return ofAgents;
  }

  long ofCustomers() {
    return all - ofAgents;
  }

  /** How many are marked as automated. */
  long automated() {
    return automated;
  }

  /** How many closes there are. */
  long closes() {
    return closes;
  }

  /** How many are exactly like an earlier one. */
  long duplicates() {
    return twice;
  }

  /** Whether some could not be compared with all earlier ones. */
  boolean isFull() {
    return seen.isFull();
  }

  long before1990() {
    return before1990;
  }

  long afterNextYear() {
    return afterNext;
  }

  /** The time of the earliest message or close, in microseconds since 1970. */
  long first() {
    return first;
  }

  /** The time of the latest message or close, in microseconds since 1970. */
  long last() {
    return last;
  }
}
