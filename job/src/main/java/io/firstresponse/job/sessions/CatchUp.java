package io.firstresponse.job.sessions;

/**
 * Notices when the watermark moves much faster than the clock. What it will soon have passed need
 * not be published before it is final.
 */
final class CatchUp {

  /** So many times faster than the clock the watermark moves at least when a job catches up. */
  private static final long FACTOR = 2;

  private final long intervalMillis;
  private long lookedAt = Long.MIN_VALUE;
  private long watermarkThen;
  private long step;

  /**
   * @param intervalMillis how often it is looked at, and how far ahead
   */
  CatchUp(long intervalMillis) {
    this.intervalMillis = intervalMillis;
  }

  /**
   * The watermark that is expected an interval from now while the job catches up, otherwise the
   * present one.
   */
  long expected(long watermark, long now) {
    if (lookedAt == Long.MIN_VALUE || now - lookedAt >= intervalMillis) {
      boolean known = lookedAt != Long.MIN_VALUE && watermarkThen != Long.MIN_VALUE;
      step = known ? watermark - watermarkThen : 0;
      boolean catchesUp = known && step > FACTOR * (now - lookedAt);
      step = catchesUp ? step : 0;
      lookedAt = now;
      watermarkThen = watermark;
    }
    return watermark + step;
  }
}
