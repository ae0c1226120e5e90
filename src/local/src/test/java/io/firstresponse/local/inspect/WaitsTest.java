package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Session;
import org.junit.jupiter.api.Test;

class WaitsTest {

  @Test
  void thoseWhoWaitHaveWaitedUntilTheLastMessage() {
    Waits waits = new Waits();
    for (int i = 1; i <= 10; i++) {
      waits.take(Session.open(i, 0, 1).answeredBy(2, 100L * i));
    }
    for (int i = 11; i <= 20; i++) {
      waits.take(Session.open(i, 100L * i, 1));
    }
    assertThat(waits.sessions()).isEqualTo(20);
    assertThat(waits.answered()).isEqualTo(10);
    assertThat(waits.waiting()).isEqualTo(10);
    assertThat(waits.responseMicros(50)).isEqualTo(500);
    assertThat(waits.responseMicros(90)).isEqualTo(900);
    assertThat(waits.longest(2_000)).extracting(Session::b).containsExactly(10L, 9L, 11L, 8L, 12L);
    assertThat(waits.longest(9_000))
        .extracting(Session::b)
        .containsExactly(11L, 12L, 13L, 14L, 15L);
  }

  @Test
  void whoWasClosedWithoutAnAnswerWaitsNoMore() {
    Waits waits = new Waits();
    waits.take(Session.open(1, 0, 1).answeredBy(2, 100));
    waits.take(Session.open(2, 0, 1).closed(300));
    waits.take(Session.open(3, 0, 1));
    assertThat(waits.sessions()).isEqualTo(3);
    assertThat(waits.answered()).isEqualTo(1);
    assertThat(waits.closed()).isEqualTo(1);
    assertThat(waits.waiting()).isEqualTo(1);
    assertThat(waits.responseMicros(90)).isEqualTo(100);
    assertThat(waits.longest(200)).extracting(Session::b).containsExactly(2L, 3L, 1L);
  }
}
