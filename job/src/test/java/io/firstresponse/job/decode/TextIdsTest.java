package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.ORIGIN;
import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.decode;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.mapping.JqProgram;
import io.firstresponse.job.mapping.Mapping;
import io.firstresponse.job.mapping.MappingOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids that are texts, in all formats of records. */
class TextIdsTest {

  private static final Texts IDS = Texts.of("U1", "whatsapp:+49 30", null, null);

  private final TextIds ids = new TextIds();

  /**
   * Tables and state depend on these. The numbers are those of the reference implementation, {@code
   * xxhash.xxh3_64_intdigest} in Python.
   */
  @ParameterizedTest
  @CsvSource({
    "a, -1817709641818812897",
    "10, -3429064209693292494",
    "010, 3765229397850441450",
    "U024BE7LH, 3417050015297285079",
    "whatsapp:+491701234567, 5561675263746087952",
    "6f1e2b0a-95f5-4b1e-9a53-0a5d3c1d7f00, -135079690203931516",
    "客户 7, 8762221479185563315",
  })
  void keysAreTheSameInEveryRelease(String text, long key) {
    assertThat(ids.key(text)).isEqualTo(key);
  }

  @Test
  void theLongestIdHasAKeyToo() {
    assertThat(TextIds.fault("x".repeat(512))).isNull();
    assertThat(ids.key("x".repeat(512))).isEqualTo(1344353732188695142L);
  }

  @Test
  void noTextHasTheKeyOfNobody() {
    assertThat(TextIds.ofHash(Session.NOBODY)).isEqualTo(-2);
    assertThat(TextIds.ofHash(-2)).isEqualTo(-2);
    assertThat(TextIds.ofHash(0)).isZero();
  }

