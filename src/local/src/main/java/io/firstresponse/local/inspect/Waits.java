package io.firstresponse.local.inspect;

import io.firstresponse.job.domain.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/** The sessions: how many, how long customers waited, and the longest waits. */
final class Waits {

  static final int LONGEST = 5;

  private static final Comparator<Session> BY_WAIT =
      Comparator.comparingLong(session -> session.endedAt() - session.openedAt());

  private final Quantiles answered = new Quantiles();

  /** The answered and closed sessions with the longest waits. */
  private final PriorityQueue<Session> longest = new PriorityQueue<>(BY_WAIT);

  /** The open sessions that opened first; the one that opened last is the head. */
  private final PriorityQueue<Session> oldest =
      new PriorityQueue<>(Comparator.comparingLong(Session::openedAt).reversed());

  private long open;
  private long closed;

  /** Takes a session as it is at the end of the input. */
  void take(Session session) {
    PriorityQueue<Session> kept;
    if (session.isOpen()) {
      open++;
      kept = oldest;
    } else {
      if (session.isAnswered()) {
        answered.add(session.endedAt() - session.openedAt());
      } else {
        closed++;
      }
      kept = longest;
    }
    kept.add(session);
    if (kept.size() > LONGEST) {
      kept.remove();
    }
  }

  long sessions() {
    return answered.count() + closed + open;
  }

  long answered() {
    return answered.count();
  }

  /** How many sessions were closed without an answer. */
  long closed() {
    return closed;
  }

  /** How many customers still wait. */
  long waiting() {
    return open;
  }

  /** The response time, in microseconds, that so many percent of the answered do not exceed. */
  long responseMicros(int percent) {
    return answered.at(percent);
  }

  boolean isExact() {
    return answered.isExact();
  }

  /**
   * The longest waits, the longest first. A customer who still waits has waited until the last
   * message or close of all.
   *
   * @param last the time of that, in microseconds since 1970
   */
  List<Session> longest(long last) {
    List<Session> all = new ArrayList<>(Stream.concat(longest.stream(), oldest.stream()).toList());
    all.sort(
        Comparator.comparingLong((Session session) -> micros(session, last))
            .reversed()
            .thenComparingLong(Session::b)
            .thenComparingLong(Session::openedAt));
    return all.subList(0, Math.min(LONGEST, all.size()));
  }

  /** How long the customer waited, in microseconds. */
  static long micros(Session session, long last) {
    return (session.isOpen() ? last : session.endedAt()) - session.openedAt();
  }
}
