package io.firstresponse.job.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.Decoding;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.source.kafka.KafkaOptions.KafkaFormat;
import io.firstresponse.job.types.JobTypes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RecordSchemaTest {

  private static final String MESSAGE = "{\"a\":1,\"b\":2,\"ts\":0,\"direct\":true}";

  @Test
  void deadLettersSayWhereTheyWere() throws Exception {
    List<Received> received =
        received(
            KafkaFormat.JSON,
            record("chat", 0, 5, "?"),
            record("chat", 0, 6, MESSAGE),
            record("chat", 7, 1, "?"),
            record("talk", 7, 0, "?"),
            record("chat", 0, 7, "?"));
    assertThat(received.get(1)).isEqualTo(new Message(1, 2, 0, true));
    assertThat(received.stream().filter(DeadLetter.class::isInstance).map(DeadLetter.class::cast))
        .extracting(letter -> letter.origin() + " " + letter.position())
        .containsExactly("chat/0 5", "chat/7 1", "talk/7 0", "chat/0 7");
  }

  @Test
  void aRecordThatIsTooLongIsADeadLetterWithItsLength() throws Exception {
    String padded = MESSAGE.replace("{", "{\"x\":\"" + "x".repeat(1_000) + "\",");
    assertThat(received(KafkaFormat.JSON, record("chat", 1, 2, padded)))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(((DeadLetter) letter).reason()).isEqualTo(Reason.TOO_LONG);
              assertThat(((DeadLetter) letter).length()).isEqualTo(padded.length());
              assertThat(((DeadLetter) letter).detail()).contains("messages.max-bytes");
            });
  }

  @Test
  void aRecordWithoutAValueIsADeadLetterButNothingAmongChangeEvents() throws Exception {
    ConsumerRecord<byte[], byte[]> tombstone = new ConsumerRecord<>("chat", 0, 9, null, null);
    assertThat(received(KafkaFormat.JSON, tombstone))
        .singleElement()
        .satisfies(letter -> assertThat(((DeadLetter) letter).reason()).isEqualTo(Reason.EMPTY));
    assertThat(received(KafkaFormat.DEBEZIUM_JSON, tombstone)).isEmpty();
  }

  @Test
  void aMappingMakesMessagesOfValuesAndOfRowsAfterAChange() throws Exception {
    Configuration options =
        new Configuration().set(MappingOptions.JQ, ".ids[]? as $b | {$b, ts: .ts, direct: false}");
    String value = "{\"ids\":[7,8],\"ts\":0}";
    Received two =
        new Mapped(List.of(new Message(-1, 7, 0, false), new Message(-1, 8, 0, false)), 0);
    assertThat(
            received(
                options, KafkaFormat.JSON, record("chat", 0, 1, value), record("chat", 0, 2, "{}")))
        .containsExactly(two, Mapped.NOTHING);
    assertThat(
            received(
                options,
                KafkaFormat.DEBEZIUM_JSON,
                record("chat", 0, 1, "{\"op\":\"u\",\"after\":" + value + "}"),
                record("chat", 0, 2, "{\"op\":\"d\",\"before\":" + value + "}")))
        .containsExactly(two, Mapped.NOTHING);
  }

  @SafeVarargs
  private static List<Received> received(
      KafkaFormat format, ConsumerRecord<byte[], byte[]>... records) throws Exception {
    return received(
        new Configuration().set(EventTimeOptions.MAX_FUTURE_SKEW, Duration.ZERO), format, records);
  }

  @SafeVarargs
  private static List<Received> received(
      Configuration options, KafkaFormat format, ConsumerRecord<byte[], byte[]>... records)
      throws Exception {
    RecordSchema schema =
        InstantiationUtil.clone(
            new RecordSchema(
                Decoding.from(options, InstantSource.system()), format, 500, JobTypes.RECEIVED));
    assertThat(schema.getProducedType()).isEqualTo(JobTypes.RECEIVED);
    schema.open(null);
    List<Received> received = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      schema.deserialize(record, new ListCollector<>(received));
    }
    return received;
  }

  private static ConsumerRecord<byte[], byte[]> record(
      String topic, int partition, long offset, String value) {
    return new ConsumerRecord<>(
        topic, partition, offset, null, value.getBytes(StandardCharsets.UTF_8));
  }
}
