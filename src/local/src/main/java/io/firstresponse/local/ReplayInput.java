package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.KafkaEnd;
import io.firstresponse.job.options.JobOptions.KafkaStart;
import io.firstresponse.job.options.JobOptions.Results;
import io.firstresponse.job.options.JobOptions.SourceType;
import io.firstresponse.job.options.OptionTime;
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
    ReplayPeriod period = within(options, asked, JobOptions.MESSAGES_FROM, JobOptions.MESSAGES_TO);
    if (options.get(JobOptions.SOURCE_TYPE) == SourceType.POSTGRES) {
      period = within(options, period, JobOptions.POSTGRES_FROM, JobOptions.POSTGRES_TO);
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
    bounded.set(JobOptions.JDBC_SCHEMA, schema);
    bounded.set(JobOptions.JDBC_CREATE_TABLES, true);
    bounded.set(JobOptions.RESULTS, Results.FINAL);
    String from = ReplayPeriod.iso(period.readFrom());
    String to = ReplayPeriod.iso(period.readTo());
    bounded.set(JobOptions.MESSAGES_FROM, from);
    bounded.set(JobOptions.MESSAGES_TO, to);
    switch (options.get(JobOptions.SOURCE_TYPE)) {
      case FILES -> bounded.removeConfig(JobOptions.FILES_WATCH_INTERVAL);
      case POSTGRES -> {
        bounded.set(JobOptions.POSTGRES_FROM, from);
        bounded.set(JobOptions.POSTGRES_TO, to);
      }
      case KAFKA -> topics(bounded, period);
      case DATAGEN -> {
        if (options.get(JobOptions.DATAGEN_COUNT) == 0) {
          throw new BadOptionException(
              "%s: a replay needs an end.".formatted(JobOptions.DATAGEN_COUNT.key()));
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
    Duration skew = options.get(JobOptions.MAX_FUTURE_SKEW);
    long start =
        period.readFrom() - Math.min(period.readFrom(), TimeUnit.MICROSECONDS.convert(skew));
    if (options.get(JobOptions.KAFKA_START) == KafkaStart.TIMESTAMP) {
      start =
          Math.max(start, OptionTime.of(options, JobOptions.KAFKA_START_TIMESTAMP).orElse(start));
    }
    options.set(JobOptions.KAFKA_START, KafkaStart.TIMESTAMP);
    options.set(JobOptions.KAFKA_START_TIMESTAMP, ReplayPeriod.iso(Math.max(0, start)));
    options.set(JobOptions.KAFKA_END, KafkaEnd.LATEST);
    // The offsets of the group belong to the job in production.
    options.setString(JobOptions.KAFKA_PROPERTIES.key() + "." + COMMIT_OFFSETS, "false");
  }
}
