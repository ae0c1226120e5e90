package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.options.OptionDuration;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpansTest {

  @ParameterizedTest
  @CsvSource({
    "0,0 s",
    "250000,0.25 s",
    "10000000,10 s",
    "59999400,59.999 s",
    "60000000,1 min",
    "252000000,4 min 12 s",
    "7380000000,2 h 3 min",
    "86400000000,1 d",
    "1040400000000,12 d 1 h"
  })
  void areReadByPeople(long micros, String text) {
    assertThat(Spans.of(micros)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,1 s",
    "1000,1 s",
    "1001,2 s",
    "60000,1 min",
    "60001,2 min",
    "3600001,2 h",
    "86400000,1 d",
    "86400001,2 d",
    "2678400000,31 d"
  })
  void usualOnesAreNotShorter(long millis, String option) {
    Duration usual = Spans.usual(millis);
    assertThat(usual).isGreaterThanOrEqualTo(Duration.ofMillis(millis));
    assertThat(Spans.option(usual)).isEqualTo(option);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 90, 3_600, 5_400, 86_400, 90_061})
  void areValuesOfOptions(long seconds) {
    Duration length = Duration.ofSeconds(seconds);
    assertThat(OptionDuration.of("key", Spans.option(length))).isEqualTo(length);
  }

  @Test
  void instantsAreInUtc() {
    long micros = TimeUnit.SECONDS.toMicros(1_534_327_700) + 824_390;
    assertThat(Spans.instant(micros)).isEqualTo("2018-08-15T10:08:20Z");
    assertThat(Spans.exactInstant(micros)).isEqualTo("2018-08-15T10:08:20.824390Z");
  }
}
