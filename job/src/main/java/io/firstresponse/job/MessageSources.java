package io.firstresponse.job;

import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.source.LastWatermarks;
import io.firstresponse.job.source.MessageTimes;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.datagen.DatagenSource;
import io.firstresponse.job.source.files.FilesSource;
import io.firstresponse.job.source.kafka.TopicsSource;
import io.firstresponse.job.source.postgres.PostgresMessages;
import io.firstresponse.job.types.JobTypes;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.configuration.ReadableConfig;

/** The source that the options name. A new kind of source is added here. */
public final class MessageSources {

  private MessageSources() {}

  /**
   * The path of the file or folder that is read, as it is in the origins of dead letters; nothing
   * if the source is another one.
   */
  static Optional<String> root(ReadableConfig options) {
    if (options.get(SourceOptions.TYPE) != SourceType.FILES) {
      return Optional.empty();
    }
    return Optional.of(FilesSource.origin(options));
  }

  /**
   * The source, checked as far as it can be from here.
   *
   * @throws BadOptionException when it could not work
   */
  public static Source<Received, ?, ?> of(ReadableConfig options) {
    try {
      return switch (options.get(SourceOptions.TYPE)) {
        case FILES -> {
          FilesSource.check(options);
          yield FilesSource.create(options, InstantSource.system(), JobTypes.RECEIVED);
        }
        case KAFKA -> {
          TopicsSource.check(options);
          yield complete(
              options, TopicsSource.create(options, InstantSource.system(), JobTypes.RECEIVED));
        }
        case DATAGEN -> complete(options, DatagenSource.from(options));
        case POSTGRES ->
            complete(options, PostgresMessages.create(options, InstantSource.system()));
      };
    } catch (IllegalArgumentException e) {
      throw new BadOptionException(e.getMessage());
    }
  }

  /** Files see to it themselves: theirs have to outlive a restore. */
  private static <SplitT extends SourceSplit, StateT> Source<Received, SplitT, StateT> complete(
      ReadableConfig options, Source<Received, SplitT, StateT> source) {
    return new LastWatermarks<>(
        source, new MessageTimes(options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS)));
  }
}
