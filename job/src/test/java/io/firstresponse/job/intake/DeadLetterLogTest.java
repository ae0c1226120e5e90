package io.firstresponse.job.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLetterLogTest {

  private final List<String> lines = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final DeadLetterLog log = new DeadLetterLog(() -> now, lines::add);

  @Test
  void growingCountsAreWrittenOnceAMinuteAndAtTheEnd() {
    log.add(Reason.BAD_JSON);
    assertThat(lines).singleElement().asString().contains("1 bad-json");
    log.add(Reason.BAD_JSON);
    log.add(Reason.FUTURE);
    log.writeIfDue();
    assertThat(lines).hasSize(1);
    now = now.plusSeconds(60);
    log.writeIfDue();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).contains("2 bad-json", "1 future");
    log.finish();
    assertThat(lines).as("nothing is new").hasSize(2);
    log.add(Reason.FUTURE);
    log.finish();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2)).contains("2 bad-json", "2 future");
  }
}