  @Test
  void aMillionNumbersHaveAMillionKeys() {
    Set<Long> keys = new HashSet<>();
    for (int i = 0; i < 1_000_000; i++) {
      keys.add(ids.key(Integer.toString(i)));
    }
    assertThat(keys).hasSize(1_000_000);
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void textsAreIds(String format, RecordDecoder decoder) {
    assertThat(decode(decoder, record(format, "\"U1\"", "\"whatsapp:+49 30\"")))
        .isEqualTo(
            new Message(
                ids.key("U1"),
                ids.key("whatsapp:+49 30"),
                1_000_000,
                MessageKind.AGENT,
                false,
                IDS));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void aNumberIsTheTextOfItsDigits(String format, RecordDecoder decoder) {
    Message number = (Message) decode(decoder, record(format, "7", "10"));
    assertThat(number).isEqualTo(decode(decoder, record(format, "\"7\"", "\"10\"")));
    assertThat(number.texts()).isEqualTo(Texts.of("7", "10", null, null));
    assertThat(((Message) decode(decoder, record(format, "7", "\"010\""))).b())
        .isNotEqualTo(number.b());
    assertThat(((Message) decode(decoder, record(format, "-5", "1"))).texts().agentId())
        .isEqualTo("-5");
    String large = "123456789012345678901234567890";
    assertThat(((Message) decode(decoder, record(format, "7", large))).texts().customerId())
        .isEqualTo(large);
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void whatIsNoIdIsADeadLetter(String format, RecordDecoder decoder) {
    String tooLong = "\"" + "é".repeat(257) + "\"";
    assertDeadLetter(
        decode(decoder, record(format, "\"a\"", tooLong)),
        reason(format),
        "\"b\" holds a text of 514 bytes, not an id");
    assertThat(decode(decoder, record(format, "\"a\"", "\"" + "é".repeat(256) + "\"")))
        .isInstanceOf(Message.class);
    if (format.equals("csv")) {
      assertDeadLetter(
          decode(decoder, record(format, "\"a\"", "\"\"")), Reason.MISSING_FIELD, "\"b\" is empty");
      return;
    }
    assertDeadLetter(
        decode(decoder, record(format, "\"a\"", "\"\"")),
        reason(format),
        "\"b\" holds an empty text, not an id: a text of 1 to 512 bytes, or an integer");
    assertDeadLetter(
        decode(decoder, record(format, "\"\"", "1")), reason(format), "\"a\" holds an empty text");
    assertDeadLetter(
        decode(decoder, record(format, "1.5", "1")), reason(format), "\"a\" holds 1.5, not an id");
    assertDeadLetter(
        decode(decoder, record(format, "1", "true")), reason(format), "\"b\" holds true, not");
    assertDeadLetter(
        decode(decoder, record(format, "1", "{\"id\":1}")), reason(format), "holds an object");
    assertDeadLetter(
        decode(decoder, record(format, "[1]", "1")), reason(format), "\"a\" holds an array");
    assertDeadLetter(
        decode(decoder, record(format, "1", "\"a\\u0000b\"")), reason(format), "a NUL character");
    assertDeadLetter(
        decode(decoder, record(format, "1", "\"a\\ud83d\"")), reason(format), "half a character");
    assertDeadLetter(decode(decoder, record(format, "1", "null")), missing(format), "\"b\"");
    assertDeadLetter(decode(decoder, record(format, "null", "1")), missing(format), "\"a\"");
  }

  @Test
  void minusZeroIsZero() {
    assertThat(decode(json(), record("json", "-0", "0")))
        .isEqualTo(decode(json(), record("json", "0", "-0")));
  }

  @Test
  void quotesOfCsvAreNotPartOfAnId() {
    RecordDecoder csv = csv();
    assertThat(((Message) decode(csv, "\"a \"\"b\"\"\", x y ,1000,t,,")).texts())
        .isEqualTo(Texts.of("a \"b\"", "x y", null, null));
  }

  /** Nobody in particular was written to. */
  @Test
  void aCustomersMessageMayHaveNoAgent() {
    Message expected =
        new Message(
            Session.NOBODY,
            ids.key("c"),
            1_000_000,
            MessageKind.CUSTOMER,
            false,
            Texts.of(null, "c", null, null));
    assertThat(decode(json(), "{\"a\":null,\"b\":\"c\",\"ts\":1000,\"direct\":false}"))
        .isEqualTo(expected);
    assertThat(decode(csv(), ",c,1000,f,,")).isEqualTo(expected);
  }

  @Test
  void namesGoWithTheMessage() {
    Texts expected = Texts.of("a", "b", "Ann Ox", "客户");
    assertThat(
            ((Message)
                    decode(
                        json(),
                        "{\"a\":\"a\",\"b\":\"b\",\"ts\":1000,\"direct\":true,\"agent\":\" Ann\\tOx\","
                            + "\"customer\":\"客户\"}"))
                .texts())
        .isEqualTo(expected);
    assertThat(((Message) decode(csv(), "a,b,1000,t,Ann Ox ,客户")).texts()).isEqualTo(expected);
    assertDeadLetter(
        decode(json(), "{\"a\":1,\"b\":2,\"ts\":1000,\"direct\":true,\"agent\":5}"),
        Reason.BAD_FIELD,
        "\"agent\" holds 5, not a text");
  }

  static Stream<Arguments> decoders() {
    return Stream.of("json", "csv", "mapping", "debezium", "debezium-mapping")
        .map(format -> Arguments.of(format, decoder(format)));
  }

  private static RecordDecoder decoder(String format) {
    return switch (format) {
      case "json" -> json();
      case "csv" -> csv();
      case "mapping" -> new MappingDecoder(Decoders.texts(), Decoders.guard(), program());
      case "debezium" -> new DebeziumDecoder(Decoders.texts(), Decoders.guard(), "format");
      default -> new DebeziumDecoder(Decoders.texts(), Decoders.guard(), program(), "format");
    };
  }

  private static JqProgram program() {
    return Mapping.from(new Configuration().set(MappingOptions.JQ, ".")).orElseThrow().program();
  }

  private static JsonDecoder json() {
    return new JsonDecoder(Decoders.texts(), Decoders.guard());
  }

  private static CsvDecoder csv() {
    CsvDecoder decoder = new CsvDecoder(Decoders.texts(), Decoders.guard(), (byte) ',');
    byte[] header = "a,b,ts,direct,agent,customer".getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.readHeader(ORIGIN, 0, header, 0, header.length)).isEmpty();
    return decoder;
  }

  private static String record(String format, String a, String b) {
    String row = "{\"a\":%s,\"b\":%s,\"ts\":1000,\"direct\":true}".formatted(a, b);
    return switch (format) {
      case "csv" -> "%s,%s,1000,t,,".formatted(a, b);
      case "json", "mapping" -> row;
      default -> "{\"op\":\"c\",\"after\":%s}".formatted(row);
    };
  }

  private static Reason reason(String format) {
    return format.endsWith("mapping") ? Reason.MAPPING : Reason.BAD_FIELD;
  }

  private static Reason missing(String format) {
    return format.endsWith("mapping") ? Reason.MAPPING : Reason.MISSING_FIELD;
  }
}
