package io.firstresponse.job.source.datagen;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.ResultOptions;
import java.io.Serial;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Made-up traffic: which message is delivered in which place. Message number {@code i} is a pure
 * function of the options and {@code i}, so any part of the stream can be made anywhere, again, and
 * in any order.
 *
 * <p>Message {@code i} arrives at {@code start + i / event-rate} and was sent by a delay earlier
 * that is drawn evenly between 0 and the disorder. Direction is a fair coin; agents are 1 to {@code
 * agents} and customers 1 to {@code customers}, each as likely as the other. Where the traffic is
 * that of a {@link SupportDesk}, who writes to whom, and when, is told there. A place may instead
 * repeat, field for field, a message of an earlier place. No message, repeated or not, is stamped
 * further than the disorder behind the latest timestamp delivered before it: a watermark that
 * allows for the disorder makes none late.
 */
public final class Workload implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  private static final long MAX_IDS = 1_000_000_000_000_000_000L;
  private static final double MIN_EVENT_RATE = 0.001;
  private static final double MAX_EVENT_RATE = 1e9;
  private static final Duration MAX_DISORDER = Duration.ofDays(365);

  /** With fewer originals the way back to the last one gets long. */
  private static final double MAX_DUPLICATES = 0.99;

  // What the random numbers of one place are for. Positions are never reused or renumbered:
  // that would change every stream.
  private static final int DRAWS_PER_PLACE = 16;
  private static final int DRAW_DELAY = 0;
  private static final int DRAW_DIRECT = 1;
  private static final int DRAW_AGENT = 2;
  private static final int DRAW_CUSTOMER = 3;
  private static final int DRAW_AUTOMATED = 4;
  private static final int DRAW_REPEAT = 5;
  private static final int DRAW_ORIGIN = 8;
  private static final int ORIGIN_DRAWS = 8;

  private final long key;
  private final long count;
  private final double eventRate;
  private final long disorder;
  private final long window;
  private final long duplicates;
  private final long automated;
  private final long agents;
  private final long customers;
  private final long start;
  // Null where the traffic is even.
  private final SupportDesk desk;

  private Workload(
      long seed,
      long count,
      double eventRate,
      Duration disorder,
      double duplicates,
      double automated,
      long agents,
      long customers,
      Instant start,
      DatagenOptions.Traffic traffic) {
    require(count >= 0, DatagenOptions.COUNT, count, "0 or more");
    require(
        eventRate >= MIN_EVENT_RATE && eventRate <= MAX_EVENT_RATE,
        DatagenOptions.EVENT_RATE,
        eventRate,
        "from 0.001 to 1000000000");
    require(
        !disorder.isNegative() && disorder.compareTo(MAX_DISORDER) <= 0,
        DatagenOptions.DISORDER,
        disorder,
        "from 0 to 365 days");
    require(
        duplicates >= 0 && duplicates <= MAX_DUPLICATES,
        DatagenOptions.DUPLICATES,
        duplicates,
        "from 0 to " + MAX_DUPLICATES);
    require(automated >= 0 && automated <= 1, DatagenOptions.AUTOMATED, automated, "from 0 to 1");
    require(agents >= 1 && agents <= MAX_IDS, DatagenOptions.AGENTS, agents, "from 1 to 10^18");
    require(
        customers >= 1 && customers <= MAX_IDS,
        DatagenOptions.CUSTOMERS,
        customers,
        "from 1 to 10^18");
    require(
        traffic == DatagenOptions.Traffic.EVEN || customers <= SupportDesk.MAX_IN_TOUCH,
        DatagenOptions.CUSTOMERS,
        customers,
        "from 1 to " + SupportDesk.MAX_IN_TOUCH + " at a support desk");

    require(
        start.minus(disorder).getEpochSecond() >= Message.MIN_TS / 1_000_000
            && start.getEpochSecond() <= Message.MAX_TS / 1_000_000,
        DatagenOptions.START,
        start,
        "within the years 1 to 9999, the disorder before it included");

    this.count = count;
    this.eventRate = eventRate;
    this.disorder = disorder.toSeconds() * 1_000_000 + disorder.toNanosPart() / 1_000;
    this.window = (long) (this.disorder * eventRate / 1e6);
    this.duplicates = threshold(duplicates);
    this.automated = threshold(automated);
    this.agents = agents;
    this.customers = customers;
    this.start = start.getEpochSecond() * 1_000_000 + start.getNano() / 1_000;
    this.desk =
        traffic == DatagenOptions.Traffic.SUPPORT_DESK
            ? new SupportDesk(agents, customers, this.start)
            : null;
    // Mixed, so that the streams of neighbouring seeds are not each other's, shifted.
    this.key = mix(seed);

    require(
        count == 0 || elapsed(count - 1) <= Message.MAX_TS - this.start,
        DatagenOptions.COUNT,
        count,
        "so low that the last message is sent before the year 10000");
  }

  /**
   * The traffic that the {@code source.datagen.*} options describe; the response mode decides how
   * many agents and customers there are by default.
   *
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  public static Workload from(ReadableConfig options) {
    boolean anyAgent = options.get(ResultOptions.RESPONSE_MODE) == ResponseMode.ANY_AGENT;
    DatagenOptions.Traffic traffic = options.get(DatagenOptions.TRAFFIC);
    long customers =
        traffic == DatagenOptions.Traffic.SUPPORT_DESK ? 60 : anyAgent ? 1_000_000 : 10_000;
    return new Workload(
        options.get(DatagenOptions.SEED),
        options.get(DatagenOptions.COUNT),
        options.get(DatagenOptions.EVENT_RATE),
        options.get(DatagenOptions.DISORDER),
        options.get(DatagenOptions.DUPLICATES),
        options.get(DatagenOptions.AUTOMATED),
        options.getOptional(DatagenOptions.AGENTS).orElse(anyAgent ? 100L : 10L),
        options.getOptional(DatagenOptions.CUSTOMERS).orElse(customers),
        startOf(options),
        traffic);
  }

  private static Instant startOf(ReadableConfig options) {
    String start = options.get(DatagenOptions.START);
    try {
      return Instant.parse(start);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          DatagenOptions.START.key()
              + " must be an instant like 2018-08-15T10:00:00Z, not '"
              + start
              + "'",
          e);
    }
  }

  static void require(boolean holds, ConfigOption<?> option, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(option.key() + " must be " + range + ", not " + value);
    }
  }

  /** Whether the stream ends. */
  public boolean isBounded() {
    return count > 0;
  }

  /** The first number that no message has; {@link Long#MAX_VALUE} if the stream has no end. */
  public long end() {
    return isBounded() ? count : Long.MAX_VALUE;
  }

  /**
   * The message delivered in place {@code i}, counted from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such place
   */
  public Message message(long i) {
    return original(origin(Objects.checkIndex(i, end())));
  }

  /**
   * When message {@code i} arrives, in microseconds since the epoch. A stream without end that
   * reaches the last usable timestamp stays there.
   */
  public long arrival(long i) {
    return start + Math.min((long) elapsed(i), Message.MAX_TS - start);
  }

  /** The place whose message is delivered in place {@code i}: an earlier one if that repeats. */
  long origin(long i) {
    if (!repeats(i)) {
      return i;
    }
    long reach = Math.min(i, window);
    for (int draw = 0; draw < ORIGIN_DRAWS && reach > 0; draw++) {
      long j = i - 1 - below(reach, random(i, DRAW_ORIGIN + draw));
      if (!repeats(j) && arrival(i) - sentAt(j) <= disorder) {
        return j;
      }
    }
    // The last original. All places since repeat messages that had arrived by then, so this one
    // is behind the latest timestamp by no more than its own delay, however small the disorder.
    long j = i - 1;
    while (repeats(j)) {
      j--;
    }
    return j;
  }

  /** Decided without looking at other places, which would have to look further in turn. */
  private boolean repeats(long i) {
    return duplicates > 0 && i > 0 && isBelow(duplicates, random(i, DRAW_REPEAT));
  }

  private Message original(long i) {
    boolean coin = random(i, DRAW_DIRECT) < 0;
    long drawnCustomer = below(customers, random(i, DRAW_CUSTOMER));
    boolean direct = coin || (desk != null && desk.isClosing(i, drawnCustomer));
    return new Message(
        desk == null
            ? 1 + below(agents, random(i, DRAW_AGENT))
            : desk.agent(arrival(i), random(i, DRAW_AGENT)),
        desk == null ? 1 + drawnCustomer : desk.customer(i, drawnCustomer),
        sentAt(i),
        direct,
        direct && automated > 0 && isBelow(automated, random(i, DRAW_AUTOMATED)));
  }

  private long sentAt(long i) {
    return arrival(i) - below(disorder + 1, random(i, DRAW_DELAY));
  }

  /** From the start to the arrival of {@code i}, in microseconds. */
  private double elapsed(long i) {
    double even = i * 1e6 / eventRate;
    return desk == null ? even : desk.elapsed(even);
  }

  /** The 64 random bits that serve one purpose in one place: SplitMix64, entered anywhere. */
  private long random(long i, int draw) {
    return mix(key + (i * DRAWS_PER_PLACE + draw) * 0x9E3779B97F4A7C15L);
  }

  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Spreads random bits evenly over 0 to {@code bound - 1}; {@code bound} at most 2^62. */
  static long below(long bound, long random) {
    return Math.multiplyHigh(random >>> 1, bound << 1);
  }

  /** A share as a number of 53 bits, for {@link #isBelow}. */
  private static long threshold(double share) {
    return (long) (share * 0x1p53);
  }

  private static boolean isBelow(long threshold, long random) {
    return random >>> 11 < threshold;
  }
}
