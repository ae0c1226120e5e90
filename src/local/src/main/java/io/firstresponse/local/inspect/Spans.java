package io.firstresponse.local.inspect;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Spells lengths of time and instants. */
final class Spans {

  private record Unit(String name, long seconds) {}

  private static final List<Unit> UNITS =
      List.of(new Unit("d", 86_400), new Unit("h", 3_600), new Unit("min", 60), new Unit("s", 1));

  /** Bounds that people use, in seconds, up to a day. */
  private static final long[] USUAL_SECONDS = {
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400
  };

  private Spans() {}

  /** A length for people, in its two largest units: "4 min 12 s", "0.25 s". */
  static String of(long micros) {
    if (micros < TimeUnit.MINUTES.toMicros(1)) {
      String seconds = String.format(Locale.ROOT, "%.3f", micros / 1e6);
      return seconds.replaceAll("\\.?0+$", "") + " s";
    }
    long left = TimeUnit.MICROSECONDS.toSeconds(micros);
    for (int i = 0; i < UNITS.size() - 1; i++) {
      Unit unit = UNITS.get(i);
      if (left >= unit.seconds()) {
        Unit smaller = UNITS.get(i + 1);
        long rest = left % unit.seconds() / smaller.seconds();
        String most = String.format(Locale.ROOT, "%,d %s", left / unit.seconds(), unit.name());
        return rest == 0 ? most : most + " " + rest + " " + smaller.name();
      }
    }
    throw new AssertionError("at least a minute");
  }

  /** A length as the value of an option, in one unit: "90 s", "2 h". */
  static String option(Duration length) {
    long seconds = length.toSeconds();
    for (Unit unit : UNITS) {
      if (seconds >= unit.seconds() && seconds % unit.seconds() == 0) {
        return seconds / unit.seconds() + " " + unit.name();
      }
    }
    return "0 s";
  }

  /** The shortest of the lengths that people use which is not shorter than this. */
  static Duration usual(long millis) {
    for (long seconds : USUAL_SECONDS) {
      if (millis <= TimeUnit.SECONDS.toMillis(seconds)) {
        return Duration.ofSeconds(seconds);
      }
    }
    long day = TimeUnit.DAYS.toMillis(1);
    return Duration.ofDays(millis / day + (millis % day > 0 ? 1 : 0));
  }

  /** An instant for people, in UTC. */
  static String instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** An instant with all of its digits, in UTC. */
  static String exactInstant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  static double seconds(long micros) {
    return micros / 1e6;
  }
}
