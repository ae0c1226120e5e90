package io.firstresponse.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;

/** Decoders as the tests want them, and what holds for every answer of theirs. */
final class Decoders {

  static final String ORIGIN = "/in/messages";
  static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private Decoders() {}

  static MessageFields fields(EpochUnit unit) {
    return new MessageFields("a", "b", "ts", "direct", "automated", unit);
  }

  static FutureGuard guard() {
    return new FutureGuard(Duration.ofMinutes(5), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  static MessageFields addressed() {
    return new MessageFields(
        "a",
        "b",
        "ts",
        "direct",
        "automated",
        "closes",
        null,
        null,
        null,
        EpochUnit.MILLISECONDS,
        ZoneOffset.UTC.getRules(),
        ResponseMode.ADDRESSED_AGENT,
        Ids.INTEGER);
  }

  static MessageFields in(String zone) {
    return new MessageFields(
        "a",
        "b",
        "ts",
        "direct",
        "automated",
        "closes",
        null,
        null,
        null,
        EpochUnit.MILLISECONDS,
        ZoneId.of(zone).getRules(),
        ResponseMode.ANY_AGENT,
        Ids.INTEGER);
  }

  /** Ids that are texts, display names, and labels. */
  static MessageFields texts() {
    return new MessageFields(
        "a",
        "b",
        "ts",
        "direct",
        "automated",
        "closes",
        "agent",
        "customer",
        "labels",
        EpochUnit.MILLISECONDS,
        ZoneOffset.UTC.getRules(),
        ResponseMode.ANY_AGENT,
        Ids.TEXT);
  }

  static JsonDecoder json() {
    return new JsonDecoder(fields(EpochUnit.MILLISECONDS), guard());
  }

  static CsvDecoder csv(String header) {
    CsvDecoder decoder = new CsvDecoder(fields(EpochUnit.MILLISECONDS), guard(), (byte) ',');
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.readHeader(ORIGIN, 0, bytes, 0, bytes.length)).isEmpty();
    return decoder;
  }

  static Received decode(RecordDecoder decoder, String record) {
    return decode(decoder, record.getBytes(StandardCharsets.UTF_8));
  }

  /** Decodes from the middle of an array and checks what no answer may lack. */
  static Received decode(RecordDecoder decoder, byte[] record) {
    byte[] buffer = new byte[record.length + 20];
    Arrays.fill(buffer, (byte) '"');
    System.arraycopy(record, 0, buffer, 10, record.length);
    Received received = decoder.decode(ORIGIN, 77, buffer, 10, record.length);
    if (received instanceof DeadLetter letter) {
      assertThat(letter.origin()).isEqualTo(ORIGIN);
      assertThat(letter.position()).isEqualTo(77);
      assertThat(letter.length()).isEqualTo(record.length);
      assertThat(letter.raw())
          .isEqualTo(Arrays.copyOf(record, Math.min(record.length, DeadLetter.MAX_RAW_BYTES)));
      assertThat(letter.detail()).isNotBlank().hasSizeLessThanOrEqualTo(300).doesNotContain("\0");
    }
    return received;
  }

  static void assertDeadLetter(Received received, Reason reason, String... inDetail) {
    assertThat(received).isInstanceOf(DeadLetter.class);
    DeadLetter letter = (DeadLetter) received;
    assertThat(letter.reason()).as(letter.detail()).isEqualTo(reason);
    for (String part : inDetail) {
      assertThat(letter.detail()).contains(part);
    }
  }

  static Message message(long a, long b, String ts, boolean direct, boolean automated) {
    Instant instant = Instant.parse(ts);
    return new Message(
        a, b, instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000, direct, automated);
  }
}
