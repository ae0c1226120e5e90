package io.firstresponse.job.domain;

/**
 * Detects that the watermark advances much faster than the clock, as it does while a job catches up
 * with old input. Then a session that the next watermark makes final need not be published as a
 * provisional one first, and publishing may be less frequent, so that fewer versions of a session
 * are written.
 */
public final class CatchUp {

  /** A job catches up if the watermark is faster than the clock by more than this factor. */
  private static final long FACTOR = 2;

  /**
   * The shortest interval of publishing while a job catches up, and the shortest time over which
   * the speed of the watermark is measured: over less time, a single advance would look fast.
   */
  private static final long LEAST_MILLIS = 1_000;

  /** Until the speed is known, a watermark that is so far behind the clock means catching up. */
  private static final long LONG_AGO_MILLIS = 60_000;

  private final long usualMillis;
  private final long catchUpMillis;
  private long measuredAt = Long.MIN_VALUE;
  private long measuredWatermark;
  private boolean known;
  private long step;

  /**
   * @param usualMillis the interval of publishing while the job does not catch up
   */
  public CatchUp(long usualMillis) {
    this.usualMillis = usualMillis;
    this.catchUpMillis = Math.max(usualMillis, LEAST_MILLIS);
  }

  /** {@return the interval of publishing at present, in milliseconds} */
  public long intervalMillis() {
    return step > 0 ? catchUpMillis : usualMillis;
  }

  /**
   * The watermark expected at the next publication.
   *
   * @param watermark the present watermark, in milliseconds
   * @param now the time of the clock, in milliseconds
   * @return the watermark after one interval if the job catches up, otherwise the present one
   */
  public long expected(long watermark, long now) {
    if (measuredAt == Long.MIN_VALUE || now - measuredAt >= catchUpMillis) {
      known = measuredAt != Long.MIN_VALUE && measuredWatermark != Long.MIN_VALUE;
      step = known ? watermark - measuredWatermark : 0;
      boolean catchesUp = known && step > FACTOR * (now - measuredAt);
      step = catchesUp ? step : 0;
      measuredAt = now;
      measuredWatermark = watermark;
    }
    return watermark + step;
  }

  /**
   * Whether the job catches up.
   *
   * @param watermark the present watermark, in milliseconds
   * @param now the time of the clock, in milliseconds
   * @return whether the watermark advances much faster than the clock
   */
  public boolean catchesUp(long watermark, long now) {
    return expected(watermark, now) > watermark || (!known && now - watermark > LONG_AGO_MILLIS);
  }
}
