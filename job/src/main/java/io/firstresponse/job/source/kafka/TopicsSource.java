package io.firstresponse.job.source.kafka;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.JobOptions.KafkaEnd;
import java.io.IOException;
import java.io.Serial;
import java.time.DateTimeException;
import java.time.InstantSource;
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
 * The source that reads messages from Kafka, as the {@code source.kafka.*} and {@code messages.*}
 * options say: without end, or up to what is there at the start. It is Flink's connector; only what
 * it says when records are gone is the job's own. Each partition is a split with a watermark of its
 * own.
 */
public final class TopicsSource
    implements Source<Received, KafkaPartitionSplit, KafkaSourceEnumState> {

  @Serial private static final long serialVersionUID = 1;

  private final KafkaSource<Received> source;

  private TopicsSource(KafkaSource<Received> source) {
    this.source = source;
  }

  /**
   * Builds the source.
   *
   * @param clock what the future guard measures by; it has to be serializable, as {@link
   *     InstantSource#system()} is
   * @param type how messages and dead letters travel on
   * @throws IllegalArgumentException if an option cannot be meant; the message names it
   */
  public static TopicsSource create(
      ReadableConfig options, InstantSource clock, TypeInformation<Received> type) {
    KafkaSourceBuilder<Received> builder =
        KafkaSource.<Received>builder()
            .setProperties(ClientProperties.from(options))
            .setStartingOffsets(
                new StartingOffsets(
                    options.get(JobOptions.KAFKA_START),
                    startMillis(options),
                    options.get(JobOptions.KAFKA_ON_MISSING_OFFSET)))
            .setDeserializer(
                new RecordSchema(
                    Decoding.from(options, clock),
                    options.get(JobOptions.KAFKA_FORMAT),
                    options.get(JobOptions.MAX_MESSAGE_BYTES),
                    type));
    Optional<Pattern> pattern = topicPattern(options);
    if (pattern.isPresent()) {
      builder.setTopicPattern(pattern.get());
    } else {
      builder.setTopics(options.get(JobOptions.KAFKA_TOPICS));
    }
    if (options.get(JobOptions.KAFKA_END) == KafkaEnd.LATEST) {
      builder.setBounded(new EndOffsets());
    }
    return new TopicsSource(builder.build());
  }

  /**
   * Looks, when the job is submitted, whether Kafka is there and lets the topics be read.
   *
   * @throws IllegalArgumentException if an option cannot be meant
   * @throws io.firstresponse.job.options.BadOptionException if Kafka or a topic is not as the
   *     options say
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
          .getOptional(JobOptions.KAFKA_START_TIMESTAMP)
          .map(text -> OffsetDateTime.parse(text).toInstant().toEpochMilli())
          .orElse(0L);
    } catch (DateTimeException | ArithmeticException e) {
      throw refused(
          JobOptions.KAFKA_START_TIMESTAMP,
          "'%s' is no instant in ISO-8601, such as 2018-08-15T00:00:00Z"
              .formatted(options.get(JobOptions.KAFKA_START_TIMESTAMP)),
          e);
    }
  }

  private static Optional<Pattern> topicPattern(ReadableConfig options) {
    try {
      return options.getOptional(JobOptions.KAFKA_TOPIC_PATTERN).map(Pattern::compile);
    } catch (PatternSyntaxException e) {
      throw refused(
          JobOptions.KAFKA_TOPIC_PATTERN,
          "'%s' is no regular expression: %s".formatted(e.getPattern(), e.getDescription()),
          e);
    }
  }

  private static IllegalArgumentException refused(
      ConfigOption<?> option, String why, Throwable cause) {
    return new IllegalArgumentException(option.key() + ": " + why + ".", cause);
  }
}
