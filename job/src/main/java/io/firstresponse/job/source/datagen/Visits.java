package io.firstresponse.job.source.datagen;

import io.firstresponse.job.domain.MessageKind;
import java.io.Serial;
import java.io.Serializable;

/**
 * The visits of customers to a support desk that closes conversations or has a bot. Each place of
 * the desk has one customer at a time, and each visit takes as many messages of the stream. One
 * visit ends with each twelfth message, at another place, and the next one there begins.
 *
 * <pre>
 *  0                              2/3        3/4       85 %        1
 *  ├─┬─────────────────────────────┼──────────┼─────────┼──────────┤
 *  │ customer and agents           agents     answer    thanks     close
 *  question, bot
 * </pre>
 *
 * <p>In a visit that a bot greets, the customer writes with its first message, and the bot answers
 * with the next message of the stream, within seconds; the rest is left to agents. An agent answers
 * at the end of each visit. In a visit that is closed, some customers say thanks afterwards, nobody
 * writes any more, and then the conversation is closed. In other visits agents go on writing. Of
 * twelve messages five may be parts of such beginnings and ends, and the others are of random
 * places.
 */
final class Visits implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  // The numbers modulo MESSAGES_A_CUSTOMER of the messages that begin and end visits.
  private static final int QUESTION = 0;
  private static final int GREETING = 1;
  private static final int ANSWER = 9;

  private static final int THANKS = 10;
  private static final int CLOSE = 11;

  private static final int LENGTH = SupportDesk.MESSAGES_A_CUSTOMER;

  private final long places;
  private final long length;
  // How many messages before the end.
  private final long answered;
  private final long thanked;
  private final long closed;
  private final long greeted;

  /**
   * A place and what happens there.
   *
   * @param place counted from 0
   * @param kind who writes, or a close
   * @param isGreeting whether it is the bot that writes
   */
  record Turn(long place, MessageKind kind, boolean isGreeting) {

    Turn(long place, MessageKind kind) {
      this(place, kind, false);
    }
  }

  /**
   * Creates the visits of a desk.
   *
   * @param places how many customers are active at a time
   * @param closed the share of visits that are closed, as {@link Workload#isBelow} needs it
   * @param greeted the share of visits that a bot greets, likewise
   */
  Visits(long places, long closed, long greeted) {
    this.places = places;
    this.length = places * LENGTH;
    this.answered = places / 4 * LENGTH;
    this.thanked = places * 3 / 20 * LENGTH;
    this.closed = closed;
    this.greeted = greeted;
  }

  /**
   * What happens with a message.
   *
   * @param i its number
   * @param drawn a random place
   * @param coin at random
   * @param workload knows which messages are duplicates, and so no close
   */
  Turn turn(long i, long drawn, boolean coin, Workload workload) {
    int part = (int) (i % LENGTH);
    if (part <= GREETING && isGreeted(i - part)) {
      long place = placeOf(i - part - 1);
      if (part == QUESTION) {
        return new Turn(place, MessageKind.CUSTOMER);
      }
      if (isGreeting(i, workload)) {
        return new Turn(place, MessageKind.AGENT, true);
      }
    }
    if (part >= ANSWER) {
      long end = i + CLOSE - part + (part == ANSWER ? answered : part == THANKS ? thanked : 0);
      long place = placeOf(end);
      if (part == ANSWER) {
        return new Turn(place, MessageKind.AGENT);
      }
      if (isClosed(end, place, workload)) {
        if (part == CLOSE) {
          return new Turn(place, MessageKind.CLOSE);
        }
        if (saysThanks(customer(end, place))) {
          return new Turn(place, MessageKind.CUSTOMER);
        }
      }
    }
    long left = left(i, drawn);
    if (left <= answered && isClosed(i + left, drawn, workload)) {
      // Nobody writes there any more. Half a visit away somebody does.
      long place = (drawn + places / 2) % places;
      return new Turn(place, place == drawn ? MessageKind.AGENT : kind(i, place, coin));
    }
    return new Turn(drawn, kind(i, drawn, coin));
  }

  /** The customer who is at a place. */
  long customer(long i, long place) {
    return 1 + place + (i + place * LENGTH) / length * places;
  }

  /**
   * Whether with a message the bot answers the message before it.
   *
   * @param workload knows which messages are duplicates, and so no questions
   */
  boolean isGreeting(long i, Workload workload) {
    return i % LENGTH == GREETING && isGreeted(i - GREETING) && !workload.repeats(i - GREETING);
  }

  /** Whether the visit that begins with a message, a twelfth one, begins with the bot. */
  private boolean isGreeted(long first) {
    return greeted > 0
        && Workload.isBelow(
            greeted, Workload.mix(customer(first, placeOf(first - 1)) ^ Long.MIN_VALUE));
  }

  private MessageKind kind(long i, long place, boolean coin) {
    return MessageKind.of(coin || left(i, place) < length / 3);
  }

  /** How many messages come after this one until the visit at a place ends. */
  private long left(long i, long place) {
    return length - 1 - (i + place * LENGTH) % length;
  }

  /** The place whose visit ends with a message, a twelfth one. */
  private long placeOf(long end) {
    return Math.floorMod(-(end + 1) / LENGTH, places);
  }

  private boolean isClosed(long end, long place, Workload workload) {
    return Workload.isBelow(closed, Workload.mix(customer(end, place))) && !workload.repeats(end);
  }

  /** Two of three. */
  private static boolean saysThanks(long customer) {
    return Long.remainderUnsigned(Workload.mix(~customer), 3) > 0;
  }
}
