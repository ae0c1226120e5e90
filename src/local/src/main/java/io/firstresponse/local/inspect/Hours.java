package io.firstresponse.local.inspect;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/** The hours of the day at which people write, in one time zone. */
final class Hours {

  private static final int DAY = 24;

  /** How many hours nobody writes while people sleep. */
  private static final int QUIET = 6;

  /** With fewer messages the hours show nothing. */
  private static final long LEAST_MESSAGES = 200;

  private static final long LEAST_DAYS = 3;

  /** In the quiet hours of people who all sleep at the same time, a quarter of the day. */
  private static final double QUIET_SHARE = 0.05;

  /** The middle of the night. */
  private static final int NIGHT = 3;

  /** People who go to bed late, or live at the edge of their zone, are not shifted. */
  private static final int USUAL = 4;

  private final ZoneId zone;
  private final long[] messages = new long[DAY];
  private long firstDay = Long.MAX_VALUE;
  private long lastDay = Long.MIN_VALUE;
  private long count;

  Hours(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * @param ts when a message was sent, in microseconds since 1970
   */
  void take(long ts) {
    var local = Instant.EPOCH.plus(ts, ChronoUnit.MICROS).atZone(zone);
    messages[local.getHour()]++;
    firstDay = Math.min(firstDay, local.toLocalDate().toEpochDay());
    lastDay = Math.max(lastDay, local.toLocalDate().toEpochDay());
    count++;
  }

  /**
   * Hours at which hardly anybody writes, but which are not night.
   *
   * @param from the first of the quiet hours
   * @param to the hour at which they end
   */
  record Quiet(int from, int to) {}

  /** The quiet hours that are closest to night, if they are far from it. */
  Optional<Quiet> shifted() {
    if (count < LEAST_MESSAGES || lastDay - firstDay < LEAST_DAYS) {
      return Optional.empty();
    }
    return IntStream.range(0, DAY)
        .filter(hour -> sum(hour) <= QUIET_SHARE * count)
        .boxed()
        .min(Comparator.comparingInt(Hours::fromNight))
        .filter(hour -> fromNight(hour) > USUAL)
        .map(hour -> new Quiet(hour, (hour + QUIET) % DAY));
  }

  /** How many hours lie between night and quiet hours that begin at this one, at most 12. */
  private static int fromNight(int hour) {
    int later = Math.floorMod(hour + QUIET / 2 - NIGHT, DAY);
    return Math.min(later, DAY - later);
  }

  private long sum(int from) {
    long sum = 0;
    for (int hour = from; hour < from + QUIET; hour++) {
      sum += messages[hour % DAY];
    }
    return sum;
  }
}
