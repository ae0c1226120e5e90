package io.firstresponse.job.source.datagen;

import java.io.Serial;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Traffic as a support desk has it. Weeks have busy and quiet hours (UTC): at a mean rate of one
 * message a second, from some twentieth at night to nearly three around noon of a working day,
 * while as many customers as ever wait, so that nights are slow. Agents work in three shifts, some
 * of them more than others. Customers come and go: so many are in touch at a time, each for about a
 * dozen messages, the last of them by agents.
 *
 * <p>Each answer is a function of the place in the stream alone.
 */
final class SupportDesk implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  static final long MAX_IN_TOUCH = 1_000_000_000;

  private static final long HOUR = 3_600_000_000L;
  private static final int HOURS = 7 * 24;
  private static final long WEEK = HOURS * HOUR;

  /** 1970-01-05T00:00:00Z, the first Monday, in microseconds since the epoch. */
  private static final long A_MONDAY = 4 * 24 * HOUR;

  /** How busy the hours of a working day are, beside each other; those of Saturday and Sunday. */
  private static final int[] WORKING_DAY = {
    2, 1, 1, 1, 1, 2, 4, 9, 17, 25, 29, 28, 22, 24, 27, 26, 23, 18, 14, 12, 10, 8, 5, 3
  };

  private static final int[] WEEKEND_DAY = {
    2, 1, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 8, 8, 8, 7, 7, 6, 6, 5, 4, 3, 2
  };

  /** The share of a week's messages that come before each of its hours, and 1. */
  private static final double[] BEFORE = before();

  /** Where the agents of each shift of eight hours begin, as shares of all, and 1. */
  private static final double[] SHIFTS = {0, 1 / 6.0, 2 / 3.0, 1};

  /** So many messages are written to and by a customer, on average. */
  private static final int MESSAGES_A_CUSTOMER = 12;

  private final long agents;
  private final long inTouch;
  private final long stay;
  private final long startInWeek;

  /**
   * A desk.
   *
   * @param inTouch how many customers are in touch at a time
   * @param start when the first message arrives, in microseconds since the epoch
   */
  SupportDesk(long agents, long inTouch, long start) {
    this.agents = agents;
    this.inTouch = inTouch;
    this.stay = inTouch * MESSAGES_A_CUSTOMER;
    this.startInWeek = Math.floorMod(start - A_MONDAY, WEEK);
  }

  private static double[] before() {
    int[] weights =
        IntStream.range(0, HOURS)
            .map(hour -> (hour < 5 * 24 ? WORKING_DAY : WEEKEND_DAY)[hour % 24])
            .toArray();
    double sum = IntStream.of(weights).sum();
    double[] before = new double[HOURS + 1];
    for (int hour = 0; hour < HOURS; hour++) {
      before[hour + 1] = before[hour] + weights[hour] / sum;
    }
    before[HOURS] = 1;
    return before;
  }

  /**
   * When a message arrives, in microseconds after the first one.
   *
   * @param even when it would, did all hours have the same share of a week's messages
   */
  double elapsed(double even) {
    int firstHour = (int) (startInWeek / HOUR);
    double first =
        BEFORE[firstHour]
            + (BEFORE[firstHour + 1] - BEFORE[firstHour]) * (startInWeek % HOUR) / HOUR;
    double weeks = first + even / WEEK;
    double whole = Math.floor(weeks);
    double share = weeks - whole;
    int hour = hourOf(share);
    double within = (share - BEFORE[hour]) / (BEFORE[hour + 1] - BEFORE[hour]);
    return Math.max(0, whole * WEEK + (hour + Math.min(1, within)) * HOUR - startInWeek);
  }

  private static int hourOf(double share) {
    int low = 0;
    int high = HOURS - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (BEFORE[middle] <= share) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The agent of one of those on duty. */
  long agent(long arrival, long random) {
    int shift = (int) (Math.floorMod(arrival, 24 * HOUR) / (8 * HOUR));
    long from = (long) (agents * SHIFTS[shift]);
    long to = Math.max(from + 1, (long) (agents * SHIFTS[shift + 1]));
    double u = (random >>> 11) * 0x1p-53;
    // The first ones write up to three times as much as the last.
    return 1 + from + (long) ((to - from) * (u + u * u) / 2);
  }

  /** The customer who is in one of the places of those in touch. */
  long customer(long i, long place) {
    return 1 + place + (i + arrived(place)) / stay * inTouch;
  }

  /** Whether a customer has asked enough, and only agents still write. */
  boolean isClosing(long i, long place) {
    return (i + arrived(place)) % stay >= stay * 2 / 3;
  }

  /** Customers do not all come at once. */
  private long arrived(long place) {
    return Workload.below(stay, Workload.mix(place));
  }
}
