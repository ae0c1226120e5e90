package io.firstresponse.local;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import io.firstresponse.job.source.kafka.KafkaOptions;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaEnd;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaStart;
import io.firstresponse.job.source.postgres.PostgresOptions;
import io.firstresponse.local.inspect.Settings;
import io.firstresponse.local.inspect.Settings.Order;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/** Changes the options of a job into those of an inspection, which ends and writes nothing. */
final class InspectInput {

  /** The shortest bound to recommend where the order is that of arrival. */
  private static final Duration LEAST_BOUND = Duration.ofSeconds(1);

  private InspectInput() {}

  /**
   * The options of a job that reads what is there now.
   *
   * @param limited whether a number of records is given, after which reading ends
   * @throws BadOptionException when the source has no end
   */
  static Configuration bounded(Configuration options, boolean limited, Instant now) {
    Configuration bounded = new Configuration(options);
    switch (options.get(SourceOptions.TYPE)) {
      case FILES -> {
        bounded.removeConfig(FileOptions.WATCH_INTERVAL);
        if (options.getOptional(FileOptions.ON_UNREADABLE).isEmpty()) {
          // One file that cannot be read does not hide what is in the others.
          bounded.set(FileOptions.ON_UNREADABLE, OnUnreadable.DEAD_LETTER);
        }
      }
      case POSTGRES -> {
        if (options.getOptional(PostgresOptions.TO).isEmpty()) {
          bounded.set(PostgresOptions.TO, now.toString());
        }
      }
      case KAFKA -> {
        bounded.set(KafkaOptions.END, KafkaEnd.LATEST);
        if (options.get(KafkaOptions.START) == KafkaStart.LATEST) {
          // Nothing is there after the last record.
          bounded.set(KafkaOptions.START, KafkaStart.EARLIEST);
        }
        ReplayInput.leaveOffsetsAlone(bounded);
      }
      case DATAGEN -> {
        if (options.get(DatagenOptions.COUNT) == 0 && !limited) {
          throw new BadOptionException(
              "%s: without it there is no end; give it, or --limit."
                  .formatted(DatagenOptions.COUNT.key()));
        }
      }
    }
    return bounded;
  }

  /** What the inspection has to know of the options. */
  static Settings settings(ReadableConfig options, Instant now) {
    Order order =
        switch (options.get(SourceOptions.TYPE)) {
          case FILES -> Order.ONE_AFTER_ANOTHER;
          case POSTGRES -> Order.SORTED;
          case KAFKA, DATAGEN -> Order.SIDE_BY_SIDE;
        };
    return new Settings(
        options.get(ResultOptions.RESPONSE_MODE),
        options.get(MessageOptions.EPOCH_UNIT),
        ZoneId.of(options.get(MessageOptions.TIME_ZONE)),
        order,
        order == Order.ONE_AFTER_ANOTHER
            ? EventTimeOptions.MAX_OUT_OF_ORDERNESS.defaultValue()
            : LEAST_BOUND,
        now);
  }

  /** Where the records are read, for people. */
  static String describe(ReadableConfig options) {
    return switch (options.get(SourceOptions.TYPE)) {
      case FILES -> options.get(FileOptions.PATH);
      case POSTGRES ->
          "table %s.%s"
              .formatted(options.get(PostgresOptions.SCHEMA), options.get(PostgresOptions.TABLE));
      case KAFKA ->
          options
              .getOptional(KafkaOptions.TOPICS)
              .map(topics -> "topics " + String.join(", ", topics))
              .orElseGet(() -> "topics " + options.get(KafkaOptions.TOPIC_PATTERN));
      case DATAGEN -> "generated messages";
    };
  }
}
