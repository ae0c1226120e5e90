package io.firstresponse.job.source.datagen;

import java.io.Serial;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Traffic like that of a support desk. A week has busy and quiet hours (UTC): at a mean rate of one
 * message per second, the rate is about a twentieth at night and nearly three around noon of a
 * working day. The number of active customers is always the same, so that responses are slow at
 * night. Agents work in three shifts, and some write more than others. A customer is active for
 * about a dozen messages, of which agents write the last ones. Where conversations are closed,
 * {@link Visits} says who writes.
 *
 * <p>Everything is a function of the message's number in the stream.
 */
final class SupportDesk implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  static final long MAX_IN_TOUCH = 1_000_000_000;

  private static final long HOUR = 3_600_000_000L;
  private static final int HOURS = 7 * 24;
  private static final long WEEK = HOURS * HOUR;

  /** 1970-01-05T00:00:00Z, the first Monday, in microseconds since the epoch. */
  private static final long A_MONDAY = 4 * 24 * HOUR;

  /** The relative load of the hours of a working day. */
  private static final int[] WORKING_DAY = {
    2, 1, 1, 1, 1, 2, 4, 9, 17, 25, 29, 28, 22, 24, 27, 26, 23, 18, 14, 12, 10, 8, 5, 3
  };

  /** The relative load of the hours of a Saturday or Sunday. */
  private static final int[] WEEKEND_DAY = {
    2, 1, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 9, 8, 8, 8, 7, 7, 6, 6, 5, 4, 3, 2
  };

  /** The share of a week's messages that comes before each hour; the last element is 1. */
  private static final double[] BEFORE = before();

  /** The first agent of each shift of eight hours, as a share of all; the last element is 1. */
  private static final double[] SHIFTS = {0, 1 / 6.0, 2 / 3.0, 1};

  /** The mean number of messages to and from a customer. */
  static final int MESSAGES_A_CUSTOMER = 12;

  private final long agents;
  private final long inTouch;
  private final long stay;
  private final long startInWeek;

  /**
   * Creates a desk.
   *
   * @param inTouch the number of customers who are active at a time
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
   * The arrival of a message, in microseconds after the first one.
   *
   * @param even its arrival if all hours had the same load
   */
  double elapsed(double even) {
    int firstHour = (int) (startInWeek / HOUR);
    double first =
        BEFORE[firstHour]
            + (BEFORE[firstHour + 1] - BEFORE[firstHour]) * (startInWeek % HOUR) / HOUR;
    double weeks = first + even / WEEK;
    double fullWeeks = Math.floor(weeks);
    double share = weeks - fullWeeks;
    int hour = hourOf(share);
    double within = (share - BEFORE[hour]) / (BEFORE[hour + 1] - BEFORE[hour]);
    return Math.max(0, fullWeeks * WEEK + (hour + Math.min(1, within)) * HOUR - startInWeek);
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

  /** One of the agents of the present shift. */
  long agent(long arrival, long random) {
    int shift = (int) (Math.floorMod(arrival, 24 * HOUR) / (8 * HOUR));
    long from = (long) (agents * SHIFTS[shift]);
    long to = Math.max(from + 1, (long) (agents * SHIFTS[shift + 1]));
    double u = (random >>> 11) * 0x1p-53;
    // The first agents of a shift write up to three times as much as the last ones.
    return 1 + from + (long) ((to - from) * (u + u * u) / 2);
  }

  /** The customer who is active in a slot. */
  long customer(long i, long place) {
    return 1 + place + (i + arrived(place)) / stay * inTouch;
  }

  /** Whether a customer has stopped writing, so that only agents write to them. */
  boolean hasStopped(long i, long place) {
    return (i + arrived(place)) % stay >= stay * 2 / 3;
  }

  /** Delays customers by slot, so that they do not all arrive at the same time. */
  private long arrived(long place) {
    return Workload.below(stay, Workload.mix(place));
  }
}
