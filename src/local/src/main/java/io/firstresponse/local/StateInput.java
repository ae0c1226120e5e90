package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.KafkaEnd;
import io.firstresponse.job.options.JobOptions.SourceType;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * The input of a job that keeps its state. The job must not reach the end of its input: all results
 * would become final, and messages of the next run would be late.
 */
final class StateInput {

  /** Files that are added while the last ones are read belong to this run. */
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

  private StateInput() {}

  /** Whether a job with these options is to be stopped when all files have been read. */
  static boolean ends(Configuration options) {
    return options.get(JobOptions.SOURCE_TYPE) == SourceType.FILES
        && !options.contains(JobOptions.FILES_WATCH_INTERVAL);
  }

  /**
   * The options of a job that reads the same input without an end.
   *
   * @throws BadOptionException when there is no such job
   */
  static Configuration endless(Configuration options) {
    Configuration endless = new Configuration(options);
    switch (options.get(JobOptions.SOURCE_TYPE)) {
      case FILES -> {
        if (ends(options)) {
          endless.set(JobOptions.FILES_WATCH_INTERVAL, WATCH_INTERVAL);
        }
      }
      case KAFKA ->
          refuseIf(
              options.get(JobOptions.KAFKA_END) != KafkaEnd.NEVER,
              JobOptions.KAFKA_END,
              "Leave it out: the job reads until it is stopped, and the next run continues there");
      case POSTGRES ->
          refuseIf(
              options.contains(JobOptions.POSTGRES_TO),
              JobOptions.POSTGRES_TO,
              "Leave it out: the job reads until it is stopped, and the next run continues there");
      case DATAGEN ->
          refuseIf(
              options.get(JobOptions.DATAGEN_COUNT) != 0,
              JobOptions.DATAGEN_COUNT,
              "Give 0, for unbounded messages");
    }
    return endless;
  }

  private static void refuseIf(boolean ends, ConfigOption<?> option, String instead) {
    if (ends) {
      throw new BadOptionException(
          "%s: with --state, only files may have an end. %s.".formatted(option.key(), instead));
    }
  }
}
