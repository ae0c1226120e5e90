package io.firstresponse.job.source.datagen;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the source that generates messages. */
public final class DatagenOptions {

  /** The kind of generated traffic. */
  public enum Traffic {
    /** All agents and customers write equally often, at any time. */
    EVEN,
    /** Like a support desk, with busy and quiet hours; customers come and go. */
    SUPPORT_DESK;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  public static final ConfigOption<Long> COUNT =
      key("source.datagen.count")
          .longType()
          .defaultValue(1_000_000L)
          .withDescription("How many messages to generate, duplicates included; 0: without end.");

  public static final ConfigOption<Double> RATE =
      key("source.datagen.rate")
          .doubleType()
          .defaultValue(0.0)
          .withDescription(
              "Messages per second of wall-clock time, all splits together; 0: as fast as possible.");

  public static final ConfigOption<Double> EVENT_RATE =
      key("source.datagen.event-rate")
          .doubleType()
          .defaultValue(20_000.0)
          .withDescription("Messages per second of event time.");

  public static final ConfigOption<Duration> DISORDER =
      key("source.datagen.disorder")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "How far out of order messages arrive: each is delayed by a random time between 0 and"
                  + " this.");

  public static final ConfigOption<Double> DUPLICATES =
      key("source.datagen.duplicates")
          .doubleType()
          .defaultValue(0.0)
          .withDescription("The share of deliveries that repeat an earlier message, 0 to 0.99.");

  public static final ConfigOption<Double> AUTOMATED =
      key("source.datagen.automated")
          .doubleType()
          .defaultValue(0.0)
          .withDescription("The share of agents' messages that are marked as automated, 0 to 1.");

  public static final ConfigOption<Integer> LABELS =
      key("source.datagen.labels")
          .intType()
          .defaultValue(0)
          .withDescription(
              "How many label sets customers' messages have; 0: messages have no labels. With even"
                  + " traffic each has a channel, a priority and a team, and all are equally"
                  + " frequent. At a support desk each has a channel, an inbox and a priority, some"
                  + " are much more frequent than others, a conversation keeps its own, and there"
                  + " are at most 12.");

  public static final ConfigOption<Boolean> NAMES =
      key("source.datagen.names")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether agents and customers have display names: a given name and an initial, made"
                  + " from the id.");

  public static final ConfigOption<Double> BOT =
      key("source.datagen.bot")
          .doubleType()
          .defaultValue(0.0)
          .withDescription(
              "The share of a support desk's conversations, 0 to 1, in which a bot answers the first"
                  + " message within seconds and leaves the rest to agents. The bot is the agent after"
                  + " the last one, and its messages are marked as automated.");

  public static final ConfigOption<Double> CLOSES =
      key("source.datagen.closes")
          .doubleType()
          .defaultValue(0.0)
          .withDescription(
              "How much is closed, 0 to 1: with even traffic, the share of messages that are closes"
                  + " instead; at a support desk, the share of conversations that are closed, some"
                  + " time after an answer and after most of those customers have said thanks.");

  public static final ConfigOption<Long> SEED =
      key("source.datagen.seed")
          .longType()
          .defaultValue(1L)
          .withDescription("The same seed and options give the same messages, at any parallelism.");

  public static final ConfigOption<Long> AGENTS =
      key("source.datagen.agents")
          .longType()
          .noDefaultValue()
          .withDescription(
              "How many agents write. Default: 100 in any-agent mode, 10 in addressed-agent mode.");

  public static final ConfigOption<Long> CUSTOMERS =
      key("source.datagen.customers")
          .longType()
          .noDefaultValue()
          .withDescription(
              "How many customers write; with support-desk traffic, how many at a time."
                  + " Default: 1000000 in any-agent mode, 10000 in addressed-agent mode, 60 at a"
                  + " support desk.");

  public static final ConfigOption<Traffic> TRAFFIC =
      key("source.datagen.traffic")
          .enumType(Traffic.class)
          .defaultValue(Traffic.EVEN)
          .withDescription(
              "even: each agent and each customer writes as often as any other, at any time."
                  + " support-desk: weeks of busy and quiet hours, agents in shifts, customers who"
                  + " come, write about a dozen messages, and go. The event rate is the mean of a"
                  + " week then.");

  public static final ConfigOption<String> START =
      key("source.datagen.start")
          .stringType()
          .defaultValue("2018-08-15T10:00:00Z")
          .withDescription("The event time at which the first message arrives, in ISO-8601.");

  public static final ConfigOption<Integer> SPLITS =
      key("source.datagen.splits")
          .intType()
          .defaultValue(4)
          .withDescription(
              "How many splits the stream has, like the partitions of a topic. At most so many"
                  + " readers work in parallel.");

  private DatagenOptions() {}

  /**
   * Checks that ids are integers, as those that are generated.
   *
   * @throws BadOptionException if they are to be texts
   */
  public static void check(ReadableConfig options) {
    if (options.get(SourceOptions.TYPE) == SourceType.DATAGEN
        && options.get(MessageOptions.IDS) == Ids.TEXT) {
      throw BadOptionException.of(
          MessageOptions.IDS,
          "not text with %s %s, which generates integers"
              .formatted(SourceOptions.TYPE.key(), SourceType.DATAGEN));
    }
  }
}
