package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatchUpTest {

  private static final long USUAL = 200;

  private final CatchUp catchUp = new CatchUp(USUAL);

  @Test
  void aJobThatKeepsUpPublishesAsOftenAsItShall() {
    for (long now = 0; now < 2_000; now += USUAL) {
      assertThat(catchUp.expected(now, now)).isEqualTo(now);
      assertThat(catchUp.intervalMillis()).isEqualTo(USUAL);
    }
  }

  /** What the watermark will have passed by then is expected to be final. */
  @Test
  void aJobThatCatchesUpPublishesEverySecond() {
    long factor = 10;
    catchUp.expected(0, 0);
    for (long now = USUAL; now < 1_000; now += USUAL) {
      assertThat(catchUp.expected(factor * now, now)).as("not known yet").isEqualTo(factor * now);
    }
    assertThat(catchUp.expected(factor * 1_000, 1_000)).isEqualTo(factor * 2_000);
    assertThat(catchUp.intervalMillis()).isEqualTo(1_000);
    assertThat(catchUp.expected(factor * 2_000, 2_000)).isEqualTo(factor * 3_000);

    long caughtUp = factor * 2_000 + 1_000;
    assertThat(catchUp.expected(caughtUp, 3_000)).isEqualTo(caughtUp);
    assertThat(catchUp.intervalMillis()).isEqualTo(USUAL);
  }

  /** A watermark that comes every 200 ms may move by 400 ms between two looks. */
  @Test
  void stepsOfTheWatermarkAreNotSpeed() {
    catchUp.expected(0, 0);
    assertThat(catchUp.expected(600, USUAL)).isEqualTo(600);
    assertThat(catchUp.intervalMillis()).isEqualTo(USUAL);
  }

  @Test
  void anIntervalOfMoreThanASecondStays() {
    CatchUp slow = new CatchUp(5_000);
    slow.expected(0, 0);
    slow.expected(100_000, 5_000);
    assertThat(slow.intervalMillis()).isEqualTo(5_000);
  }

  /** Until the speed is known, it is catching up if its messages are old. */
  @Test
  void aJobThatBeginsLongAgoCatchesUp() {
    long now = 1_000_000;
    long longAgo = now - 61_000;
    assertThat(catchUp.catchesUp(longAgo, now)).isTrue();
    assertThat(catchUp.catchesUp(longAgo + 1_000, now + 1_000)).as("but not faster").isFalse();
    assertThat(catchUp.catchesUp(longAgo + 4_000, now + 2_000)).as("and now it is").isTrue();
    assertThat(new CatchUp(0).catchesUp(now - 60_000, now)).isFalse();
  }
}
