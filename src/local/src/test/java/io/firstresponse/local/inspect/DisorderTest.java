package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DisorderTest {

  private static Message at(long millis) {
    return new Message(1, 2, millis * 1000, true);
  }

  private static List<Long> late(Disorder disorder) {
    return IntStream.range(0, Disorder.BOUNDS.size()).mapToObj(disorder::late).toList();
  }

  @Test
  void aMessageIsLateIfItIsFurtherBehindThanTheBound() {
    Disorder disorder = new Disorder(true, Duration.ZERO);
    for (long millis : new long[] {100_000, 99_000, 98_999, 100_000, 40_000, 39_999}) {
      disorder.take("s", List.of(at(millis)));
    }
    // With a bound of 1 s the watermark after 100,000 is 98,999: a message at it is late.
    assertThat(late(disorder)).containsExactly(4L, 3L, 2L, 1L, 0L, 0L, 0L);
    assertThat(disorder.inOrder()).isEqualTo(2);
    assertThat(disorder.longestDelayMillis()).isEqualTo(60_001);
    assertThat(disorder.delayMillis(50)).isEqualTo(1_000);
    assertThat(disorder.recommended()).contains(Duration.ofMinutes(2));
  }

  @Test
  void messagesOfARecordEnterTogether() {
    Disorder disorder = new Disorder(true, Duration.ZERO);
    disorder.take("s", List.of(at(100_000), at(1)));
    assertThat(disorder.longestDelayMillis()).isZero();
    disorder.take("s", List.of(at(99_999)));
    assertThat(disorder.longestDelayMillis()).isEqualTo(1);
  }

  @Test
  void splitsSideBySideHaveWatermarksOfTheirOwn() {
    Disorder partitions = new Disorder(false, Duration.ofSeconds(1));
    Disorder files = new Disorder(true, Duration.ofSeconds(1));
    for (Disorder disorder : List.of(partitions, files)) {
      disorder.take("p0", List.of(at(90_000_000)));
      disorder.take("p1", List.of(at(1)));
    }
    assertThat(partitions.longestDelayMillis()).isZero();
    assertThat(partitions.recommended()).contains(Duration.ofSeconds(1));
    assertThat(files.longestDelayMillis()).isEqualTo(89_999_999);
    assertThat(files.recommended()).contains(Duration.ofDays(2));
  }

  @Test
  void aBoundThatIsNearlyEnoughIsNamed() {
    Disorder disorder = new Disorder(true, Duration.ofMinutes(1));
    for (int i = 0; i < 2_000; i++) {
      disorder.take("s", List.of(at(10_000_000_000L + i)));
    }
    assertThat(disorder.nearlyEnough()).isEmpty();
    disorder.take("s", List.of(at(1)));
    assertThat(disorder.nearlyEnough()).contains(3);
    assertThat(disorder.recommended()).contains(Duration.ofDays(116));
  }

  @Test
  void noBoundIsAsLongAsAllTimes() {
    Disorder disorder = new Disorder(true, Duration.ofMinutes(1));
    disorder.take("s", List.of(new Message(1, 2, Message.MAX_TS, true)));
    disorder.take("s", List.of(new Message(1, 2, Message.MIN_TS, true)));
    assertThat(disorder.recommended()).isEmpty();
  }
}
