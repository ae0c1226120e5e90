package io.firstresponse.job.ownership;

import io.firstresponse.job.domain.Message;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;

/**
 * Whether an attempt of a task recovers, and where the recovery starts: the one place for both
 * rules.
 *
 * <p>An attempt recovers if the tables may have rows that it computes again, and perhaps otherwise.
 * The keyed function and the writers of the tables each ask {@link #of}, with the same arguments,
 * and so agree without a signal: the function announces a replay of each key ({@link
 * io.firstresponse.job.domain.SessionChange.Kind#REPLAY_START}), and the writers compare the replay
 * with the rows that {@link #rows} selects.
 *
 * <p>After a checkpoint the recovery starts at the watermark that the checkpoint has, see {@link
 * #furthest} and {@link #earliest}. It does not start at the first watermark that arrives after the
 * restore: that one may be earlier, because the sources read again from their own positions.
 *
 * <p>A checkpoint may be taken when the input has ended: between the last watermark, {@link
 * Long#MAX_VALUE}, and the end of the tasks, or by Flink's {@code stop --drain}. All rows are final
 * then, nothing is published again, and so no row is compared.
 */
public enum Recovery {
  /** Nothing is computed again. A batch that is tried again writes the same rows once more. */
  NONE,

  /** The attempt starts from a checkpoint. Rows of the time after its watermark are compared. */
  AFTER_CHECKPOINT,

  /** The attempt starts without a checkpoint, and is not the first one of its job. */
  SINCE_SUBMISSION,

  /** The job adopts rows of another run. All of them are compared. */
  ALL_ROWS;

  /**
   * The recovery of an attempt.
   *
   * @param restored whether it starts from a checkpoint
   * @param attempt how many attempts of the task there were before
   * @param batch whether the job runs as a batch
   * @param start how the job started
   */
  public static Recovery of(boolean restored, int attempt, boolean batch, JobStart start) {
    if (restored) {
      return AFTER_CHECKPOINT;
    }
    if (start.adopts()) {
      return ALL_ROWS;
    }
    return attempt > 0 && !batch ? SINCE_SUBMISSION : NONE;
  }

  /** Whether the attempt recovers at all. */
  public boolean isNeeded() {
    return this != NONE;
  }

  /**
   * The watermark of a checkpoint for the keyed function: the furthest of its tasks. What was late
   * before the checkpoint stays late.
   *
   * @param watermarks of the tasks, in milliseconds
   */
  public static long furthest(Iterable<Long> watermarks) {
    return all(watermarks).max().orElse(Long.MIN_VALUE);
  }

  /**
   * The watermark of a checkpoint for a writer: the earliest of its tasks, so that no row is left
   * out of the comparison.
   *
   * @param watermarks of the tasks, in milliseconds
   */
  static long earliest(Iterable<Long> watermarks) {
    return all(watermarks).min().orElse(Long.MIN_VALUE);
  }

  private static LongStream all(Iterable<Long> watermarks) {
    return StreamSupport.stream(watermarks.spliterator(), false).mapToLong(Long::longValue);
  }

  /**
   * The last microsecond that a watermark has passed: a watermark stands for its whole millisecond.
   *
   * @param watermark in milliseconds since the epoch
   * @return in microseconds, within the times that messages can have
   */
  public static long lastPassed(long watermark) {
    long inRange = Math.min(Math.max(watermark, Message.MIN_TS / 1000), Message.MAX_TS / 1000);
    return inRange * 1000 + 999;
  }

  /**
   * Selects the rows of a table that are compared with the replay.
   *
   * @param checkpointed the watermark of the checkpoint, in milliseconds
   * @param submitted when the job was submitted
   * @param writtenAt the column that has when a row was written
   * @param eventTimes the columns that have event times; a row is of the time after the checkpoint
   *     if one of them is
   */
  public Selection rows(
      long checkpointed, OffsetDateTime submitted, String writtenAt, String... eventTimes) {
    return switch (this) {
      case NONE -> new Selection("false", List.of());
      case AFTER_CHECKPOINT ->
          new Selection(
              String.join(" or ", Arrays.stream(eventTimes).map(time -> time + " >= ?").toList()),
              Collections.nCopies(eventTimes.length, firstAfter(checkpointed)));
      case SINCE_SUBMISSION -> new Selection(writtenAt + " >= ?", List.of(submitted));
      case ALL_ROWS -> new Selection("true", List.of());
    };
  }

  /**
   * A condition in SQL.
   *
   * @param parameters the values of its parameters, in their order
   */
  public record Selection(String condition, List<OffsetDateTime> parameters) {

    /** Sets the parameters, which are the first ones of the statement. */
    public void bind(PreparedStatement statement) throws SQLException {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
    }
  }

  private static OffsetDateTime firstAfter(long watermark) {
    return Instant.EPOCH
        .plus(lastPassed(watermark) + 1, ChronoUnit.MICROS)
        .atOffset(ZoneOffset.UTC);
  }
}
