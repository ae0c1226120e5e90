package io.firstresponse.job.source.kafka;

import io.firstresponse.job.decode.DeadLetters;
import io.firstresponse.job.decode.Decoding;
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
 * Decodes the value of every record into messages or a dead letter. The origin of a dead letter is
 * {@code topic/partition}, and its position is the offset. A record without a value is a dead
 * letter too. Only in the format of change events it is ignored, since there it follows a deletion.
 */
final class RecordSchema implements KafkaRecordDeserializationSchema<Received> {

  @Serial private static final long serialVersionUID = 1;

  private static final byte[] NOTHING = {};

  private final Decoding decoding;
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
      Decoding decoding, KafkaFormat format, int maxBytes, TypeInformation<Received> type) {
    this.decoding = decoding;
    this.format = format;
    this.maxBytes = maxBytes;
    this.type = type;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder =
        switch (format) {
          case JSON -> decoding.json();
          case DEBEZIUM_JSON -> decoding.debezium(KafkaOptions.FORMAT.key());
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
