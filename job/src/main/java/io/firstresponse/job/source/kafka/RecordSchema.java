package io.firstresponse.job.source.kafka;

import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.decode.DebeziumDecoder;
import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.JsonDecoder;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.RecordDecoder;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaFormat;
import java.io.Serial;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes the value of every record into a message or a dead letter. The origin of a dead letter is
 * {@code topic/partition}, and its position is the offset. A record without a value is a dead
 * letter too. Only in the format of change events it is ignored, since there it follows a deletion.
 */
final class RecordSchema implements KafkaRecordDeserializationSchema<Received> {

  @Serial private static final long serialVersionUID = 1;

  private static final byte[] NOTHING = {};

  private final MessageFields fields;
  private final FutureGuard futureGuard;
  private final KafkaFormat format;
  private final int maxBytes;
  private final TypeInformation<Received> type;

  private transient RecordDecoder decoder;
  private transient String topic;
  private transient int partition;
  private transient String origin;

  /**
   * @param maxBytes the length of the longest value allowed
   */
  RecordSchema(
      MessageFields fields,
      FutureGuard futureGuard,
      KafkaFormat format,
      int maxBytes,
      TypeInformation<Received> type) {
    this.fields = fields;
    this.futureGuard = futureGuard;
    this.format = format;
    this.maxBytes = maxBytes;
    this.type = type;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder =
        switch (format) {
          case JSON -> new JsonDecoder(fields, futureGuard);
          case DEBEZIUM_JSON -> new DebeziumDecoder(fields, futureGuard, KafkaOptions.FORMAT.key());
        };
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Received> out) {
    byte[] value = record.value();
    if (value == null) {
      if (format == KafkaFormat.JSON) {
        out.collect(
            unusable(
                record, Reason.EMPTY, "the record has no value, and a message needs one", NOTHING));
      }
    } else if (value.length > maxBytes) {
      String detail =
          "the record has "
              + value.length
              + " bytes, more than "
              + MessageOptions.MAX_BYTES.key()
              + " allows";
      out.collect(unusable(record, Reason.TOO_LONG, detail, value));
    } else {
      out.collect(decoder.decode(origin(record), record.offset(), value, 0, value.length));
    }
  }

  @Override
  public TypeInformation<Received> getProducedType() {
    return type;
  }

  private Received unusable(
      ConsumerRecord<byte[], byte[]> record, Reason reason, String detail, byte[] value) {
    return DeadLetters.of(
        origin(record), record.offset(), reason, detail, value, 0, value.length, value.length);
  }

  /** The origin, which is kept for successive records of the same partition. */
  private String origin(ConsumerRecord<byte[], byte[]> record) {
    if (record.partition() != partition || !record.topic().equals(topic)) {
      topic = record.topic();
      partition = record.partition();
      origin = topic + "/" + partition;
    }
    return origin;
  }
}
