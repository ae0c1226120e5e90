package io.firstresponse.job.source.kafka;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaEnd;
import java.io.IOException;
import java.io.Serial;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The source that reads messages from Kafka, without end or up to the end of the topics at the
 * start. It wraps Flink's connector, to report deleted records and to end a restored bounded job.
 * Each partition is a split with its own watermark. The options are {@link KafkaOptions} and {@link
 * MessageOptions}.
 */
public final class TopicsSource
    implements Source<Received, KafkaPartitionSplit, KafkaSourceEnumState> {

  @Serial private static final long serialVersionUID = 1;

  private final KafkaSource<Received> source;

  private TopicsSource(KafkaSource<Received> source) {
    this.source = source;
  }

  /**
   * Makes the source.
   *
   * @param decoding makes messages of the records
   * @param type the type of messages and dead letters in Flink
   * @throws IllegalArgumentException if an option has an unusable value; the message names it
   */
  public static TopicsSource create(
      ReadableConfig options, Decoding decoding, TypeInformation<Received> type) {
    KafkaSourceBuilder<Received> builder =
        KafkaSource.<Received>builder()
            .setProperties(ClientProperties.from(options))
            .setStartingOffsets(
                new StartingOffsets(
                    options.get(KafkaOptions.START),
                    startMillis(options),
                    options.get(KafkaOptions.ON_MISSING_OFFSET)))
            .setDeserializer(
                new RecordSchema(
                    decoding,
                    options.get(KafkaOptions.FORMAT),
                    options.get(MessageOptions.MAX_BYTES),
                    type));
    Optional<Pattern> pattern = topicPattern(options);
    if (pattern.isPresent()) {
      builder.setTopicPattern(pattern.get());
    } else {
      builder.setTopics(options.get(KafkaOptions.TOPICS));
    }
    if (options.get(KafkaOptions.END) == KafkaEnd.LATEST) {
      builder.setBounded(new EndOffsets());
    }
    return new TopicsSource(builder.build());
  }

  /**
   * Checks, when the job is submitted, that Kafka can be reached and the topics can be read.
   *
   * @throws IllegalArgumentException if an option has an unusable value
   * @throws io.firstresponse.job.options.BadOptionException if Kafka or a topic cannot be used
   */
  public static void check(ReadableConfig options) {
    Properties clientProperties = ClientProperties.from(options);
    startMillis(options);
    topicPattern(options);
    TopicsCheck.run(options, clientProperties);
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SourceReader<Received, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new TopicsReader(source.createReader(context));
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored =
        source.restoreEnumerator(context, state);
    return getBoundedness() == Boundedness.BOUNDED
        ? new RestoredPartitions(restored, context)
        : restored;
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return new PartitionSerializer(
        source.getSplitSerializer(), getBoundedness() == Boundedness.BOUNDED);
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  private static long startMillis(ReadableConfig options) {
    try {
      return options
          .getOptional(KafkaOptions.START_TIMESTAMP)
          .map(text -> OffsetDateTime.parse(text).toInstant().toEpochMilli())
          .orElse(0L);
    } catch (DateTimeException | ArithmeticException e) {
      throw refused(
          KafkaOptions.START_TIMESTAMP,
          "'%s' is no instant in ISO-8601, such as 2018-08-15T00:00:00Z"
              .formatted(options.get(KafkaOptions.START_TIMESTAMP)),
          e);
    }
  }

  private static Optional<Pattern> topicPattern(ReadableConfig options) {
    try {
      return options.getOptional(KafkaOptions.TOPIC_PATTERN).map(Pattern::compile);
    } catch (PatternSyntaxException e) {
      throw refused(
          KafkaOptions.TOPIC_PATTERN,
          "'%s' is no regular expression: %s".formatted(e.getPattern(), e.getDescription()),
          e);
    }
  }

  private static IllegalArgumentException refused(
      ConfigOption<?> option, String why, Throwable cause) {
    return new IllegalArgumentException(option.key() + ": " + why + ".", cause);
  }
}
