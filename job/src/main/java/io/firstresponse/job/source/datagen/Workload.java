package io.firstresponse.job.source.datagen;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Texts;
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
 * A generated stream of messages. Message {@code i} is a pure function of the options and {@code
 * i}, so every reader can generate its part, again after a restore, and in any order.
 *
 * <p>Message {@code i} arrives at {@code start + i / event-rate}. It was sent earlier, by a random
 * delay between 0 and the disorder. Both directions are equally likely, and so are the agents 1 to
 * {@code agents} and the customers 1 to {@code customers}; some are closes instead. With the
 * traffic of a {@link SupportDesk}, that class chooses the writer and the time, and its bot is the
 * agent after the last one. Some messages are duplicates of an earlier one. No message is sent
 * earlier than the disorder before the latest message delivered so far, so a watermark with this
 * bound makes none late.
 */
public final class Workload implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  private static final long MAX_IDS = 1_000_000_000_000_000_000L;
  private static final double MIN_EVENT_RATE = 0.001;
  private static final double MAX_EVENT_RATE = 1e9;
  private static final Duration MAX_DISORDER = Duration.ofDays(365);

  /** The limit for duplicates. With more of them, the search for an original takes long. */
  private static final double MAX_DUPLICATES = 0.99;

  /** How soon a bot answers, in microseconds: after 1 to 4 seconds. */
  private static final long BOT_LEAST = 1_000_000;

  private static final long BOT_SPREAD = 3_000_000;

  // The use of each random number of a message. Numbers are never changed or used again, since that
  // would change the stream of every seed.
  private static final int DRAWS_PER_PLACE = 16;
  private static final int DRAW_DELAY = 0;
  private static final int DRAW_DIRECT = 1;
  private static final int DRAW_AGENT = 2;
  private static final int DRAW_CUSTOMER = 3;
  private static final int DRAW_AUTOMATED = 4;
  private static final int DRAW_REPEAT = 5;
  private static final int DRAW_CLOSES = 6;
  private static final int DRAW_LABELS = 7;
  private static final int DRAW_ORIGIN = 8;
  private static final int ORIGIN_DRAWS = 8;

  private final long key;
  private final long count;
  private final double eventRate;
  private final long disorder;
  private final long window;
  private final long duplicates;
  private final long automated;
  private final long closes;
  private final long agents;
  private final long customers;
  private final long start;
  // Null for even traffic.
  private final SupportDesk desk;
  private final GeneratedLabels labels;
  private final boolean names;
  // Null where no conversation is closed and there is no bot.
  private final Visits visits;

  private Workload(
      long seed,
      long count,
      double eventRate,
      Duration disorder,
      double duplicates,
      double automated,
      double closes,
      long agents,
      long customers,
      Instant start,
      DatagenOptions.Traffic traffic,
      int labels,
      boolean names,
      double bot) {
    boolean isDesk = traffic == DatagenOptions.Traffic.SUPPORT_DESK;
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
    require(
        labels >= 0 && labels <= GeneratedLabels.MAX_SETS,
        DatagenOptions.LABELS,
        labels,
        "from 0 to " + GeneratedLabels.MAX_SETS);
    require(
        !isDesk || labels <= GeneratedLabels.MAX_DESK_SETS,
        DatagenOptions.LABELS,
        labels,
        "from 0 to " + GeneratedLabels.MAX_DESK_SETS + " at a support desk");
    require(bot >= 0 && bot <= 1, DatagenOptions.BOT, bot, "from 0 to 1");
    require(isDesk || bot == 0, DatagenOptions.BOT, bot, "0 with even traffic");
    require(closes >= 0 && closes <= 1, DatagenOptions.CLOSES, closes, "from 0 to 1");
    require(agents >= 1 && agents <= MAX_IDS, DatagenOptions.AGENTS, agents, "from 1 to 10^18");
    require(
        customers >= 1 && customers <= MAX_IDS,
        DatagenOptions.CUSTOMERS,
        customers,
        "from 1 to 10^18");
    require(
        !isDesk || customers <= SupportDesk.MAX_IN_TOUCH,
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
    this.closes = threshold(closes);
    this.agents = agents;
    this.customers = customers;
    this.start = start.getEpochSecond() * 1_000_000 + start.getNano() / 1_000;
    this.desk = isDesk ? new SupportDesk(agents, customers, this.start) : null;
    this.labels = isDesk ? GeneratedLabels.ofDesk(labels) : GeneratedLabels.even(labels);
    this.names = names;
    this.visits =
        isDesk && (closes > 0 || bot > 0)
            ? new Visits(customers, this.closes, threshold(bot))
            : null;
    // Hashed, so that the stream of the next seed is not the same one, shifted.
    this.key = mix(seed);

    require(
        count == 0 || elapsed(count - 1) <= Message.MAX_TS - this.start,
        DatagenOptions.COUNT,
        count,
        "so low that the last message is sent before the year 10000");
  }

  /**
   * The stream that the options describe. The default numbers of agents and customers depend on the
   * response mode.
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
        options.get(DatagenOptions.CLOSES),
        options.getOptional(DatagenOptions.AGENTS).orElse(anyAgent ? 100L : 10L),
        options.getOptional(DatagenOptions.CUSTOMERS).orElse(customers),
        startOf(options),
        traffic,
        options.get(DatagenOptions.LABELS),
        options.get(DatagenOptions.NAMES),
        options.get(DatagenOptions.BOT));
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

  /** The number of messages; {@link Long#MAX_VALUE} if the stream has no end. */
  public long end() {
    return isBounded() ? count : Long.MAX_VALUE;
  }

  /**
   * Message {@code i}, counted from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such message
   */
  public Message message(long i) {
    return original(origin(Objects.checkIndex(i, end())));
  }

  /**
   * The arrival of message {@code i}, in microseconds since the epoch. An endless stream that
   * reaches the latest usable timestamp stays there.
   */
  public long arrival(long i) {
    return start + Math.min((long) elapsed(i), Message.MAX_TS - start);
  }

  /** The number of the original of message {@code i}: an earlier one if it is a duplicate. */
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
    // The last original before i. All messages after it are duplicates of messages that arrived
    // before it, so it is behind the latest timestamp by its own delay at most.
    long j = i - 1;
    while (repeats(j)) {
      j--;
    }
    return j;
  }

  /** Whether message {@code i} is a duplicate. It does not depend on other messages. */
  boolean repeats(long i) {
    return duplicates > 0 && i > 0 && isBelow(duplicates, random(i, DRAW_REPEAT));
  }

  private Message original(long i) {
    boolean coin = random(i, DRAW_DIRECT) < 0;
    long drawn = below(customers, random(i, DRAW_CUSTOMER));
    if (desk == null) {
      boolean isClose = closes > 0 && isBelow(closes, random(i, DRAW_CLOSES));
      MessageKind kind = isClose ? MessageKind.CLOSE : MessageKind.of(coin);
      return message(i, 1 + below(agents, random(i, DRAW_AGENT)), 1 + drawn, kind);
    }
    if (visits == null) {
      MessageKind kind = MessageKind.of(coin || desk.hasStopped(i, drawn));
      return message(i, deskAgent(i), desk.customer(i, drawn), kind);
    }
    Visits.Turn turn = visits.turn(i, drawn, coin, this);
    long customer = visits.customer(i, turn.place());
    return turn.isGreeting()
        ? message(i, bot(), customer, turn.kind(), true)
        : message(i, deskAgent(i), customer, turn.kind());
  }

  private long deskAgent(long i) {
    return desk.agent(arrival(i), random(i, DRAW_AGENT));
  }

  private long bot() {
    return agents + 1;
  }

  private Message message(long i, long agent, long customer, MessageKind kind) {
    boolean isAutomated =
        kind == MessageKind.AGENT && automated > 0 && isBelow(automated, random(i, DRAW_AUTOMATED));
    return message(i, agent, customer, kind, isAutomated);
  }

  private Message message(
      long i, long agent, long customer, MessageKind kind, boolean isAutomated) {
    boolean isLabelled = kind == MessageKind.CUSTOMER && labels.sets() > 0;
    if (!isLabelled && !names) {
      return new Message(agent, customer, sentAt(i), kind, isAutomated, Texts.NONE);
    }
    int set = isLabelled ? labels.draw(labelDraw(i, customer)) : 0;
    return new Message(
        agent,
        customer,
        sentAt(i),
        kind,
        isAutomated,
        isLabelled ? labels.key(set) : Message.NO_LABELS,
        Texts.of(
            null,
            null,
            names ? agentName(agent) : null,
            names ? GeneratedNames.customer(customer) : null,
            isLabelled ? labels.canonical(set) : null));
  }

  /** At a support desk a conversation keeps its labels. */
  private long labelDraw(long i, long customer) {
    return desk == null ? random(i, DRAW_LABELS) : mix(key ^ customer);
  }

  private String agentName(long agent) {
    return agent == bot() ? GeneratedNames.BOT : GeneratedNames.agent(agent);
  }

  private long sentAt(long i) {
    if (visits != null && visits.isGreeting(i, this)) {
      long soon = sentAt(i - 1) + BOT_LEAST + below(BOT_SPREAD, random(i, DRAW_DELAY));
      return Math.max(arrival(i) - disorder, Math.min(arrival(i), soon));
    }
    return arrival(i) - below(disorder + 1, random(i, DRAW_DELAY));
  }

  /** The time from the start to the arrival of {@code i}, in microseconds. */
  private double elapsed(long i) {
    double even = i * 1e6 / eventRate;
    return desk == null ? even : desk.elapsed(even);
  }

  /** 64 random bits for one use in one message, from the generator SplitMix64. */
  private long random(long i, int draw) {
    return mix(key + (i * DRAWS_PER_PLACE + draw) * 0x9E3779B97F4A7C15L);
  }

  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 to {@code bound - 1}, equally distributed; {@code bound} is 2^62 at most. */
  static long below(long bound, long random) {
    return Math.multiplyHigh(random >>> 1, bound << 1);
  }

  /** A share between 0 and 1 as a number of 53 bits, for {@link #isBelow}. */
  private static long threshold(double share) {
    return (long) (share * 0x1p53);
  }

  static boolean isBelow(long threshold, long random) {
    return random >>> 11 < threshold;
  }
}
