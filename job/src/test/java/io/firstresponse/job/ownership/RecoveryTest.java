package io.firstresponse.job.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {

  private static final OffsetDateTime SUBMITTED = OffsetDateTime.parse("2020-01-01T08:00:00Z");

  private static JobStart start(boolean adopts) {
    return new JobStart(SUBMITTED, "here", "id", adopts, false);
  }

  @Test
  void theFirstAttemptOfAJobThatBeginsDoesNotRecover() {
    assertThat(Recovery.of(false, 0, false, start(false))).isEqualTo(Recovery.NONE);
    assertThat(Recovery.NONE.isNeeded()).isFalse();
  }

  @Test
  void aCheckpointDecidesWhateverElseHolds() {
    assertThat(Recovery.of(true, 0, false, start(false))).isEqualTo(Recovery.AFTER_CHECKPOINT);
    assertThat(Recovery.of(true, 3, true, start(true))).isEqualTo(Recovery.AFTER_CHECKPOINT);
  }

  @Test
  void anotherAttemptWithoutACheckpointRecoversUnlessItIsABatch() {
    assertThat(Recovery.of(false, 1, false, start(false))).isEqualTo(Recovery.SINCE_SUBMISSION);
    assertThat(Recovery.of(false, 1, true, start(false))).isEqualTo(Recovery.NONE);
  }

  @Test
  void adoptedRowsAreAllCompared() {
    assertThat(Recovery.of(false, 0, true, start(true))).isEqualTo(Recovery.ALL_ROWS);
    assertThat(Recovery.of(false, 2, false, start(true))).isEqualTo(Recovery.ALL_ROWS);
  }

  @Test
  void theFunctionStartsAtTheFurthestWatermarkAndAWriterAtTheEarliest() {
    assertThat(Recovery.furthest(List.of(5L, 7L))).isEqualTo(7);
    assertThat(Recovery.earliest(List.of(5L, 7L))).isEqualTo(5);
    assertThat(Recovery.furthest(List.of())).isEqualTo(Long.MIN_VALUE);
    assertThat(Recovery.earliest(List.of())).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void afterTheEndOfTheInputNoRowIsCompared() {
    long end = Recovery.earliest(List.of(Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(end).isEqualTo(Long.MAX_VALUE);
    assertThat(Recovery.furthest(List.of(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    OffsetDateTime last =
        Instant.EPOCH.plus(Message.MAX_TS, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    assertThat(Recovery.AFTER_CHECKPOINT.rows(end, SUBMITTED, "written", "opened").parameters())
        .singleElement()
        .satisfies(first -> assertThat(first).isAfter(last));
  }

  @Test
  void rowsAfterTheMillisecondOfTheWatermarkAreCompared() {
    long watermark = OffsetDateTime.parse("2020-01-01T10:00:05.123Z").toInstant().toEpochMilli();
    Recovery.Selection rows =
        Recovery.AFTER_CHECKPOINT.rows(watermark, SUBMITTED, "written", "opened", "answered");
    OffsetDateTime first = OffsetDateTime.parse("2020-01-01T10:00:05.124Z");
    assertThat(rows)
        .isEqualTo(new Recovery.Selection("opened >= ? or answered >= ?", List.of(first, first)));
  }

  @Test
  void withoutACheckpointTheTimeOfWritingDecides() {
    assertThat(Recovery.SINCE_SUBMISSION.rows(0, SUBMITTED, "written", "opened"))
        .isEqualTo(new Recovery.Selection("written >= ?", List.of(SUBMITTED)));
    assertThat(Recovery.ALL_ROWS.rows(0, SUBMITTED, "written", "opened").condition())
        .isEqualTo("true");
    assertThat(Recovery.NONE.rows(0, SUBMITTED, "written", "opened").condition())
        .isEqualTo("false");
  }
}
