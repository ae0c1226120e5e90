package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The state of a customer as one compact value: the open session, the messages that the watermark
 * has not passed, and the one timer, which is at the earliest of them. The fields are public so
 * that Flink, in Java and in SQL, can serialize them.
 */
public final class CustomerState {

  /** Longs per message: time, agent, and 1 if the agent wrote it or 0 if the customer did. */
  private static final int WORDS = 3;

  public boolean isOpen;
  public long openedAt;
  public long asked;
  public long timer;
  public long[] waiting = {};

  /**
   * Adds a message. Returns whether it is earlier than all waiting messages, so that the timer has
   * to move.
   */
  boolean add(long a, long ts, boolean direct) {
    boolean earliest = isEmpty() || millis(ts) < timer;
    if (earliest) {
      timer = millis(ts);
    }
    append(ts, a, direct ? 1 : 0);
    return earliest;
  }

  private void append(long... words) {
    waiting = Arrays.copyOf(waiting, waiting.length + WORDS);
    System.arraycopy(words, 0, waiting, waiting.length - WORDS, WORDS);
  }

  /**
   * Processes the messages that the watermark has passed, and moves the timer.
   *
   * @param b the customer
   * @param answered receives the sessions that these messages answer
   */
  void settle(long b, long watermark, Consumer<Session> answered) {
    long[] all = waiting;
    waiting = new long[0];
    timer = Long.MAX_VALUE;
    List<Message> due = new ArrayList<>();
    for (int at = 0; at < all.length; at += WORDS) {
      if (millis(all[at]) <= watermark) {
        due.add(new Message(all[at + 1], b, all[at], all[at + 2] == 1));
      } else {
        append(all[at], all[at + 1], all[at + 2]);
        timer = Math.min(timer, millis(all[at]));
      }
    }
    OpenSession open =
        PlainRule.settle(isOpen ? new OpenSession(openedAt, asked) : null, due, answered);
    isOpen = open != null;
    openedAt = isOpen ? open.openedAt() : 0;
    asked = isOpen ? open.asked() : 0;
  }

  /** Whether no message is waiting. */
  boolean isEmpty() {
    return waiting.length == 0;
  }

  private static long millis(long ts) {
    return Math.floorDiv(ts, 1_000L);
  }
}
