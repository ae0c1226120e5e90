package io.firstresponse.job.source.kafka;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.LongerThanZero;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.Required;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the source that reads topics of Kafka. */
public final class KafkaOptions {

  /** The start of reading, for a job that does not start from a savepoint. */
  public enum KafkaStart {
    /** The oldest record. */
    EARLIEST,
    /** The first record written after the start of the job. */
    LATEST,
    /** The committed offsets of the consumer group. */
    GROUP,
    /** The first record with a timestamp at or after a given time. */
    TIMESTAMP;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** The end of reading. */
  public enum KafkaEnd {
    NEVER,
    /** The last record at the start of the job. */
    LATEST;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** The action if the next record to read has been deleted. */
  public enum MissingOffset {
    FAIL,
    EARLIEST,
    LATEST;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  /** The format of the records in a topic. */
  public enum KafkaFormat {
    JSON,
    DEBEZIUM_JSON;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  @Required("for example localhost:9092")
  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      key("source.kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The addresses of Kafka: host:port, separated by commas. Required for"
                  + " source.type kafka.");

  public static final ConfigOption<List<String>> TOPICS =
      key("source.kafka.topics")
          .stringType()
          .asList()
          .noDefaultValue()
          .withDescription(
              "The topics to read, separated by ';'. Either this or source.kafka.topic-pattern is"
                  + " required for source.type kafka.");

  public static final ConfigOption<String> TOPIC_PATTERN =
      key("source.kafka.topic-pattern")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A regular expression. Topics whose complete name matches are read, also those created"
                  + " later.");

  public static final ConfigOption<String> GROUP_ID =
      key("source.kafka.group-id")
          .stringType()
          .defaultValue("first-response")
          .withDescription(
              "The consumer group to which offsets are committed with each checkpoint, so that its"
                  + " lag can be watched. After a restart the checkpoint counts, not the group.");

  public static final ConfigOption<KafkaStart> START =
      key("source.kafka.start")
          .enumType(KafkaStart.class)
          .defaultValue(KafkaStart.EARLIEST)
          .withDescription(
              "Where a job starts that has no savepoint: at the oldest record, at the next one that"
                  + " is written, at the committed offsets of the group, or at"
                  + " source.kafka.start-timestamp. Partitions added later are read from their first"
                  + " record.");

  public static final ConfigOption<String> START_TIMESTAMP =
      key("source.kafka.start-timestamp")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With source.kafka.start timestamp: an instant in ISO-8601, such as"
                  + " 2018-08-15T00:00:00Z. It is compared with the records' own timestamps in Kafka,"
                  + " not with the messages'.");

  public static final ConfigOption<KafkaEnd> END =
      key("source.kafka.end")
          .enumType(KafkaEnd.class)
          .defaultValue(KafkaEnd.NEVER)
          .withDescription(
              "Where reading ends: never, or at the last record when the job first starts. A job"
                  + " restored from its savepoint keeps that end. With latest the input is bounded, and"
                  + " the job ends with all results final.");

  public static final ConfigOption<MissingOffset> ON_MISSING_OFFSET =
      key("source.kafka.on-missing-offset")
          .enumType(MissingOffset.class)
          .defaultValue(MissingOffset.FAIL)
          .withDescription(
              "What to do if Kafka deleted the next record before the job read it, or the group has"
                  + " no offset: fail, or skip the gap and continue with the oldest record or with the"
                  + " next one that is written.");

  public static final ConfigOption<KafkaFormat> FORMAT =
      key("source.kafka.format")
          .enumType(KafkaFormat.class)
          .defaultValue(KafkaFormat.JSON)
          .withDescription(
              "The format of the records: JSON objects, or Debezium's change events of a table of"
                  + " messages, of which inserts and snapshot reads count.");

  @LongerThanZero
  public static final ConfigOption<Duration> DISCOVERY_INTERVAL =
      key("source.kafka.discovery-interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("How often to look for partitions and topics that were added.");

  @LongerThanZero
  public static final ConfigOption<Duration> CHECK_TIMEOUT =
      key("source.kafka.check-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(15))
          .withDescription(
              "How long to wait for Kafka when the job is submitted. Without an answer the job is not"
                  + " started.");

  public static final ConfigOption<Map<String, String>> PROPERTIES =
      key("source.kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Any property of Kafka's consumer by its own name, for example"
                  + " source.kafka.properties.security.protocol. Secrets are not written into the option, but"
                  + " read on the machine that needs them: ${file:/path/of/a/file.properties:key},"
                  + " ${directory:/path:file} or ${env:VARIABLE}.");

  private static final Duration SHORTEST_IDLE_TIMEOUT_ALIGNED = Duration.ofSeconds(10);

  private KafkaOptions() {}

  /**
   * Checks which topics are read and from where, and that idleness and alignment of watermarks do
   * not disturb each other.
   *
   * @throws BadOptionException when Kafka is the source and the options contradict each other
   */
  public static void check(ReadableConfig options) {
    if (options.get(SourceOptions.TYPE) != SourceType.KAFKA) {
      return;
    }
    boolean pattern = options.getOptional(TOPIC_PATTERN).isPresent();
    if (options.getOptional(TOPICS).isPresent() == pattern) {
      throw BadOptionException.of(
          TOPICS,
          "give either this or %s%s".formatted(TOPIC_PATTERN.key(), pattern ? ", not both" : ""));
    }
    boolean timestamp = options.getOptional(START_TIMESTAMP).isPresent();
    if ((options.get(START) == KafkaStart.TIMESTAMP) != timestamp) {
      throw BadOptionException.of(
          START_TIMESTAMP, "goes with %s timestamp, and is needed there".formatted(START.key()));
    }
    checkAlignment(options);
  }

  /**
   * Alignment looks at the splits once a second. A partition that becomes idle at the moment at
   * which alignment pauses it is never resumed (FLINK-40093), so idleness has to come much later.
   */
  private static void checkAlignment(ReadableConfig options) {
    Duration idle = options.get(EventTimeOptions.IDLE_TIMEOUT);
    if (!options.get(EventTimeOptions.MAX_DRIFT).isZero()
        && !idle.isZero()
        && idle.compareTo(SHORTEST_IDLE_TIMEOUT_ALIGNED) < 0) {
      throw BadOptionException.of(
          EventTimeOptions.IDLE_TIMEOUT,
          "must be %d s or more, or 0, unless %s is 0"
              .formatted(
                  SHORTEST_IDLE_TIMEOUT_ALIGNED.toSeconds(), EventTimeOptions.MAX_DRIFT.key()));
    }
  }
}
