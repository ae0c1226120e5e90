package io.firstresponse.local;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.kafka.KafkaOptions;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaEnd;
import io.firstresponse.job.source.postgres.PostgresOptions;
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
    return options.get(SourceOptions.TYPE) == SourceType.FILES
        && !options.contains(FileOptions.WATCH_INTERVAL);
  }

  /**
   * The options of a job that reads the same input without an end.
   *
   * @throws BadOptionException when there is no such job
   */
  static Configuration endless(Configuration options) {
    Configuration endless = new Configuration(options);
    switch (options.get(SourceOptions.TYPE)) {
      case FILES -> {
        if (ends(options)) {
          endless.set(FileOptions.WATCH_INTERVAL, WATCH_INTERVAL);
        }
      }
      case KAFKA ->
          refuseIf(
              options.get(KafkaOptions.END) != KafkaEnd.NEVER,
              KafkaOptions.END,
              "Leave it out: the job reads until it is stopped, and the next run continues there");
      case POSTGRES ->
          refuseIf(
              options.contains(PostgresOptions.TO),
              PostgresOptions.TO,
              "Leave it out: the job reads until it is stopped, and the next run continues there");
      case DATAGEN ->
          refuseIf(
              options.get(DatagenOptions.COUNT) != 0,
              DatagenOptions.COUNT,
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
