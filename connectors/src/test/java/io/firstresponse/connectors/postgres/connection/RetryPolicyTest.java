package io.firstresponse.connectors.postgres.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  private final SQLException down = new SQLException("down.", SqlState.UNABLE_TO_CONNECT);

  @Test
  void waitsTwiceAsLongEachTimeUpToFiveSeconds() throws Exception {
    RetryPolicy.Failures failures = RetryPolicy.within(Duration.ofHours(1)).failures();
    for (long expected : new long[] {100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000}) {
      assertThat(wait(failures)).isBetween(expected, expected + expected / 10);
    }
    failures.reset();
    assertThat(wait(failures)).isBetween(100L, 110L);
  }

  @Test
  void waitsNoLongerThanTheTimeoutAllows() throws Exception {
    assertThat(wait(RetryPolicy.within(Duration.ofMillis(50)).failures())).isBetween(1L, 51L);
  }

  @Test
  void givesUpAfterTheTimeout() {
    assertThatThrownBy(() -> wait(RetryPolicy.within(Duration.ZERO).failures()))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(PermanentFailure.class)
        .hasMessage(
            "Gave up reading t after 1 attempts in 0.0 s. The last failure was SQLSTATE 08001:"
                + " down. Look there.")
        .hasCause(down);
  }

  @Test
  void givesUpAfterTheRetries() throws Exception {
    RetryPolicy.Failures failures = new RetryPolicy(Duration.ofHours(1), 2).failures();
    wait(failures);
    wait(failures);
    assertThatThrownBy(() -> wait(failures)).hasMessageContaining("after 3 attempts");
  }

  @Test
  void aRefusedUserIsAPermanentFailureInTheEnd() {
    SQLException refused = new SQLException("no", SqlState.INVALID_PASSWORD);
    assertThatThrownBy(
            () ->
                RetryPolicy.within(Duration.ZERO)
                    .failures()
                    .waitMillis(SqlFailure.LOGIN, refused, "reading t", "Look there."))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("pg_hba.conf");
  }

  private long wait(RetryPolicy.Failures failures) throws IOException {
    return failures.waitMillis(SqlFailure.RECONNECT, down, "reading t", "Look there.");
  }
}
