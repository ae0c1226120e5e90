package io.firstresponse.job.options;

import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;

/**
 * Parses durations: a whole number with a unit, from 1 ms to 100 years, or 0. The unit is required:
 * without one Flink assumes milliseconds, while most people mean seconds.
 */
public final class OptionDuration {

  static final String EXPECTED = "a duration, such as 500 ms, 60 s, 5 min or 1 h";

  private static final Pattern NUMBER = Pattern.compile("\\s*([0-9]+)\\s*(\\S*)\\s*");
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** The nanoseconds of a duration have to fit into a long. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private OptionDuration() {}

  /**
   * Parses a duration.
   *
   * @param key the key of the option, for the error message
   * @throws BadOptionException if the text is not a duration, has no unit or is out of bounds
   */
  public static Duration of(String key, String text) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      throw refused(key, text, "is not " + EXPECTED);
    }
    BigInteger number = new BigInteger(matcher.group(1));
    if (matcher.group(2).isEmpty()) {
      if (number.signum() == 0) {
        return Duration.ZERO;
      }
      throw refused(key, text, "has no unit: give one, such as %d s".formatted(number));
    }
    Duration unit;
    try {
      unit = TimeUtils.parseDuration("1" + matcher.group(2));
    } catch (IllegalArgumentException e) {
      throw refused(key, text, "is not " + EXPECTED);
    }
    BigInteger nanos = number.multiply(BigInteger.valueOf(unit.toNanos()));
    if (nanos.compareTo(BigInteger.valueOf(LONGEST.toNanos())) > 0) {
      throw refused(key, text, "is too long: %d d at most".formatted(LONGEST.toDays()));
    }
    Duration duration = Duration.ofNanos(nanos.longValueExact());
    if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
      throw refused(key, text, "is too short: %d ms or more".formatted(SHORTEST.toMillis()));
    }
    return duration;
  }

  private static BadOptionException refused(String key, String text, String why) {
    return new BadOptionException("%s: '%s' %s.".formatted(key, text, why));
  }
}
