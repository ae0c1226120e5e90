package io.firstresponse.local;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.OptionTime;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.kafka.KafkaOptions;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaEnd;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaStart;
import io.firstresponse.job.source.postgres.PostgresOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Changes the options of the job in production into those of a replay. */
final class ReplayInput {

  /** A property of Flink's connector, whose classes are relocated in the job's jar. */
  private static final String COMMIT_OFFSETS = "commit.offsets.on.checkpoint";

  private ReplayInput() {}

  /**
   * The part of a period that is read: no more than production reads, if its options limit it.
   *
   * @throws BadOptionException when the job would read nothing of it
   */
  static ReplayPeriod period(Configuration options, ReplayPeriod asked) {
    ReplayPeriod period = within(options, asked, MessageOptions.FROM, MessageOptions.TO);
    if (options.get(SourceOptions.TYPE) == SourceType.POSTGRES) {
      period = within(options, period, PostgresOptions.FROM, PostgresOptions.TO);
    }
    if (period.readFrom() >= period.readTo()) {
      throw new BadOptionException("--from: the job's options exclude all of the period.");
    }
    return period;
  }

  private static ReplayPeriod within(
      Configuration options,
      ReplayPeriod period,
      ConfigOption<String> from,
      ConfigOption<String> to) {
    return period.within(
        OptionTime.of(options, from).orElse(Long.MIN_VALUE),
        OptionTime.of(options, to).orElse(Long.MAX_VALUE));
  }

  /**
   * The options of a job that reads this period, ends, and writes final rows into tables of its
   * own.
   *
   * @throws BadOptionException when the source has no end
   */
  static Configuration bounded(Configuration options, ReplayPeriod period, String schema) {
    Configuration bounded = new Configuration(options);
    bounded.set(SinkOptions.SCHEMA, schema);
    bounded.set(SinkOptions.CREATE_TABLES, true);
    bounded.set(ResultOptions.RESULTS, Results.FINAL);
    String from = ReplayPeriod.iso(period.readFrom());
    String to = ReplayPeriod.iso(period.readTo());
    bounded.set(MessageOptions.FROM, from);
    bounded.set(MessageOptions.TO, to);
    switch (options.get(SourceOptions.TYPE)) {
      case FILES -> bounded.removeConfig(FileOptions.WATCH_INTERVAL);
      case POSTGRES -> {
        bounded.set(PostgresOptions.FROM, from);
        bounded.set(PostgresOptions.TO, to);
      }
      case KAFKA -> topics(bounded, period);
      case DATAGEN -> {
        if (options.get(DatagenOptions.COUNT) == 0) {
          throw new BadOptionException(
              "%s: a replay needs an end.".formatted(DatagenOptions.COUNT.key()));
        }
      }
    }
    return bounded;
  }

  /**
   * Reads to the records that are there now, since a message of the period may have arrived late.
   * Kafka's timestamp of a record is when it was sent, and the time of a message is at most the
   * allowed clock skew after that.
   */
  private static void topics(Configuration options, ReplayPeriod period) {
    Duration skew = options.get(EventTimeOptions.MAX_FUTURE_SKEW);
    long start =
        period.readFrom() - Math.min(period.readFrom(), TimeUnit.MICROSECONDS.convert(skew));
    if (options.get(KafkaOptions.START) == KafkaStart.TIMESTAMP) {
      start = Math.max(start, OptionTime.of(options, KafkaOptions.START_TIMESTAMP).orElse(start));
    }
    options.set(KafkaOptions.START, KafkaStart.TIMESTAMP);
    options.set(KafkaOptions.START_TIMESTAMP, ReplayPeriod.iso(Math.max(0, start)));
    options.set(KafkaOptions.END, KafkaEnd.LATEST);
    leaveOffsetsAlone(options);
  }

  /** Commits no offsets: those of the group belong to the job in production. */
  static void leaveOffsetsAlone(Configuration options) {
    options.setString(KafkaOptions.PROPERTIES.key() + "." + COMMIT_OFFSETS, "false");
  }
}
