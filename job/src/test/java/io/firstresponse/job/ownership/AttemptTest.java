package io.firstresponse.job.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;

class AttemptTest {

  private static final OffsetDateTime MORNING = OffsetDateTime.parse("2020-01-01T08:00:00Z");

  private final Attempt attempt = attempt(MORNING, 3, "one", 1);

  private static Attempt attempt(
      OffsetDateTime submitted, long checkpoint, String execution, int number) {
    return new Attempt(new Submission(submitted, "here", "f1"), checkpoint, execution, number);
  }

  @Test
  void theJobThatWasSubmittedLaterWrites() {
    Attempt later = attempt(MORNING.plusHours(1), 0, "two", 0);
    assertThat(attempt.isOutdatedBy(later)).isTrue();
    assertThat(later.isOutdatedBy(attempt)).isFalse();
    assertThat(attempt.isFollowedBy(later)).as("another job").isFalse();
  }

  @Test
  void theAttemptFromTheLaterCheckpointWrites() {
    assertThat(attempt.isFollowedBy(attempt(MORNING, 4, "two", 0))).isTrue();
    assertThat(attempt.isFollowedBy(attempt(MORNING, 2, "one", 7))).isFalse();
  }

  @Test
  void theLaterAttemptOfAnExecutionWrites() {
    assertThat(attempt.isFollowedBy(attempt(MORNING, 3, "one", 2))).isTrue();
    assertThat(attempt.isFollowedBy(attempt(MORNING, 3, "one", 0))).isFalse();
    assertThat(attempt.isFollowedBy(attempt(MORNING, 3, "two", 2))).as("no order").isFalse();
  }

  /** The offset of a timestamp from the database is that of the session. */
  @Test
  void isTheSameInAnotherTimeZone() {
    OffsetDateTime elsewhere = OffsetDateTime.parse("2020-01-01T09:00:00+01:00");
    assertThat(attempt.isSame(attempt(elsewhere, 3, "one", 1))).isTrue();
    assertThat(attempt.isOutdatedBy(attempt(elsewhere, 3, "one", 1))).isFalse();
    assertThat(attempt.isSame(attempt(elsewhere, 3, "one", 2))).isFalse();
  }
}
