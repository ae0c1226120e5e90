package io.firstresponse.job.domain;

/**
 * Notices when the watermark moves much faster than the clock. What it will soon have passed need
 * not be published before it is final, and what is published is old: it may wait a little, so that
 * more of a session is written at once.
 */
public final class CatchUp {

  /** So many times faster than the clock the watermark moves at least when a job catches up. */
  private static final long FACTOR = 2;

  /**
   * How often is often enough while a job catches up, and over which time the watermark is looked
   * at: over less, its own steps would look like speed.
   */
  private static final long LEAST_MILLIS = 1_000;

  /** A watermark so far behind the clock is one of the past, until its speed is known. */
  private static final long LONG_AGO_MILLIS = 60_000;

  private final long usualMillis;
  private final long catchUpMillis;
  private long lookedAt = Long.MIN_VALUE;
  private long watermarkThen;
  private boolean known;
  private long step;

  /**
   * @param usualMillis how often to publish while the job does not catch up
   */
  public CatchUp(long usualMillis) {
    this.usualMillis = usualMillis;
    this.catchUpMillis = Math.max(usualMillis, LEAST_MILLIS);
  }

  /** How often to publish now. */
  public long intervalMillis() {
    return step > 0 ? catchUpMillis : usualMillis;
  }

  /**
   * The watermark that is expected an interval from now while the job catches up, otherwise the
   * present one.
   */
  public long expected(long watermark, long now) {
    if (lookedAt == Long.MIN_VALUE || now - lookedAt >= catchUpMillis) {
      known = lookedAt != Long.MIN_VALUE && watermarkThen != Long.MIN_VALUE;
      step = known ? watermark - watermarkThen : 0;
      boolean catchesUp = known && step > FACTOR * (now - lookedAt);
      step = catchesUp ? step : 0;
      lookedAt = now;
      watermarkThen = watermark;
    }
    return watermark + step;
  }

  /**
   * Whether the job catches up, going by the present watermark.
   *
   * @param now the time of the clock, in milliseconds as the watermark
   */
  public boolean catchesUp(long watermark, long now) {
    return expected(watermark, now) > watermark || (!known && now - watermark > LONG_AGO_MILLIS);
  }
}
