package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.decode;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {

  private final JsonDecoder json = new JsonDecoder(Decoders.texts(), Decoders.guard());

  /** State and tables have them: they must never change. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"channel\":\"email\"}|1333370514531604435",
        "{\"channel\":\"email\",\"priority\":\"urgent\"}|2240562412816998327",
        "{\"team\":\"客服 \\\"1\\\"\"}|4395648449084286402",
      })
  void keysStayAsTheyAre(String canonical, long key) {
    assertThat(LabelSet.key(canonical)).isEqualTo(key);
  }

  @Test
  void noSetHasTheKeyOfNone() {
    assertThat(LabelSet.ofHash(0)).isEqualTo(1);
    assertThat(LabelSet.ofHash(-1)).isEqualTo(-1);
    assertThat(LabelSet.key(null)).isEqualTo(Message.NO_LABELS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"b\":\"2\",\"a\":\"1\"}|{\"a\":\"1\",\"b\":\"2\"}",
        "{\"n\": 1.50, \"m\": -0, \"t\" : true, \"f\":false, \"none\":null}|{\"f\":\"false\",\"m\":\"-0\",\"n\":\"1.50\",\"t\":\"true\"}",
        "{\"\":\"\"}|{\"\":\"\"}",
        "{\"\\u0061\":\"\\u00e9\\/ \\ud83d\\ude00\"}|{\"a\":\"é/ 😀\"}",
        "{\"a\":\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001F\\u007f\"}|{\"a\":\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\"}",
        "\"{\\\"a\\\": 1}\"|{\"a\":\"1\"}",
      })
  void areReadInTheCanonicalForm(String labels, String canonical) {
    Message message = (Message) decode(json, record(labels, false));
    assertThat(message.texts().labels()).isEqualTo(canonical);
    assertThat(message.labels()).isEqualTo(LabelSet.key(canonical)).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{\"a\":null}", "\"{}\""})
  void mayBeNone(String labels) {
    Message message = (Message) decode(json, record(labels, false));
    assertThat(message.labels()).isZero();
    assertThat(message.texts().labels()).isNull();
  }

  /** No session has theirs. */
  @Test
  void ofAgentsAndClosesAreCheckedAndNotKept() {
    String set = "{\"a\":\"1\"}";
    Message agents = (Message) decode(json, record(set, true));
    assertThat(agents.labels()).isZero();
    assertThat(agents.texts().labels()).isNull();
    Message close =
        (Message) decode(json, "{\"b\":\"2\",\"ts\":3,\"closes\":true,\"labels\":" + set + "}");
    assertThat(close.labels()).isZero();
    assertDeadLetter(decode(json, record("[]", true)), Reason.BAD_FIELD, "an array");
  }

  @Test
  void thoseOfTheRecordBeforeAreForgotten() {
    assertThat(((Message) decode(json, record("{\"a\":1,\"b\":2}", false))).labels()).isNotZero();
    assertThat(((Message) decode(json, record("{\"c\":3}", false))).texts().labels())
        .isEqualTo("{\"c\":\"3\"}");
    String without = "{\"a\":\"1\",\"b\":\"2\",\"ts\":3,\"direct\":false}";
    assertThat(((Message) decode(json, without)).labels()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|field \"labels\" holds an array, not an object of texts",
        "5|field \"labels\" holds 5, not an object of texts",
        "true|field \"labels\" holds true, not an object of texts",
        "\"email\"|field \"labels\" holds no usable JSON object: ",
        "\"[1]\"|field \"labels\" holds the text '[1]', not an object of texts",
        "\"\"|field \"labels\" holds the text '', not an object of texts",
        "\"{} 1\"|field \"labels\" holds the text '{} 1', not an object of texts",
        "\"{\"|field \"labels\" holds no usable JSON object: ",
        "{\"team\":{}}|field \"labels.team\" holds an object, not a text, number or boolean",
        "{\"team\":[1]}|field \"labels.team\" holds an array, not a text, number or boolean",
        "{\"team\":\"a\\u0000b\"}|field \"labels.team\" holds a text with a NUL character",
        "{\"team\":\"\\ud83d\"}|field \"labels.team\" holds a text with half a character",
        "{\"te\\u0000am\":1}|field \"labels\" has a label whose name is a text with a NUL character",
      })
  void thatCannotBeUsedAreDeadLetters(String labels, String words) {
    assertDeadLetter(decode(json, record(labels, false)), Reason.BAD_FIELD, words);
  }

  @Test
  void aNameThatComesTwiceIsADeadLetter() {
    assertDeadLetter(
        decode(json, record("{\"a\":1,\"b\":2,\"a\":3}", false)),
        Reason.BAD_JSON,
        "label \"a\" is given twice");
  }

  @Test
  void numberAndLengthAreLimited() {
    assertThat(((Message) decode(json, record(many(64), false))).labels()).isNotZero();
    assertDeadLetter(
        decode(json, record(many(65), false)),
        Reason.BAD_FIELD,
        "field \"labels\" has 65 labels of 325 bytes; 64 labels of 1,024 bytes is the limit");
    String most = "{\"a\":\"" + "é".repeat(511) + "x\"}";
    Message message = (Message) decode(json, record(most, false));
    assertThat(message.texts().labels().getBytes(StandardCharsets.UTF_8)).hasSize(1024 + 7);
    assertDeadLetter(
        decode(json, record(most.replace("x", "xy"), false)),
        Reason.BAD_FIELD,
        "field \"labels\" has 1 labels of 1,025 bytes");
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"n%03d\":%d".formatted(i, i % 10))
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void aColumnOfCsvHasThemAsJson() {
    CsvDecoder csv = new CsvDecoder(Decoders.texts(), Decoders.guard(), (byte) ',');
    byte[] header = "labels,a,b,ts,direct".getBytes(StandardCharsets.UTF_8);
    assertThat(csv.readHeader(Decoders.ORIGIN, 0, header, 0, header.length)).isEmpty();
    Received quoted = decode(csv, "\"{\"\"b\"\":1, \"\"a\"\":\"\"x,y\"\"}\",1,2,3,f");
    assertThat(((Message) quoted).texts().labels()).isEqualTo("{\"a\":\"x,y\",\"b\":\"1\"}");
    assertThat(((Message) decode(csv, ",1,2,3,f")).labels()).isZero();
    assertDeadLetter(
        decode(csv, "email,1,2,3,f"), Reason.BAD_FIELD, "\"labels\" holds no usable JSON object");
    assertDeadLetter(
        decode(csv, "\"{\"\"a\"\":{}}\",1,2,3,f"),
        Reason.BAD_FIELD,
        "\"labels.a\" holds an object");
  }

  @Test
  void withoutTheOptionTheFieldIsIgnored() {
    Message message =
        (Message)
            decode(Decoders.json(), "{\"a\":1,\"b\":2,\"ts\":3,\"direct\":false,\"labels\":[5]}");
    assertThat(message).isEqualTo(new Message(1, 2, 3_000, false));
  }

  private static String record(String labels, boolean direct) {
    return "{\"a\":\"1\",\"labels\":%s,\"b\":\"2\",\"ts\":3,\"direct\":%b}"
        .formatted(labels, direct);
  }
}
