package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.decode;
import static io.firstresponse.job.decode.Decoders.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecoderTest {

  private static final String GOOD =
      "{\"a\":1,\"b\":2,\"ts\":\"2018-08-15T10:08:20.82439Z\",\"direct\":false}";
  private static final Message MESSAGE = message(1, 2, "2018-08-15T10:08:20.82439Z", false, false);

  private final JsonDecoder decoder = Decoders.json();

  @ParameterizedTest
  @ValueSource(
      strings = {
        GOOD,
        "  " + GOOD + " \t\r",
        "\uFEFF" + GOOD,
        "{\"direct\":false,\"ts\":\"2018-08-15 18:08:20.82439+08\",\"b\":2,\"a\":1}",
        "{\"id\":\"x\",\"a\":1,\"b\":2,\"n\":{\"a\":[3,{\"b\":4}]},\"l\":[[],{}],"
            + "\"ts\":\"2018-08-15T10:08:20.82439\",\"f\":1e400,\"z\":null,\"direct\":false}",
        "{\"\\u0061\":1,\"b\":2,\"ts\":\"2018-08-15T10:08:20.82439Z\",\"direct\":false}",
        "{\"a\":1,\"b\":2,\"ts\":1534327700824.39,\"direct\":false,\"automated\":null}",
        "{\"a\":1,\"b\":2,\"ts\":15343277008.2439e2,\"direct\":false,\"automated\":false}",
        "{\"x\":1,\"x\":2,\"a\":1,\"b\":2,\"ts\":1534327700824.39,\"direct\":false,\"文\":\"字😀\"}",
      })
  void reads(String line) {
    assertThat(decode(decoder, line)).isEqualTo(MESSAGE);
  }

  @Test
  void readsTheWholeRangeOfIds() {
    assertThat(decode(decoder, line("a", "9223372036854775807")))
        .isEqualTo(new Message(Long.MAX_VALUE, 2, 0, false));
    assertThat(decode(decoder, line("b", "-9223372036854775808")))
        .isEqualTo(new Message(1, Long.MIN_VALUE, 0, false));
    assertThat(decode(decoder, line("a", "-1"))).isEqualTo(new Message(-1, 2, 0, false));
    assertThat(decode(decoder, line("automated", "true")))
        .isEqualTo(new Message(1, 2, 0, false, true));
  }

  @Test
  void namesFieldsAsConfigured() {
    JsonDecoder renamed =
        new JsonDecoder(
            new MessageFields("客服", "客户", "time", "out", "bot", EpochUnit.SECONDS),
            Decoders.guard());
    assertThat(
            decode(
                renamed,
                "{\"客服\":5,\"客户\":6,\"time\":7,\"out\":true,\"bot\":true,\"a\":\"ignored\"}"))
        .isEqualTo(new Message(5, 6, 7_000_000, true, true));
    assertDeadLetter(
        decode(renamed, "{\"客服\":6}"), Reason.MISSING_FIELD, "\"客户\"", "messages.field.b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a|1.0|BAD_FIELD",
        "a|1e3|BAD_FIELD",
        "a|'\"1\"'|BAD_FIELD",
        "a|true|BAD_FIELD",
        "a|[1]|BAD_FIELD",
        "a|{}|BAD_FIELD",
        "a|1e400|BAD_FIELD",
        "a|9223372036854775808|BAD_FIELD",
        "b|-9223372036854775809|BAD_FIELD",
        "b|99999999999999999999999|BAD_FIELD",
        "b|null|MISSING_FIELD",
        "ts|null|MISSING_FIELD",
        "direct|null|MISSING_FIELD",
        "direct|1|BAD_FIELD",
        "direct|'\"true\"'|BAD_FIELD",
        "automated|0|BAD_FIELD",
        "automated|'\"\"'|BAD_FIELD",
        "ts|1e400|BAD_TIMESTAMP",
        "ts|-1e400|BAD_TIMESTAMP",
        "ts|99999999999999999999|BAD_TIMESTAMP",
        "ts|true|BAD_TIMESTAMP",
        "ts|[]|BAD_TIMESTAMP",
        "ts|'\"1534327700824x\"'|BAD_TIMESTAMP",
        "ts|'\"15343277-00824\"'|BAD_TIMESTAMP",
        "ts|'\"0x7f\"'|BAD_TIMESTAMP",
        "ts|'\" 1\"'|BAD_TIMESTAMP",
        "ts|'\"\"'|BAD_TIMESTAMP",
        "ts|'\"2018-08-15\"'|BAD_TIMESTAMP",
        "ts|'\"infinity\"'|BAD_TIMESTAMP",
        "ts|'\"２018-08-15T10:08:20\"'|BAD_TIMESTAMP",
        "ts|'\"2018-02-30T10:08:20Z\"'|BAD_TIMESTAMP",
        "ts|253402300800000|BAD_TIMESTAMP",
        "ts|4102444800000|FUTURE",
      })
  void refusesFieldsThatHoldWhatTheyCannot(String field, String value, Reason reason) {
    assertDeadLetter(
        decode(decoder, line(field, value)),
        reason,
        reason == Reason.FUTURE ? "2100-01-01T00:00:00Z" : '"' + field + '"');
  }

  @ParameterizedTest
  @CsvSource({
    "1534327700824390,microseconds",
    "1534327700824390000,nanoseconds",
    "1.53432770082439E18,nanoseconds",
  })
  void aNumberThatAnotherUnitExplainsNamesTheOption(String ts, String unit) {
    assertDeadLetter(
        decode(decoder, line("ts", ts)),
        Reason.BAD_TIMESTAMP,
        "\"ts\" holds " + ts,
        "it is 2018-08-15T10:08:20.824390Z: set messages.epoch-unit to " + unit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "99999999999999999999999", "true", "\"2018-02-30T10:08:20Z\""})
  void theOptionIsNotNamedWhereNoUnitExplainsTheValue(String ts) {
    DeadLetter letter = (DeadLetter) decode(decoder, line("ts", ts));
    assertThat(letter.detail()).doesNotContain("messages.epoch-unit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "ts", "direct"})
  void refusesAMissingField(String field) {
    String line = GOOD.replace('"' + field + '"', "\"other\"");
    assertDeadLetter(
        decode(decoder, line),
        Reason.MISSING_FIELD,
        "\"" + field + "\"",
        "messages.field." + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"a\":null,"})
  void aCustomerMayWriteToNobodyInParticular(String a) {
    String rest = "\"b\":2,\"ts\":0,\"direct\":false}";
    assertThat(decode(decoder, "{" + a + rest)).isEqualTo(new Message(-1, 2, 0, false));
    assertDeadLetter(
        decode(new JsonDecoder(Decoders.addressed(), Decoders.guard()), "{" + a + rest),
        Reason.MISSING_FIELD,
        "\"a\" is " + (a.isEmpty() ? "not there" : "null"),
        "in addressed-agent mode a customer's message needs the agent whom it was written to",
        "messages.field.a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"a\":null,"})
  void anAgentsMessageNeedsItsSender(String a) {
    assertDeadLetter(
        decode(decoder, "{" + a + "\"b\":2,\"ts\":0,\"direct\":true}"),
        Reason.MISSING_FIELD,
        "\"a\"",
        "an agent's message needs its sender",
        "messages.field.a");
  }

  @Test
  void readsTimesThatAreNumbersAsText() {
    JsonDecoder seconds = new JsonDecoder(Decoders.fields(EpochUnit.SECONDS), Decoders.guard());
    assertThat(decode(seconds, line("ts", "\"1355517523.000005\"")))
        .isEqualTo(message(1, 2, "2012-12-14T20:38:43.000005Z", false, false));
    assertThat(decode(seconds, line("ts", "\"-0.0000015\"")))
        .isEqualTo(new Message(1, 2, -2, false));
    assertDeadLetter(
        decode(decoder, line("ts", "\"1534327700824390\"")),
        Reason.BAD_TIMESTAMP,
        "set messages.epoch-unit to microseconds");
  }

  @Test
  void readsTimesWithoutAnOffsetInTheTimeZoneGiven() {
    JsonDecoder berlin = new JsonDecoder(Decoders.in("Europe/Berlin"), Decoders.guard());
    assertThat(decode(berlin, line("ts", "\"2018-07-01 10:00:00\"")))
        .isEqualTo(message(1, 2, "2018-07-01T08:00:00Z", false, false));
    assertThat(decode(berlin, line("ts", "\"2018-07-01 10:00:00Z\"")))
        .isEqualTo(message(1, 2, "2018-07-01T10:00:00Z", false, false));
  }

  @Test
  void refusesTheAgentWhoStandsForNobody() {
    assertDeadLetter(
        decode(decoder, "{\"a\":-1,\"b\":2,\"ts\":0,\"direct\":true}"),
        Reason.BAD_FIELD,
        "-1 stands for nobody");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "1",
        "\"text\"",
        "null",
        "true",
        "nonsense",
        "{",
        "}",
        "{]",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"x\":\"\\q\"}",
        "{\"x\":\"tab\there\"}",
        GOOD + "x",
        GOOD + GOOD,
        GOOD + ",",
        GOOD + " []",
        "[" + GOOD + "]",
        "// comment " + GOOD,
        "{\"a\":1,\"a\":1,\"b\":2,\"ts\":0,\"direct\":false}",
        "{\"a\":1,\"b\":2,\"ts\":0,\"direct\":false,\"automated\":null,\"automated\":true}",
      })
  void refusesWhatIsNotOneObject(String line) {
    assertDeadLetter(decode(decoder, line), Reason.BAD_JSON);
    assertThat(decode(decoder, GOOD)).isEqualTo(MESSAGE);
  }

  @Test
  void refusesEveryTruncation() {
    for (int length = 1; length < GOOD.length(); length++) {
      assertDeadLetter(decode(decoder, GOOD.substring(0, length)), Reason.BAD_JSON);
    }
    assertThat(decode(decoder, GOOD)).isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t \r"})
  void refusesEmptyLines(String line) {
    assertDeadLetter(decode(decoder, line), Reason.EMPTY);
  }

  @Test
  void refusesTenThousandLevels() {
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    assertDeadLetter(decode(decoder, line("x", deep)), Reason.BAD_JSON, "nesting depth");
    assertDeadLetter(decode(decoder, "{\"a\":".repeat(10_000)), Reason.BAD_FIELD);
    assertDeadLetter(decode(decoder, deep), Reason.BAD_JSON);
    assertThat(decode(decoder, GOOD)).isEqualTo(MESSAGE);
  }

  @Test
  void refusesNumbersOfAMillionDigits() {
    String digits = "1".repeat(1_000_000);
    assertDeadLetter(decode(decoder, line("a", digits)), Reason.BAD_FIELD, "1111…");
    assertDeadLetter(decode(decoder, line("ts", digits)), Reason.BAD_TIMESTAMP);
    assertDeadLetter(decode(decoder, line("ts", "0." + digits)), Reason.BAD_TIMESTAMP);
    assertDeadLetter(decode(decoder, line("ts", "1e" + digits)), Reason.BAD_TIMESTAMP);
  }

  @Test
  void refusesBadUtf8WhereverItStands() {
    byte[] line = line("x", "[\"naïve €\",{\"k\":\"😀\"}]").getBytes(StandardCharsets.UTF_8);
    assertThat(decode(decoder, line)).isInstanceOf(Message.class);
    for (int i = 0; i < line.length; i++) {
      byte[] bad = line.clone();
      bad[i] = (byte) 0xC0;
      assertDeadLetter(decode(decoder, bad), Reason.BAD_ENCODING);
    }
    // A surrogate, and an overlong slash: the parser would let both pass in what it skips.
    for (byte[] sequence :
        new byte[][] {{(byte) 0xED, (byte) 0xA0, (byte) 0x80}, {(byte) 0xC0, (byte) 0xAF}}) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes("{\"x\":\"".getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(sequence);
      bytes.writeBytes("\",".getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(GOOD.substring(1).getBytes(StandardCharsets.UTF_8));
      assertDeadLetter(decode(decoder, bytes.toByteArray()), Reason.BAD_ENCODING);
    }
    assertThat(decode(decoder, GOOD)).isEqualTo(MESSAGE);
  }

  @Test
  void doesNotGuessOtherEncodings() {
    assertDeadLetter(
        decode(decoder, GOOD.getBytes(StandardCharsets.UTF_16LE)), Reason.BAD_ENCODING, "UTF-8");
    assertDeadLetter(decode(decoder, GOOD.getBytes(StandardCharsets.UTF_16)), Reason.BAD_ENCODING);
    assertDeadLetter(decode(decoder, "\0".repeat(100)), Reason.BAD_ENCODING);
  }

  @Test
  void keepsOnlyTheFirstBytesOfALongRecord() {
    DeadLetter letter = (DeadLetter) decode(decoder, "x".repeat(100_000));
    assertThat(letter.raw()).hasSize(DeadLetter.MAX_RAW_BYTES);
    assertThat(letter.length()).isEqualTo(100_000);
  }

  @Test
  void manyStrangeNamesDoNotHarmWhatFollows() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      assertThat(decode(decoder, line("k" + random.nextLong(), "1"))).isInstanceOf(Message.class);
    }
    assertThat(decode(decoder, GOOD)).isEqualTo(MESSAGE);
  }

  @Test
  void theParserOfManyRecordsReadsWhatAParserForEachReads() {
    byte[] good =
        ("{\"id\":\"x\",\"a\":1,\"b\":2,\"n\":{\"a\":[3,\"}\"]},\"ts\":1534327700824.39,"
                + "\"direct\":false} ")
            .getBytes(StandardCharsets.UTF_8);
    int read = 0;
    for (int seed = 0; seed < 100_000; seed++) {
      byte[] mutant = Mutations.mutate(good, new Random(seed));
      Received received = decoder.decode("test", seed, mutant, 0, mutant.length);
      if (received instanceof DeadLetter letter && letter.reason() == Reason.FUTURE) {
        continue;
      }
      try {
        RecordDecoder.checkText(mutant, 0, mutant.length);
        Message expected = JsonDecoder.parse(mutant, 0, mutant.length, decoder::alone);
        assertThat(received).as("seed %d", seed).isEqualTo(expected);
        read++;
      } catch (Unusable e) {
        assertThat(received).as("seed %d", seed).isInstanceOf(DeadLetter.class);
        assertThat(((DeadLetter) received).reason()).as("seed %d", seed).isEqualTo(e.reason());
      }
    }
    assertThat(read).isBetween(1_000, 99_000);
  }

  @Test
  void survivesMutations() {
    byte[] good = line("x", "[1,{\"k\":\"é\\u0041\"}]").getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 30_000; seed++) {
      byte[] mutant = Mutations.mutate(good, new Random(seed));
      try {
        decode(decoder, mutant);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      if (seed % 10 == 0) {
        assertThat(decode(decoder, GOOD)).as("after seed %d", seed).isEqualTo(MESSAGE);
      }
    }
  }

  /** A valid line, but for the field: replaced if known, put in front otherwise. */
  private static String line(String field, String json) {
    String fields = "\"a\":1,\"b\":2,\"ts\":0,\"direct\":false";
    String value = '"' + field + "\":";
    return fields.contains(value)
        ? "{" + fields.replaceAll(value + "[^,]*", value + Matcher.quoteReplacement(json)) + "}"
        : "{" + value + json + "," + fields + "}";
  }
}
