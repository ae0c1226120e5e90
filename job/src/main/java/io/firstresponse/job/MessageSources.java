package io.firstresponse.job;

import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.source.datagen.DatagenSource;
import io.firstresponse.job.source.files.FilesSource;
import io.firstresponse.job.source.kafka.TopicsSource;
import io.firstresponse.job.source.postgres.PostgresMessages;
import io.firstresponse.job.types.JobTypes;
import java.time.InstantSource;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ReadableConfig;

/** The source that the options name. A new kind of source is added here. */
final class MessageSources {

  private MessageSources() {}

  /**
   * The source, checked as far as it can be from here.
   *
   * @throws BadOptionException when it could not work
   */
  static Source<Received, ?, ?> of(ReadableConfig options) {
    try {
      return switch (options.get(JobOptions.SOURCE_TYPE)) {
        case FILES -> {
          FilesSource.check(options);
          yield FilesSource.create(options, InstantSource.system(), JobTypes.RECEIVED);
        }
        case KAFKA -> {
          TopicsSource.check(options);
          yield TopicsSource.create(options, InstantSource.system(), JobTypes.RECEIVED);
        }
        case DATAGEN -> DatagenSource.from(options);
        case POSTGRES -> PostgresMessages.create(options, InstantSource.system());
      };
    } catch (IllegalArgumentException e) {
      throw new BadOptionException(e.getMessage());
    }
  }
}
