package io.firstresponse.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.Message;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

  @ParameterizedTest
  @CsvSource({
    "2018-08-15T10:08:20.82439Z,2018-08-15T10:08:20.824390Z",
    "2018-08-15t10:08:20z,2018-08-15T10:08:20Z",
    "2018-08-15 10:08:20.82439+08,2018-08-15T02:08:20.824390Z",
    "2018-08-15 10:08:20.82439-03:30:52,2018-08-15T13:39:12.824390Z",
    "2018-08-15 10:08:20 +0530,2018-08-15T04:38:20Z",
    "2018-08-15T10:08:20  -05:30,2018-08-15T15:38:20Z",
    "2018-08-15T10:08,2018-08-15T10:08:00Z",
    "2018-08-15T10:08+01,2018-08-15T09:08:00Z",
    "2018-08-15T10:08:20.1,2018-08-15T10:08:20.100Z",
    "'2018-08-15T10:08:20,1Z',2018-08-15T10:08:20.100Z",
    "2018-08-15T10:08:60Z,2018-08-15T10:09:00Z",
    "2018-08-15T10:08:60.5Z,2018-08-15T10:09:00.500Z",
    "2018-12-31T24:00:00Z,2019-01-01T00:00:00Z",
    "2018-12-31T23:59:60Z,2019-01-01T00:00:00Z",
    "2020-02-29T00:00Z,2020-02-29T00:00:00Z",
    "2000-02-29T00:00Z,2000-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z,0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z,9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999+15:59:59,9999-12-31T08:00:00.999999Z",
    // Finer than a microsecond: to the nearest, a half as PostgreSQL's arithmetic has it.
    "2018-08-15T10:08:20.1234564Z,2018-08-15T10:08:20.123456Z",
    "2018-08-15T10:08:20.123456789Z,2018-08-15T10:08:20.123457Z",
    "2018-08-15T10:08:20.0000005Z,2018-08-15T10:08:20Z",
    "2018-08-15T10:08:20.0000015Z,2018-08-15T10:08:20.000002Z",
    "2018-08-15T10:08:59.9999996Z,2018-08-15T10:09:00Z",
    "2018-08-15T10:08:20.12345649999999999999999999Z,2018-08-15T10:08:20.123456Z",
  })
  void readsWhatPostgresReads(String text, String expected) {
    assertThat(ofText(text)).isEqualTo(micros(Instant.parse(expected)));
  }

  @ParameterizedTest
  @CsvSource({
    "2018-01-15T10:00,2018-01-15T09:00:00Z",
    "2018-07-15 10:00:00.000001,2018-07-15T08:00:00.000001Z",
    // An offset counts for more than the zone.
    "2018-07-15T10:00Z,2018-07-15T10:00:00Z",
    "2018-07-15T10:00+05,2018-07-15T05:00:00Z",
    // Clocks show 2:30 twice: the first.
    "2018-10-28T02:30,2018-10-28T00:30:00Z",
    "2018-10-28T03:00,2018-10-28T02:00:00Z",
    // They skip 2:30: as much later.
    "2018-03-25T02:30,2018-03-25T01:30:00Z",
    "2018-03-25T03:30,2018-03-25T01:30:00Z",
    // Before 1893 the clocks of Berlin showed its own time.
    "1800-01-01T00:53:28,1800-01-01T00:00:00Z",
  })
  void readsLocalTimes(String text, String expected) {
    assertThat(ofText(text, ZoneId.of("Europe/Berlin"))).isEqualTo(micros(Instant.parse(expected)));
  }

  @Test
  void aLocalTimeOutsideTheYearsIsUnusable() {
    assertThat(ofText("0001-01-01T00:00", ZoneId.of("Asia/Tokyo"))).isEqualTo(Timestamps.UNUSABLE);
    assertThat(ofText("0001-01-01T09:18:59", ZoneId.of("Asia/Tokyo"))).isEqualTo(Message.MIN_TS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "infinity",
        "-infinity",
        "2018-08-15",
        "2018-08-15T",
        "2018-08-15T10",
        "2018-08-15T10:8:20",
        "2018-08-15T10:08:",
        "2018-08-15T10:08:2",
        "2018-08-15T10:08:20.",
        "2018-08-15T10:08:20.Z",
        "2018-08-15T10:08:20.5.5Z",
        "2018-08-15T10:08:20X",
        "2018-08-15T10:08:20ZZ",
        "2018-08-15T10:08:20+",
        "2018-08-15T10:08:20+1",
        "2018-08-15T10:08:20+1:00",
        "2018-08-15T10:08:20+01:",
        "2018-08-15T10:08:20+01:0",
        "2018-08-15T10:08:20+01:00:",
        "2018-08-15T10:08:20+01:60",
        "2018-08-15T10:08:20+16:00",
        "2018-08-15T10:08:20+01:00:60",
        "2018-08-15T10:08:20 BC",
        "2018-08-15 10:08:20+00 BC",
        "2018-08-15_10:08:20",
        "2018/08/15 10:08:20",
        "2018-13-15T10:08:20Z",
        "2018-00-15T10:08:20Z",
        "2018-08-32T10:08:20Z",
        "2018-08-00T10:08:20Z",
        "2018-04-31T10:08:20Z",
        "2018-02-29T10:08:20Z",
        "1900-02-29T10:08:20Z",
        "2018-08-15T24:00:00.000001Z",
        "2018-08-15T23:59:60.1Z",
        "2018-08-15T24:01Z",
        "2018-08-15T25:00Z",
        "2018-08-15T10:60Z",
        "2018-08-15T10:08:61Z",
        "0000-12-31T10:08:20Z",
        "0001-01-01T00:00:00+00:00:01",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "-018-08-15T10:08:20Z",
        "2018-08-15T1٠:08:20Z",
        "1534327700",
      })
  void refusesWhatIsNoTimestamp(String text) {
    assertThat(ofText(text)).isEqualTo(Timestamps.UNUSABLE);
  }

  @Test
  void refusesTextsBeyondAnyMeasure() {
    String prefix = "2018-08-15T10:08:20.";
    String longest = prefix + "0".repeat(Timestamps.MAX_LENGTH - prefix.length());
    assertThat(ofText(longest)).isEqualTo(micros(Instant.parse("2018-08-15T10:08:20Z")));
    assertThat(ofText(longest + "0")).isEqualTo(Timestamps.UNUSABLE);
  }

  @Test
  void agreesWithJavaTimeOnRandomInstants() {
    long seed = 20180815;
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      long micros = random.nextLong(Message.MIN_TS, Message.MAX_TS + 1);
      // Java prints no more of an offset than it has: ±hh:mm or ±hh:mm:ss.
      int range = random.nextBoolean() ? 15 * 3_600 + 3_599 : 13 * 3_600;
      int seconds = random.nextInt(-range, range + 1);
      ZoneOffset offset =
          ZoneOffset.ofTotalSeconds(random.nextBoolean() ? seconds : seconds / 60 * 60);
      OffsetDateTime time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(offset);
      if (time.getYear() < 1 || time.getYear() > 9999) {
        continue;
      }
      String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
      if (random.nextBoolean()) {
        text = text.replace('T', ' ');
      }
      assertThat(ofText(text)).as("%s, seed %d, case %d", text, seed, i).isEqualTo(micros);
    }
  }

  @Test
  void roundsNanosecondsLikePostgres() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      int digits = random.nextInt(1, 25);
      StringBuilder fraction = new StringBuilder();
      for (int k = 0; k < digits; k++) {
        fraction.append((char) ('0' + random.nextInt(10)));
      }
      long expected =
          micros(Instant.parse("2018-08-15T10:08:20Z"))
              + (long) Math.rint(Double.parseDouble("." + fraction) * 1_000_000);
      String text = "2018-08-15T10:08:20." + fraction + "Z";
      assertThat(ofText(text)).as("%s, seed %d", text, seed).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,SECONDS,0",
    "1534327700,SECONDS,1534327700000000",
    "1534327700.82439,SECONDS,1534327700824390",
    "1.5343277e9,SECONDS,1534327700000000",
    "-1.5,SECONDS,-1500000",
    "1534327700824,MILLISECONDS,1534327700824000",
    "1534327700824.39,MILLISECONDS,1534327700824390",
    "1534327700824390,MICROSECONDS,1534327700824390",
    "0.5,MICROSECONDS,0",
    "1.5,MICROSECONDS,2",
    "1534327700824390499,NANOSECONDS,1534327700824390",
    "1534327700824390501,NANOSECONDS,1534327700824391",
    "500,NANOSECONDS,0",
    "1500,NANOSECONDS,2",
    "-500,NANOSECONDS,0",
    "-1500,NANOSECONDS,-2",
    "-501,NANOSECONDS,-1",
    "1e-400,SECONDS,0",
    "0e999999999,SECONDS,0",
    "-62135596800,SECONDS,-62135596800000000",
    "253402300799999999,MICROSECONDS,253402300799999999",
    "9223372036854775807,NANOSECONDS,9223372036854776",
    "9223372036854775809,NANOSECONDS,9223372036854776",
  })
  void readsNumbers(String text, EpochUnit unit, long expected) {
    assertThat(ofNumber(text, unit)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'',SECONDS",
    "-,SECONDS",
    "x,SECONDS",
    "1x,SECONDS",
    "1e,SECONDS",
    "NaN,SECONDS",
    "Infinity,SECONDS",
    "0x10,SECONDS",
    "1e400,SECONDS",
    "-1e400,NANOSECONDS",
    "1e999999999,SECONDS",
    "1e99999999999,SECONDS",
    "253402300800,SECONDS",
    "-62135596801,SECONDS",
    "253402300800000000,MICROSECONDS",
    "253402300800000,MILLISECONDS",
    "9223372036854775807,SECONDS",
    "99999999999999999999999999,NANOSECONDS",
  })
  void refusesNumbersOutOfRange(String text, EpochUnit unit) {
    assertThat(ofNumber(text, unit)).isEqualTo(Timestamps.UNUSABLE);
  }

  @Test
  void agreesWithBigDecimalOnRandomNumbers() {
    long seed = 7;
    Random random = new Random(seed);
    List<EpochUnit> units =
        List.of(
            EpochUnit.SECONDS,
            EpochUnit.MILLISECONDS,
            EpochUnit.MICROSECONDS,
            EpochUnit.NANOSECONDS);
    for (int i = 0; i < 50_000; i++) {
      int thousands = random.nextInt(4);
      EpochUnit unit = units.get(thousands);
      BigDecimal number =
          BigDecimal.valueOf(random.nextLong() >> random.nextInt(40), random.nextInt(-3, 9));
      BigDecimal micros =
          number.scaleByPowerOfTen(6 - 3 * thousands).setScale(0, RoundingMode.HALF_EVEN);
      boolean usable =
          micros.compareTo(BigDecimal.valueOf(Message.MIN_TS)) >= 0
              && micros.compareTo(BigDecimal.valueOf(Message.MAX_TS)) <= 0;
      String text = random.nextBoolean() ? number.toPlainString() : number.toString();
      assertThat(ofNumber(text, unit))
          .as("%s %s, seed %d", text, unit, seed)
          .isEqualTo(usable ? micros.longValueExact() : Timestamps.UNUSABLE);
    }
  }

  private static long ofText(String text) {
    return ofText(text, ZoneOffset.UTC);
  }

  private static long ofText(String text, ZoneId zone) {
    // Not at the start of the array, so that a mistaken index shows.
    byte[] bytes = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
    return Timestamps.ofText(bytes, 2, bytes.length - 2, new LocalTimes(zone.getRules()));
  }

  private static long ofNumber(String text, EpochUnit unit) {
    byte[] bytes = ("12" + text + "34").getBytes(StandardCharsets.UTF_8);
    return Timestamps.ofNumber(bytes, 2, bytes.length - 2, unit);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
