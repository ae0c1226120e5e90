package io.firstresponse.connectors.postgres.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchWaitTest {

  @Test
  void followsTheLastBatch() {
    BatchWait wait = new BatchWait(Duration.ofSeconds(1));
    assertThat(wait.millis()).isEqualTo(10);
    wait.took(20_000_000);
    assertThat(wait.millis()).isEqualTo(20);
    wait.took(1_000_000);
    assertThat(wait.millis()).isEqualTo(10);
  }

  @Test
  void neverWaitsLongerThanItMay() {
    BatchWait wait = new BatchWait(Duration.ofSeconds(1));
    wait.took(30_000_000_000L);
    assertThat(wait.millis()).isEqualTo(1_000);
    assertThat(new BatchWait(Duration.ofMillis(5)).millis()).isEqualTo(5);
    assertThat(new BatchWait(Duration.ZERO).millis()).isEqualTo(1);
  }
}
