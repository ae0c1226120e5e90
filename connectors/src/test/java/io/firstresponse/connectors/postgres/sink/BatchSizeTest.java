package io.firstresponse.connectors.postgres.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchSizeTest {

  private static final Duration LONG = Duration.ofSeconds(5);
  private static final long SECOND = 1_000_000_000;

  @Test
  void beginsLowAndFollowsTheDatabase() {
    BatchSize size = new BatchSize(50_000, LONG);
    assertThat(size.rows()).isEqualTo(BatchSize.MIN_ROWS);
    size.took(1_000, SECOND / 100);
    assertThat(size.rows()).isEqualTo(50_000);
    size.took(50_000, 25 * SECOND);
    assertThat(size.rows()).isEqualTo(10_000);
    size.took(10_000, 10 * SECOND);
    assertThat(size.rows()).isEqualTo(5_000);
    size.took(5_000, 60 * SECOND);
    assertThat(size.rows()).isEqualTo(BatchSize.MIN_ROWS);
    size.took(1_000, SECOND / 2);
    assertThat(size.rows()).isEqualTo(10_000);
  }

  @Test
  void aFewRowsSayNothingUnlessTheyTakeLong() {
    BatchSize size = new BatchSize(50_000, LONG);
    size.took(50_000, SECOND);
    size.took(1, SECOND);
    assertThat(size.rows()).isEqualTo(50_000);
    size.took(1, 6 * SECOND);
    assertThat(size.rows()).isEqualTo(BatchSize.MIN_ROWS);
    size.took(0, 0);
    assertThat(size.rows()).isEqualTo(BatchSize.MIN_ROWS);
  }

  @Test
  void isNeverMoreThanTheMost() {
    BatchSize size = new BatchSize(2, LONG);
    assertThat(size.rows()).isEqualTo(2);
    size.took(2, 1);
    assertThat(size.rows()).isEqualTo(2);
    size.took(2, 60 * SECOND);
    assertThat(size.rows()).isEqualTo(2);
  }
}
