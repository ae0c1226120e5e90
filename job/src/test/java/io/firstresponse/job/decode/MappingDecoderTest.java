package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.decode;
import static io.firstresponse.job.decode.Decoders.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingDecoderTest {

  private static final String RECORD =
      "{\"id\":5,\"at\":\"2018-08-15T10:08:20.82439Z\",\"in\":true,\"who\":null,"
          + "\"parts\":[{\"by\":7,\"at\":1534327701000},{\"by\":8,\"at\":1534327702000}]}";

  private final RecordDecoder plain = Decoders.json();

  @Test
  void oneMessageIsAMessage() {
    assertThat(
            decode(
                mapped("{a: .who, b: .id, ts: .at, direct: (.in | not), labels: {x: 1, y: null}}"),
                RECORD))
        .isEqualTo(
            new Message(
                -1,
                5,
                1_534_327_700_824_390L,
                MessageKind.CUSTOMER,
                false,
                LabelSet.key("{\"x\":\"1\"}"),
                Texts.of(null, null, null, null, "{\"x\":\"1\"}")));
    assertThat(decode(mapped("."), "{\"a\":1,\"b\":2,\"ts\":3,\"direct\":true,\"automated\":true}"))
        .isEqualTo(decode(plain, "{\"a\":1,\"b\":2,\"ts\":3,\"direct\":true,\"automated\":true}"));
  }

  @Test
  void aRecordMayHoldManyMessagesOrNone() {
    assertThat(decode(mapped(".id as $b | .parts[] | {a: .by, $b, ts: .at, direct: true}"), RECORD))
        .isEqualTo(
            new Mapped(
                List.of(
                    new Message(7, 5, 1_534_327_701_000_000L, true),
                    new Message(8, 5, 1_534_327_702_000_000L, true)),
                0));
    assertThat(decode(mapped("select(.id > 5)"), RECORD)).isEqualTo(Mapped.NOTHING);
    assertThat(decode(mapped("empty | ."), "[1, 2]")).isEqualTo(Mapped.NOTHING);
  }

  @Test
  void eventsAreKnownAndCounted() {
    assertThat(decode(mapped("{b: .id, ts: .at, closes: true}"), RECORD))
        .isEqualTo(Message.close(-1, 5, 1_534_327_700_824_390L));
    assertThat(decode(mapped("{b: .id, ts: .at, closes: true, handover: true, a: 7}"), RECORD))
        .isEqualTo(Message.close(7, 5, 1_534_327_700_824_390L));
    assertThat(decode(mapped("{b: .id, ts: .at, handover: true}"), RECORD))
        .isEqualTo(new Mapped(List.of(), 1));
    assertThat(
            decode(
                mapped(
                    "{b: .id, ts: .at, direct: false, customer: \"Ann\"},"
                        + " {b: .id, ts: .at, handover: true, agent: \"Bot\"}"),
                RECORD))
        .isEqualTo(
            new Mapped(
                List.of(
                    new Message(
                        -1,
                        5,
                        1_534_327_700_824_390L,
                        MessageKind.CUSTOMER,
                        false,
                        Texts.of(null, null, null, "Ann"))),
                1));
    assertThat(decode(mapped("{b: .id, ts: .at, direct: false, closes: false}"), RECORD))
        .isInstanceOf(Message.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|is 1, not an object",
        "[.]|is an array, not an object",
        "null, 1|is null, not an object",
        "\"x\"|is the text 'x', not an object",
        "{b: 1, ts: 2}|has no \"direct\", and a message needs it",
        "{b: null, ts: 2, direct: true, a: 1}|has no \"b\"",
        "{b: 1, direct: true, a: 1}|has no \"ts\"",
        "{b: 1, ts: 2, direct: true}|an agent's message needs its sender",
        "{b: 1, ts: 2, direct: true, a: null}|an agent's message needs its sender",
        "{b: 1, ts: 2, direct: true, a: -1}|-1 stands for nobody",
        "{b: 1, ts: 2, direct: 1, a: 1}|\"direct\" holds 1, not true or false",
        "{b: 1, ts: 2, direct: true, a: 1, automated: \"no\"}|\"automated\" holds the text 'no'",
        "{b: 1.5, ts: 2, direct: true, a: 1}|\"b\" holds 1.5, not a 64-bit integer",
        "{b: 9.3e18, ts: 2, direct: true, a: 1}|\"b\" holds 9.3E18, not a 64-bit integer",
        "{b: \"\", ts: 2, direct: true, a: 1}|\"b\" holds the text ''",
        "{b: \"5\", ts: 2, direct: true, a: 1}|tonumber",
        "{b: {}, ts: 2, direct: true, a: 1}|\"b\" holds an object",
        "{b: [1], ts: 2, direct: true, a: 1}|\"b\" holds an array",
        "{b: 1, ts: true, direct: true, a: 1}|\"ts\" holds true",
        "{b: 1, ts: \"soon\", direct: true, a: 1}|\"ts\" holds the text 'soon'",
        "{b: 1, ts: (1/0), direct: true, a: 1}|zero",
        "{b: 1, ts: nan, direct: true, a: 1}|\"ts\" holds NaN",
        "{b: 1, ts: 2, direct: true, a: 1, atomated: true}|has the key \"atomated\", which a message does not have; did you mean \"automated\"",
        "{b: 1, ts: 2, direct: true, a: 1, labels: []}|\"labels\" holds an array",
        "{b: 1, ts: 2, direct: true, a: 1, labels: {t: {}}}|\"labels.t\" holds an object",
        "{b: 1, ts: 2, direct: true, a: 1, labels: {t: (\"x\" * 1024)}}|has 1 labels of 1,025 bytes; 64 labels of 1,024 bytes is the limit",
        "{b: 1, ts: 2, direct: true, a: 1, agent: 5}|\"agent\" holds 5, not a text",
        "{b: 1, closes: true}|has no \"ts\"",
        "{b: 1, ts: 2, closes: 1}|\"closes\" holds 1",
        "error(\"not ours\")|not ours",
        "error({why: 1})|{\"why\":1}",
        ".id.x|Cannot index number with",
        "def f: [f]; f|calls itself too often",
        "def f: 1, f; f|calls itself too often",
      })
  void whatIsNoMessageIsADeadLetter(String output, String words) {
    assertDeadLetter(decode(mapped(output), RECORD), Reason.MAPPING, "output ", words);
  }

  @Test
  void oneBadOutputSpoilsItsRecordAndIsNumbered() {
    String good = "{a: 1, b: .id, ts: .at, direct: true}";
    assertDeadLetter(
        decode(mapped(good + ", " + good + ", {b: 1}"), RECORD), Reason.MAPPING, "output 3: ");
    assertDeadLetter(
        decode(mapped(good + ", error(\"no\"), " + good), RECORD), Reason.MAPPING, "output 2: no");
    assertDeadLetter(
        decode(
            mapped(good + ", {a: 1, b: .id, ts: \"2100-01-01T00:00:00Z\", direct: true}"), RECORD),
        Reason.FUTURE,
        "output 2: stamped 2100-01-01T00:00:00Z");
  }

  @Test
  void aProgramCannotFillTheMemory() {
    assertDeadLetter(
        decode(mapped("try range(1000000) catch 1"), RECORD),
        Reason.MAPPING,
        "more than 100,000 outputs");
  }

  @Test
  void addressedAgentModeNeedsTheAgent() {
    assertDeadLetter(
        decode(mapped("{b: .id, ts: .at, direct: false}", Decoders.addressed()), RECORD),
        Reason.MAPPING,
        "in addressed-agent mode a customer's message needs the agent");
    assertDeadLetter(
        decode(mapped("{b: .id, ts: .at, closes: true}", Decoders.addressed()), RECORD),
        Reason.MAPPING,
        "in addressed-agent mode an event needs the agent");
  }

  @Test
  void timesAreReadLikeThoseOfFields() {
    MessageFields seconds = Decoders.fields(EpochUnit.SECONDS);
    String program = "{b: 1, ts: ., direct: false}";
    for (String ts :
        List.of("\"1355517523.000005\"", "1355517523.000005", "\"2012-12-14T20:38:43.000005Z\"")) {
      assertThat(decode(mapped(program, seconds), ts))
          .isEqualTo(message(-1, 1, "2012-12-14T20:38:43.000005Z", false, false));
    }
    assertThat(decode(mapped(program, Decoders.in("Europe/Berlin")), "\"2018-07-01 10:00\""))
        .isEqualTo(message(-1, 1, "2018-07-01T08:00:00Z", false, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "nonsense",
        "[1,]",
        "1e",
        "{\"a\":{\"b\":1,\"b\":1}}"
      })
  void whatIsNoJsonIsADeadLetter(String record) {
    assertDeadLetter(decode(mapped("."), record), Reason.BAD_JSON);
  }

  @Test
  void recordsOfAllKindsOfDamageAreDeadLetters() {
    RecordDecoder decoder = mapped("{b: .id, ts: .at, direct: false}");
    assertDeadLetter(decode(decoder, "[".repeat(2_000)), Reason.BAD_JSON);
    assertDeadLetter(decode(decoder, "  "), Reason.EMPTY);
    assertDeadLetter(decode(decoder, new byte[] {(byte) 0xFF}), Reason.BAD_ENCODING);
    byte[] good = RECORD.getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 5_000; seed++) {
      byte[] mutant = Mutations.mutate(good, new Random(seed));
      assertThat(decode(decoder, mutant)).as("seed %d", seed).isNotNull();
    }
    assertThat(decode(decoder, good)).isInstanceOf(Message.class);
  }

  @Test
  void whatIsNotUsedMayBeAnything() {
    assertThat(
            decode(
                mapped("{b: .id, ts: .at, direct: false}"),
                "{\"id\":1,\"at\":2,\"x\":1e400,\"y\":99999999999999999999999999,\"z\":[[]]}"))
        .isEqualTo(new Message(-1, 1, 2_000, false));
  }

  @Test
  void csvRecordsAreObjectsOfTexts() {
    CsvRecordDecoder decoder =
        csv(
            "{a: (.agent | if . == \"\" then null else tonumber end), b: (.\"chat id\" | tonumber),"
                + " ts: .at, direct: (.kind == \"out\")}");
    header(decoder, "chat id, at ,kind,agent,note");
    assertThat(decode(decoder, "9007199254740993,2018-08-15 10:00:00,out,7,\"a \"\"b\"\"\""))
        .isEqualTo(message(7, 9007199254740993L, "2018-08-15T10:00:00Z", true, false));
    assertThat(decode(decoder, "1,0,in,,")).isEqualTo(new Message(-1, 1, 0, false));
    assertDeadLetter(decode(decoder, "1,0,in,"), Reason.BAD_CSV, "4 fields", "header 5");
    assertDeadLetter(decode(decoder, "1,0,in,,,"), Reason.BAD_CSV, "6 fields");
    assertDeadLetter(decode(decoder, "x,0,in,,"), Reason.MAPPING, "output 1: ");
  }

  @Test
  void csvWithoutAUsableHeaderIsNotRead() {
    CsvRecordDecoder decoder = csv("empty, .");
    byte[] header = "a,b,a".getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.readHeader(Decoders.ORIGIN, 0, header, 0, header.length))
        .get()
        .extracting(DeadLetter::reason)
        .isEqualTo(Reason.BAD_CSV);
    assertDeadLetter(decode(decoder, "1,2,3"), Reason.BAD_CSV, "no usable header", "twice");
  }

  @Test
  void quotesAreTextInsideAFieldWithoutQuotes() {
    CsvRecordDecoder decoder = csv("error(.x)");
    header(decoder, "x");
    assertDeadLetter(decode(decoder, "a\"\"b"), Reason.MAPPING, "a\"\"b");
    assertDeadLetter(decode(decoder, "\"a\"\"b\""), Reason.MAPPING, "a\"b");
  }

  @Test
  void changeEventsGiveTheRowAfterTheChange() {
    DebeziumDecoder decoder =
        new DebeziumDecoder(
            Decoders.fields(EpochUnit.MILLISECONDS),
            Decoders.guard(),
            mapping(
                    "if .status == 1 then {b: .id, ts: .at, closes: true}"
                        + " else {b: .id, ts: .at, direct: false} end")
                .program(),
            "source.kafka.format");
    String row = "{\"id\":1,\"at\":2,\"status\":0}";
    for (String op : List.of("c", "r", "u")) {
      assertThat(decode(decoder, "{\"after\":" + row + ",\"op\":\"" + op + "\"}"))
          .isEqualTo(new Message(-1, 1, 2_000, false));
    }
    assertThat(decode(decoder, "{\"before\":" + row + ",\"after\":null,\"op\":\"d\"}"))
        .isEqualTo(Mapped.NOTHING);
    assertThat(decode(decoder, "{\"op\":\"t\"}")).isEqualTo(Mapped.NOTHING);
    assertThat(
            decode(
                decoder, "{\"payload\":{\"op\":\"u\",\"after\":{\"id\":1,\"at\":2,\"status\":1}}}"))
        .isEqualTo(Message.close(-1, 1, 2_000));
    assertDeadLetter(decode(decoder, "{\"op\":\"u\",\"after\":null}"), Reason.BAD_CHANGE_EVENT);
    assertDeadLetter(decode(decoder, row), Reason.BAD_CHANGE_EVENT);
  }

  private static CsvRecordDecoder csv(String program) {
    return new CsvMappingDecoder(
        Decoders.fields(EpochUnit.MILLISECONDS),
        Decoders.guard(),
        mapping(program).program(),
        (byte) ',');
  }

  private static void header(CsvRecordDecoder decoder, String names) {
    byte[] header = names.getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.readHeader(Decoders.ORIGIN, 0, header, 0, header.length)).isEmpty();
  }

  private static RecordDecoder mapped(String program) {
    return mapped(program, Decoders.fields(EpochUnit.MILLISECONDS));
  }

  private static RecordDecoder mapped(String program, MessageFields fields) {
    return new MappingDecoder(fields, Decoders.guard(), mapping(program).program());
  }

  private static Mapping mapping(String program) {
    return Mapping.from(new Configuration().set(MappingOptions.JQ, program)).orElseThrow();
  }
}
