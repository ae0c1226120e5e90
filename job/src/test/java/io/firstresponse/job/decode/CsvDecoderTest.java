package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.ORIGIN;
import static io.firstresponse.job.decode.Decoders.assertDeadLetter;
import static io.firstresponse.job.decode.Decoders.csv;
import static io.firstresponse.job.decode.Decoders.decode;
import static io.firstresponse.job.decode.Decoders.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvDecoderTest {

  private static final String HEADER = "a,b,ts,direct,automated,text";
  private static final Message MESSAGE = message(1, 2, "2018-08-15T10:08:20.82439Z", true, false);

  private final CsvDecoder decoder = csv(HEADER);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,2018-08-15T10:08:20.82439Z,true,false,hello",
        "1,2,2018-08-15 18:08:20.82439+08,t,,",
        " 1 ,\t2, 2018-08-15 10:08:20.82439 , TRUE , , ",
        "\"1\",\"2\",\"2018-08-15T10:08:20,82439Z\",\"T\",\"\",\"a \"\"b\"\", c\r\nd\n\"",
        "1,2,1534327700824.39,1,0,5\" screen",
        "1,2,15343277008.2439e2,1,F,😀",
      })
  void reads(String record) {
    assertThat(decode(decoder, record)).isEqualTo(MESSAGE);
  }

  @Test
  void readsColumnsInAnyOrder() {
    CsvDecoder other = csv("x, direct ,\"b\",x,a,ts,\"say \"\"hi\"\"\"");
    assertThat(decode(other, "9,f,2,,1,0,z")).isEqualTo(new Message(1, 2, 0, false));
    assertThat(decode(csv("automated,direct,ts,b,a"), "1,0,0,2,1"))
        .isEqualTo(new Message(1, 2, 0, false, true));
  }

  @Test
  void readsTheWholeRangeOfIds() {
    assertThat(decode(decoder, "9223372036854775807,-9223372036854775808,0,f,,"))
        .isEqualTo(new Message(Long.MAX_VALUE, Long.MIN_VALUE, 0, false));
    assertThat(decode(decoder, "-1,0007,0,f,,")).isEqualTo(new Message(-1, 7, 0, false));
  }

  @Test
  void takesOtherDelimiters() {
    CsvDecoder tabs =
        new CsvDecoder(
            new MessageFields("a", "b", "ts", "direct", "automated", EpochUnit.SECONDS),
            Decoders.guard(),
            (byte) '\t');
    byte[] header = "a\tb\tts\tdirect".getBytes(StandardCharsets.UTF_8);
    assertThat(tabs.readHeader(ORIGIN, 0, header, 0, header.length)).isEmpty();
    assertThat(decode(tabs, "1\t 2\t3\tt")).isEqualTo(new Message(1, 2, 3_000_000, true));
    assertDeadLetter(decode(tabs, "1\t\t3\tt"), Reason.MISSING_FIELD, "\"b\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.0,2,0,t,,|BAD_FIELD",
        "1e3,2,0,t,,|BAD_FIELD",
        "+1,2,0,t,,|BAD_FIELD",
        "-,2,0,t,,|BAD_FIELD",
        "1 2,2,0,t,,|BAD_FIELD",
        "9223372036854775808,2,0,t,,|BAD_FIELD",
        "1,-9223372036854775809,0,t,,|BAD_FIELD",
        "1,99999999999999999999999999,0,t,,|BAD_FIELD",
        "-1,2,0,t,,|BAD_FIELD",
        "1,2,0,yes,,|BAD_FIELD",
        "1,2,0,tr,,|BAD_FIELD",
        "1,2,0,2,,|BAD_FIELD",
        "1,2,0,t,maybe,|BAD_FIELD",
        "\"\"\"1\",2,0,t,,|BAD_FIELD",
        "\" 1\",2,0,t,,|BAD_FIELD",
        ",2,0,t,,|MISSING_FIELD",
        "1,\"\",0,t,,|MISSING_FIELD",
        "1,2, ,t,,|MISSING_FIELD",
        "1,2,0,,,|MISSING_FIELD",
        "1,2,2018-08-15,t,,|BAD_TIMESTAMP",
        "1,2,1e400,t,,|BAD_TIMESTAMP",
        "1,2,x,t,,|BAD_TIMESTAMP",
        "1,2,infinity,t,,|BAD_TIMESTAMP",
        "1,2,2100-01-01T00:00:00Z,t,,|FUTURE",
        "1,2,0,t,|BAD_CSV",
        "1,2,0,t,,,|BAD_CSV",
        "1|BAD_CSV",
        "1,2,0,t,,\"open|BAD_CSV",
        "1,2,0,t,,\"open\"\"|BAD_CSV",
        "1,2,0,t,,\"shut\"x|BAD_CSV",
        "\"|BAD_CSV",
      })
  void refuses(String record, Reason reason) {
    assertDeadLetter(decode(decoder, record), reason);
  }

  @Test
  void aNumberThatAnotherUnitExplainsNamesTheOption() {
    assertDeadLetter(
        decode(decoder, "1,2,1534327700824390,t,,"),
        Reason.BAD_TIMESTAMP,
        "it is 2018-08-15T10:08:20.824390Z: set messages.epoch-unit to microseconds");
  }

  @Test
  void aCustomerMayWriteToNobodyInParticular() {
    assertThat(decode(decoder, ",2,0,f,,")).isEqualTo(new Message(-1, 2, 0, false));
    CsvDecoder addressed = new CsvDecoder(Decoders.addressed(), Decoders.guard(), (byte) ',');
    byte[] header = "a,b,ts,direct".getBytes(StandardCharsets.UTF_8);
    assertThat(addressed.readHeader(ORIGIN, 0, header, 0, header.length)).isEmpty();
    assertDeadLetter(
        decode(addressed, ",2,0,f"), Reason.MISSING_FIELD, "is empty", "addressed-agent mode");
  }

  @Test
  void readsTimesWithoutAnOffsetInTheTimeZoneGiven() {
    CsvDecoder berlin = new CsvDecoder(Decoders.in("Europe/Berlin"), Decoders.guard(), (byte) ',');
    byte[] header = "a,b,ts,direct".getBytes(StandardCharsets.UTF_8);
    assertThat(berlin.readHeader(ORIGIN, 0, header, 0, header.length)).isEmpty();
    assertThat(decode(berlin, "1,2,2018-07-01 10:00:00.5,f"))
        .isEqualTo(Decoders.message(1, 2, "2018-07-01T08:00:00.5Z", false, false));
  }

  @Test
  void refusesControlCharactersThatResembleDigits() {
    assertDeadLetter(decode(decoder, "1,2,0,\u0011,,"), Reason.BAD_FIELD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void refusesEmptyRecords(String record) {
    assertDeadLetter(decode(decoder, record), Reason.EMPTY);
  }

  @Test
  void refusesBadUtf8InColumnsThatDoNotCount() {
    byte[] record = "1,2,0,t,,x".getBytes(StandardCharsets.UTF_8);
    record[record.length - 1] = (byte) 0x80;
    assertDeadLetter(decode(decoder, record), Reason.BAD_ENCODING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b,ts|BAD_CSV|\"direct\"",
        "a,b,ts,direct,b|BAD_CSV|twice",
        "a,b,ts,direct,\"open|BAD_CSV|quote",
        "1,2,2018-08-15T10:08:20Z,t|BAD_CSV|\"a\"",
        "''|EMPTY|empty",
      })
  void withoutAUsableHeaderNothingIsRead(String header, Reason reason, String detail) {
    CsvDecoder headless =
        new CsvDecoder(Decoders.fields(EpochUnit.SECONDS), Decoders.guard(), (byte) ',');
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    assertDeadLetter(
        headless.readHeader(ORIGIN, 0, bytes, 0, bytes.length).orElseThrow(), reason, detail);
    assertDeadLetter(decode(headless, "1,2,0,t"), Reason.BAD_CSV, "header", detail);
  }

  @Test
  void survivesMutations() {
    byte[] good =
        "1,2,2018-08-15T10:08:20.82439Z,true,false,\"a \"\"b\"\", é\""
            .getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 30_000; seed++) {
      byte[] mutant = Mutations.mutate(good, new Random(seed));
      try {
        decode(decoder, mutant);
        CsvDecoder other =
            new CsvDecoder(Decoders.fields(EpochUnit.SECONDS), Decoders.guard(), (byte) ',');
        other.readHeader(ORIGIN, 0, mutant, 0, mutant.length);
        decode(other, good);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(decode(decoder, good)).isEqualTo(MESSAGE);
  }
}
