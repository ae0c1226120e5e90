package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.decode;
import static io.firstresponse.job.decode.Decoders.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.source.kafka.KafkaOptions;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebeziumDecoderTest {

  private static final String ROW =
      "{\"a\":1,\"b\":2,\"ts\":\"2018-08-15T10:08:20.824390Z\",\"direct\":false}";
  private static final Message MESSAGE = message(1, 2, "2018-08-15T10:08:20.82439Z", false, false);

  /** As Debezium writes it, with its details of the database. */
  private static final String EVENT =
      "{\"before\":null,\"after\":%s,\"source\":{\"version\":\"3.3.1.Final\",\"op\":\"x\",\"after\":{},"
          + "\"sequence\":\"[null,\\\"24023128\\\"]\",\"ts_ms\":1534327700824,\"table\":\"tbl\"},"
          + "\"transaction\":null,\"op\":\"%s\",\"ts_ms\":1534327700900}";

  private static final String SCHEMA =
      "{\"type\":\"struct\",\"fields\":[{\"field\":\"after\",\"type\":\"struct\",\"fields\":"
          + "[{\"type\":\"int64\",\"optional\":true,\"field\":\"a\"}]}],\"name\":\"s.tbl.Envelope\"}";

  private final DebeziumDecoder decoder =
      new DebeziumDecoder(
          Decoders.fields(EpochUnit.MICROSECONDS), Decoders.guard(), KafkaOptions.FORMAT.key());

  @ParameterizedTest
  @ValueSource(strings = {"c", "r"})
  void insertedAndSnapshottedRowsAreMessages(String op) {
    String event = EVENT.formatted(ROW, op);
    assertThat(decode(decoder, event)).isEqualTo(MESSAGE);
    assertThat(decode(decoder, "{\"schema\":" + SCHEMA + ",\"payload\":" + event + "}"))
        .isEqualTo(MESSAGE);
    assertThat(decode(decoder, "{\"payload\":" + event + ",\"schema\":" + SCHEMA + "}"))
        .isEqualTo(MESSAGE);
    assertThat(decode(decoder, "{\"op\":\"" + op + "\" , \"after\" : " + ROW + " }"))
        .isEqualTo(MESSAGE);
    assertThat(decode(decoder, "\uFEFF" + event)).isEqualTo(MESSAGE);
  }

  @Test
  void timestampsWithoutZoneAreMicroseconds() {
    assertThat(
            decode(
                decoder,
                EVENT.formatted("{\"a\":1,\"b\":2,\"ts\":1534327700824390,\"direct\":false}", "c")))
        .isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @CsvSource({"u,updated", "d,deleted", "t,truncated"})
  void whatWasChangedOrDeletedKeepsCounting(String op, String word) {
    assertDeadLetter(decode(decoder, EVENT.formatted(ROW, op)), Reason.CHANGED, word);
    assertDeadLetter(decode(decoder, EVENT.formatted("null", op)), Reason.CHANGED, word);
    // Whether its row could be a message is not asked.
    assertDeadLetter(decode(decoder, EVENT.formatted("{\"a\":\"x\"}", op)), Reason.CHANGED, word);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ts_ms\":1534327700824}",
        "{\"status\":\"BEGIN\",\"id\":\"571:53195829\",\"event_count\":null}",
        "{\"schema\":{},\"payload\":null}",
        "{\"payload\":{\"payload\":{\"op\":\"c\",\"after\":{}}}}",
        "{\"op\":null,\"after\":{}}",
        "{\"op\":1,\"after\":{}}",
        "{\"op\":\"m\",\"message\":{\"prefix\":\"p\",\"content\":\"\"}}",
        "{\"op\":\"c\"}",
        "{\"op\":\"c\",\"after\":null}",
        "{\"op\":\"c\",\"after\":[]}",
        "{}",
        ROW,
      })
  void whatIsNoChangeOfARowIsADeadLetter(String event) {
    assertDeadLetter(decode(decoder, event), Reason.BAD_CHANGE_EVENT);
    assertThat(decode(decoder, EVENT.formatted(ROW, "c"))).isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":\"x\"}|BAD_FIELD",
        "{\"b\":2}|MISSING_FIELD",
        "{\"a\":1,\"a\":1}|BAD_JSON",
        "{\"a\":1,\"b\":2,\"ts\":\"soon\",\"direct\":true}|BAD_TIMESTAMP",
        "{\"a\":1,\"b\":2,\"ts\":4102444800000000,\"direct\":true}|FUTURE",
        "{\"a\":-1,\"b\":2,\"ts\":0,\"direct\":true}|BAD_FIELD",
      })
  void anInsertedRowIsReadAsStrictlyAsAnyMessage(String row, Reason reason) {
    assertDeadLetter(decode(decoder, EVENT.formatted(row, "c")), reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{\"op\":\"c\"",
        "{\"op\":\"c\",\"after\":" + ROW + "}{}",
        "{\"op\":\"c\",\"after\":" + ROW + ",\"after\":" + ROW + "}",
        "{\"op\":\"c\",\"op\":\"d\",\"after\":" + ROW + "}",
      })
  void refusesWhatIsNotOneObject(String event) {
    assertDeadLetter(decode(decoder, event), Reason.BAD_JSON);
  }

  @Test
  void survivesMutations() {
    String event = "{\"schema\":" + SCHEMA + ",\"payload\":" + EVENT.formatted(ROW, "c") + "}";
    byte[] good = event.getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 20_000; seed++) {
      byte[] mutant = Mutations.mutate(good, new Random(seed));
      try {
        decode(decoder, mutant);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(decode(decoder, event)).isEqualTo(MESSAGE);
  }
}
