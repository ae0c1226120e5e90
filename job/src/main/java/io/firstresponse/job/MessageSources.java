package io.firstresponse.job;

import io.firstresponse.job.decode.DecodeObserver;
import io.firstresponse.job.decode.Decoding;
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
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.configuration.ReadableConfig;

/** The source that the options name. A new kind of source is added here. */
public final class MessageSources {

  private MessageSources() {}

  /**
   * The path of the file or folder that is read, as the origins of dead letters begin; empty if the
   * source does not read files.
   */
  static Optional<String> root(ReadableConfig options) {
    if (options.get(SourceOptions.TYPE) != SourceType.FILES) {
      return Optional.empty();
    }
    return Optional.of(FilesSource.origin(options));
  }

  /**
   * Makes the source, and checks that the machine that submits the job can read its input.
   *
   * @throws BadOptionException when the source could not work
   */
  public static Source<Received, ?, ?> of(ReadableConfig options) {
    return of(options, null);
  }

  /**
   * Makes the source, and checks that the machine that submits the job can read its input.
   *
   * @param observer sees every record of files and Kafka; null for none
   * @throws BadOptionException when the source could not work
   */
  public static Source<Received, ?, ?> of(
      ReadableConfig options, @Nullable DecodeObserver observer) {
    try {
      return switch (options.get(SourceOptions.TYPE)) {
        case FILES -> {
          FilesSource.check(options);
          yield FilesSource.create(options, decoding(options, observer), JobTypes.RECEIVED);
        }
        case KAFKA -> {
          TopicsSource.check(options);
          yield withLastWatermarks(
              options,
              TopicsSource.create(options, decoding(options, observer), JobTypes.RECEIVED));
        }
        case DATAGEN -> withLastWatermarks(options, DatagenSource.from(options));
        case POSTGRES ->
            withLastWatermarks(options, PostgresMessages.create(options, InstantSource.system()));
      };
    } catch (IllegalArgumentException e) {
      throw new BadOptionException(e.getMessage());
    }
  }

  private static Decoding decoding(ReadableConfig options, @Nullable DecodeObserver observer) {
    return Decoding.from(options, InstantSource.system()).observedBy(observer);
  }

  /**
   * Keeps the last watermark of each split when the split ends. The source of files does it itself,
   * since its watermarks have to survive a restore.
   */
  private static <SplitT extends SourceSplit, StateT>
      Source<Received, SplitT, StateT> withLastWatermarks(
          ReadableConfig options, Source<Received, SplitT, StateT> source) {
    return new LastWatermarks<>(
        source, new MessageTimes(options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS)));
  }
}
