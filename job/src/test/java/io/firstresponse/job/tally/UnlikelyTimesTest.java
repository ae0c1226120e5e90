package io.firstresponse.job.tally;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnlikelyTimesTest {

  @Test
  void allOfThemHaveToBeEarly() {
    assertThat(UnlikelyTimes.ofMessages(1_000, 1_000, 0).orElseThrow())
        .startsWith("unlikely times: all 1,000 messages are from before 1990.")
        .contains("messages.epoch-unit");
    assertThat(UnlikelyTimes.ofMessages(1_000, 999, 1)).isEmpty();
    assertThat(UnlikelyTimes.ofMessages(0, 0, 0)).isEmpty();
    assertThat(UnlikelyTimes.ofMessages(Map.of())).isEmpty();
    assertThat(UnlikelyTimes.ofMessages(Map.of("messagesRead", 2L, "messagesBefore1990", 2L)))
        .isPresent();
    assertThat(
            UnlikelyTimes.ofMessages(
                Map.of("messagesRead", 3L, "deadLetters", 1L, "messagesBefore1990", 2L)))
        .isPresent();
  }

  @Test
  void orAllOfThemLate() {
    assertThat(UnlikelyTimes.ofMessages(1_000, 0, 1_000).orElseThrow())
        .startsWith("unlikely times: all 1,000 messages are from after next year.")
        .contains("messages.epoch-unit");
    assertThat(UnlikelyTimes.ofMessages(1_000, 0, 999)).isEmpty();
    assertThat(UnlikelyTimes.ofMessages(Map.of("messagesRead", 2L, "messagesAfterNextYear", 2L)))
        .isPresent();
  }

  @Test
  void orNoneOfThemHasAUsableTime() {
    assertThat(
            UnlikelyTimes.ofDeadLetters(
                    Map.of(
                        "messagesRead", 3L,
                        "deadLetters", 3L,
                        "messagesWithBadTimestamp", 1L,
                        "messagesFromTheFuture", 2L))
                .orElseThrow())
        .startsWith("nothing usable: the times of all 3 records ")
        .contains("messages.epoch-unit", "event-time.max-future-skew");
    assertThat(
            UnlikelyTimes.ofDeadLetters(
                Map.of("messagesRead", 3L, "deadLetters", 3L, "messagesWithBadTimestamp", 2L)))
        .isEmpty();
    assertThat(UnlikelyTimes.ofDeadLetters(Map.of())).isEmpty();
  }

  @Test
  void beginsWhere1990Begins() {
    assertThat(UnlikelyTimes.FIRST_LIKELY).isEqualTo(micros("1990-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z,2028-01-01T00:00:00Z",
    "2026-12-31T23:59:59.999999Z,2028-01-01T00:00:00Z",
    "2027-01-01T00:00:00Z,2029-01-01T00:00:00Z",
  })
  void endsWithTheNextYear(String now, String end) {
    assertThat(UnlikelyTimes.afterNextYear(Instant.parse(now))).isEqualTo(micros(end));
  }

  private static long micros(String time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
  }
}
