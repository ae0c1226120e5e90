package io.firstresponse.job.tally;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EarlyTimesTest {

  @Test
  void allOfThemHaveToBeEarly() {
    assertThat(EarlyTimes.in(1_010, 10, 1_000).orElseThrow())
        .startsWith("unlikely times: all 1,000 messages are from before 1990.")
        .contains("messages.epoch-unit");
    assertThat(EarlyTimes.in(1_010, 10, 999)).isEmpty();
    assertThat(EarlyTimes.in(10, 10, 0)).isEmpty();
    assertThat(EarlyTimes.in(Map.of())).isEmpty();
    assertThat(EarlyTimes.in(Map.of("messagesRead", 2L, "messagesBefore1990", 2L))).isPresent();
  }

  @Test
  void endsWhere1990Begins() {
    assertThat(EarlyTimes.END)
        .isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("1990-01-01T00:00:00Z")));
  }
}
