package io.firstresponse.job.options;

import io.firstresponse.job.decode.FeedOptions;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.JobOptions.KafkaStart;
import io.firstresponse.job.options.JobOptions.SourceType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** What options must be beyond their types: given, within bounds, and at one with each other. */
final class OptionRules {

  private static final Duration SHORTEST_IDLE_TIMEOUT_ALIGNED = Duration.ofSeconds(10);

  private OptionRules() {}

  /**
   * Passes or throws.
   *
   * @throws BadOptionException that names the option and what it may be
   */
  static void check(ReadableConfig options) {
    require(options, JobOptions.SOURCE_TYPE, "files, kafka, postgres or datagen");
    if (options.get(JobOptions.SOURCE_TYPE) == SourceType.FILES) {
      require(options, JobOptions.FILES_PATH, "a file or a folder");
    }
    if (options.get(JobOptions.SOURCE_TYPE) == SourceType.KAFKA) {
      checkKafka(options);
      checkAlignment(options);
    }
    if (options.get(JobOptions.SOURCE_TYPE) == SourceType.POSTGRES) {
      checkPostgres(options);
    }
    require(options, JobOptions.JDBC_URL, "for example jdbc:postgresql://localhost:5432/support");
    require(options, JobOptions.JDBC_USER, "the database user who writes the results");

    for (ConfigOption<Duration> positive :
        List.of(
            JobOptions.LIVE_INTERVAL,
            JobOptions.FILES_WATCH_INTERVAL,
            JobOptions.POSTGRES_POLL_INTERVAL,
            JobOptions.POSTGRES_CONNECT_TIMEOUT,
            JobOptions.POSTGRES_SOCKET_TIMEOUT,
            JobOptions.KAFKA_DISCOVERY_INTERVAL,
            JobOptions.KAFKA_CHECK_TIMEOUT,
            JobOptions.JDBC_FLUSH_INTERVAL,
            JobOptions.JDBC_CONNECT_TIMEOUT,
            JobOptions.JDBC_SOCKET_TIMEOUT)) {
      options
          .getOptional(positive)
          .filter(Duration::isZero)
          .ifPresent(zero -> refuse(positive, "must be longer than 0"));
    }
    atLeast(options, JobOptions.JDBC_BATCH_ROWS, 1);
    atLeast(options, JobOptions.MAX_MESSAGE_BYTES, 64);
    for (String agent : options.get(JobOptions.BOT_AGENTS)) {
      try {
        Long.parseLong(agent);
      } catch (NumberFormatException e) {
        refuse(JobOptions.BOT_AGENTS, "'%s' is not an agent id, a 64-bit integer".formatted(agent));
      }
    }
    String delimiter = options.get(JobOptions.FILES_CSV_DELIMITER);
    if (!delimiter.equals("\\t")
        && (delimiter.length() != 1 || "\"\r\n".contains(delimiter) || delimiter.charAt(0) > 127)) {
      refuse(JobOptions.FILES_CSV_DELIMITER, "must be one ASCII character, or \\t");
    }
    long from = OptionTime.of(options, JobOptions.MESSAGES_FROM).orElse(Long.MIN_VALUE);
    long to = OptionTime.of(options, JobOptions.MESSAGES_TO).orElse(Long.MAX_VALUE);
    if (from >= to) {
      refuse(JobOptions.MESSAGES_FROM, "must be before %s".formatted(JobOptions.MESSAGES_TO.key()));
    }
    FeedOptions.check(options);
    MappingOptions.check(options);
    Set<String> fields = new HashSet<>();
    for (ConfigOption<String> field :
        List.of(
            JobOptions.FIELD_A,
            JobOptions.FIELD_B,
            JobOptions.FIELD_TS,
            JobOptions.FIELD_DIRECT,
            JobOptions.FIELD_AUTOMATED)) {
      if (!fields.add(options.get(field))) {
        refuse(field, "the field '%s' is already another's".formatted(options.get(field)));
      }
    }
  }

  private static void checkPostgres(ReadableConfig options) {
    require(
        options, JobOptions.POSTGRES_URL, "for example jdbc:postgresql://localhost:5432/support");
    require(options, JobOptions.POSTGRES_USER, "the database user who reads the messages");
    atLeast(options, JobOptions.POSTGRES_SPLITS, 1);
    Duration bound = options.get(JobOptions.MAX_OUT_OF_ORDERNESS);
    if (options.getOptional(JobOptions.POSTGRES_TO).isEmpty()
        && options.get(JobOptions.POSTGRES_OVERLAP).compareTo(bound) > 0) {
      refuse(
          JobOptions.POSTGRES_OVERLAP,
          "must be %s (%d ms) at most: a message that is committed later comes late"
              .formatted(JobOptions.MAX_OUT_OF_ORDERNESS.key(), bound.toMillis()));
    }
  }

  private static void checkKafka(ReadableConfig options) {
    require(options, JobOptions.KAFKA_BOOTSTRAP_SERVERS, "for example localhost:9092");
    boolean pattern = options.getOptional(JobOptions.KAFKA_TOPIC_PATTERN).isPresent();
    if (options.getOptional(JobOptions.KAFKA_TOPICS).isPresent() == pattern) {
      refuse(
          JobOptions.KAFKA_TOPICS,
          "give either this or %s%s"
              .formatted(JobOptions.KAFKA_TOPIC_PATTERN.key(), pattern ? ", not both" : ""));
    }
    boolean timestamp = options.getOptional(JobOptions.KAFKA_START_TIMESTAMP).isPresent();
    if ((options.get(JobOptions.KAFKA_START) == KafkaStart.TIMESTAMP) != timestamp) {
      refuse(
          JobOptions.KAFKA_START_TIMESTAMP,
          "goes with %s timestamp, and is needed there".formatted(JobOptions.KAFKA_START.key()));
    }
  }

  /**
   * A partition that becomes idle in the moment in which it is paused is never resumed
   * (FLINK-40093); alignment looks every second.
   */
  private static void checkAlignment(ReadableConfig options) {
    Duration idle = options.get(JobOptions.IDLE_TIMEOUT);
    if (!options.get(JobOptions.MAX_DRIFT).isZero()
        && !idle.isZero()
        && idle.compareTo(SHORTEST_IDLE_TIMEOUT_ALIGNED) < 0) {
      refuse(
          JobOptions.IDLE_TIMEOUT,
          "must be %d s or more, or 0, unless %s is 0"
              .formatted(SHORTEST_IDLE_TIMEOUT_ALIGNED.toSeconds(), JobOptions.MAX_DRIFT.key()));
    }
  }

  private static void require(ReadableConfig options, ConfigOption<?> option, String example) {
    if (options.getOptional(option).isEmpty()) {
      throw new BadOptionException("--%s is missing: %s.".formatted(option.key(), example));
    }
  }

  private static void atLeast(ReadableConfig options, ConfigOption<Integer> option, int least) {
    if (options.get(option) < least) {
      refuse(option, "must be %d or more".formatted(least));
    }
  }

  private static void refuse(ConfigOption<?> option, String why) {
    throw new BadOptionException("%s: %s.".formatted(option.key(), why));
  }
}
