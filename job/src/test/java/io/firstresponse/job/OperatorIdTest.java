package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperatorIdTest {

  @Test
  void uidsAreAppendedOnly() {
    assertThat(Arrays.stream(OperatorId.values()).map(OperatorId::uid))
        .doesNotHaveDuplicates()
        .startsWith(
            "source",
            "intake",
            "sessions",
            "results",
            "late",
            "dead-letters",
            "corrections",
            "no-watermarks",
            "agents",
            "customers",
            "new-agents",
            "new-customers");
  }
}
