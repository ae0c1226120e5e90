package io.firstresponse.job.decode;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import javax.annotation.Nullable;

/**
 * Times without an offset, in a time zone. A local time that occurs twice means its first
 * occurrence; one that clocks skip moves later by the length of the gap.
 */
final class LocalTimes {

  private static final long MICROS_PER_SECOND = 1_000_000L;

  private final ZoneRules zone;
  @Nullable private DecodeObserver observer;

  LocalTimes(ZoneRules zone) {
    this.zone = zone;
  }

  /** Reports the local times that occur twice or are skipped from now on. */
  void observe(DecodeObserver by) {
    observer = by;
  }

  /**
   * The zone's offset from UTC at a local time, both in microseconds; the earlier of two offsets.
   */
  long offset(long local) {
    ZoneOffset offset =
        zone.isFixedOffset()
            ? zone.getOffset(Instant.EPOCH)
            : offset(
                LocalDateTime.ofEpochSecond(
                    Math.floorDiv(local, MICROS_PER_SECOND), 0, ZoneOffset.UTC));
    return offset.getTotalSeconds() * MICROS_PER_SECOND;
  }

  private ZoneOffset offset(LocalDateTime local) {
    if (observer != null) {
      ZoneOffsetTransition transition = zone.getTransition(local);
      if (transition != null) {
        observer.doubtfulLocalTime(transition.isOverlap());
      }
    }
    return zone.getOffset(local);
  }
}
