package io.firstresponse.local.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantilesTest {

  @Test
  void areNumbersThatThereAre() {
    Quantiles quantiles = new Quantiles();
    assertThat(quantiles.at(50)).isZero();
    for (long number : new long[] {50, 10, 40, 20, 30, 60, 80, 70, 100, 90}) {
      quantiles.add(number);
    }
    assertThat(quantiles.at(50)).isEqualTo(50);
    assertThat(quantiles.at(90)).isEqualTo(90);
    assertThat(quantiles.at(91)).isEqualTo(100);
    quantiles.add(0);
    assertThat(quantiles.at(1)).isZero();
    assertThat(quantiles.max()).isEqualTo(100);
    assertThat(quantiles.isExact()).isTrue();
  }

  @Test
  void beyondTheLimitTheyAreWithinOnePercent() {
    Quantiles exact = new Quantiles();
    Quantiles rough = new Quantiles(100);
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long number = random.nextLong(1L << (1 + i % 50));
      exact.add(number);
      rough.add(number);
    }
    assertThat(rough.isExact()).isFalse();
    assertThat(rough.count()).isEqualTo(10_000);
    assertThat(rough.max()).isEqualTo(exact.max()).isEqualTo(rough.at(100));
    for (int percent = 5; percent < 100; percent += 5) {
      long right = exact.at(percent);
      assertThat(rough.at(percent)).as("%d %%", percent).isCloseTo(right, within(right / 100 + 1));
    }
  }

  @Test
  void theLargestNumbersHaveARangeToo() {
    Quantiles rough = new Quantiles(1);
    rough.add(Long.MAX_VALUE);
    rough.add(Long.MAX_VALUE);
    rough.add(0);
    assertThat(rough.at(30)).isZero();
    assertThat(rough.at(100)).isEqualTo(Long.MAX_VALUE);
  }
}
