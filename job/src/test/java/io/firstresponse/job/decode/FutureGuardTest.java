package io.firstresponse.job.decode;

import static io.firstresponse.job.decode.Decoders.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class FutureGuardTest {

  private Instant now = NOW;
  private int readings;

  private final InstantSource clock =
      () -> {
        readings++;
        return now;
      };

  @Test
  void refusesOnlyWhatIsFurtherAheadThanTheSkew() {
    FutureGuard guard = new FutureGuard(Duration.ofMinutes(5), clock);
    Instant last = NOW.plus(5, ChronoUnit.MINUTES);
    assertThatCode(() -> guard.check(at(last))).doesNotThrowAnyException();
    assertThatThrownBy(() -> guard.check(at(last.plus(1, ChronoUnit.MICROS))))
        .isInstanceOfSatisfying(
            Unusable.class, e -> assertThat(e.reason()).isEqualTo(Reason.FUTURE))
        .hasMessageContaining("2026-11-23T00:05:00.000001Z")
        .hasMessageContaining("event-time.max-future-skew");
    now = NOW.plusMillis(1);
    assertThatCode(() -> guard.check(at(last.plus(1, ChronoUnit.MILLIS))))
        .doesNotThrowAnyException();
  }

  @Test
  void readsTheClockOnlyWhenItMust() throws Unusable {
    FutureGuard guard = new FutureGuard(Duration.ofMinutes(5), clock);
    for (int i = 0; i < 1_000; i++) {
      now = NOW.plusMillis(i);
      guard.check(at(now));
    }
    assertThat(readings).isEqualTo(1);
  }

  @Test
  void aSkewOfAllTimeSwitchesItOff() throws Unusable {
    FutureGuard guard = new FutureGuard(Duration.ofSeconds(Long.MAX_VALUE), clock);
    guard.check(new Message(1, 2, Message.MAX_TS, true));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FutureGuard(Duration.ofMillis(-1), clock));
  }

  @Test
  void travelsWithTheJob() throws Exception {
    FutureGuard guard =
        InstantiationUtil.clone(new FutureGuard(Duration.ofMinutes(5), InstantSource.system()));
    guard.check(at(Instant.now()));
    assertThatThrownBy(() -> guard.check(at(Instant.now().plus(1, ChronoUnit.DAYS))))
        .isInstanceOf(Unusable.class);
  }

  private static Message at(Instant instant) {
    return new Message(1, 2, ChronoUnit.MICROS.between(Instant.EPOCH, instant), false);
  }
}
