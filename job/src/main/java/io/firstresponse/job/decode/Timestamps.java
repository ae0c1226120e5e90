package io.firstresponse.job.decode;

import io.firstresponse.job.decode.MessageOptions.EpochUnit;
import io.firstresponse.job.domain.Message;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * Converts timestamps to microseconds since 1970-01-01T00:00:00Z. Of the formats listed here,
 * everything that PostgreSQL accepts is accepted with the same result. Times outside the years 1 to
 * 9999 are unusable. {@code Instant.parse} takes seven times as long, so the text is parsed by
 * hand.
 */
final class Timestamps {

  /** The result for a text or number that is not a usable timestamp. */
  static final long UNUSABLE = Long.MIN_VALUE;

  /** The length limit of PostgreSQL. It also limits the work on a number. */
  static final int MAX_LENGTH = 128;

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

  /** Days from 0001-01-01 to 1970-01-01. */
  private static final int EPOCH_DAY = 719_162;

  private static final int[] DAYS_BEFORE_MONTH = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
  };

  private static final int MINUTES_END = "2018-08-15T10:08".length();

  /** Means that a text has no offset. */
  private static final long NO_OFFSET = Long.MAX_VALUE;

  /** PostgreSQL's limit. */
  private static final int MAX_OFFSET_HOURS = 15;

  /** A fraction of so many digits is the quotient of two integers that a double holds exactly. */
  private static final int EXACT_DIGITS = 15;

  private Timestamps() {}

  /** Whether the bytes begin like a date, and hence are a text and not a number. */
  static boolean looksLikeText(byte[] s, int from, int to) {
    return to - from > 4 && s[from + 4] == '-' && two(s, from) >= 0 && two(s, from + 2) >= 0;
  }

  /**
   * Reads {@code yyyy-mm-dd}, then {@code T} or a blank, then {@code hh:mm}. Optional are {@code
   * :ss} with a fraction after a point or a comma, and, after blanks, {@code Z} or an offset
   * ({@code ±hh}, {@code ±hhmm}, {@code ±hh:mm}, {@code ±hh:mm:ss}). {@code :60} means the next
   * minute, and {@code 24:00:00} the next day.
   *
   * @param zone the time zone of a time without an offset
   * @return microseconds, rounded to the nearest, or {@link #UNUSABLE}
   */
  static long ofText(byte[] s, int from, int to, LocalTimes zone) {
    if (to - from < MINUTES_END
        || to - from > MAX_LENGTH
        || s[from + 4] != '-'
        || s[from + 7] != '-'
        || (s[from + 10] != 'T' && s[from + 10] != ' ' && s[from + 10] != 't')
        || s[from + 13] != ':') {
      return UNUSABLE;
    }
    long day = day(two(s, from), two(s, from + 2), two(s, from + 5), two(s, from + 8));
    int hour = two(s, from + 11);
    int minute = two(s, from + 14);
    int second = 0;
    long micros = 0;
    int i = from + MINUTES_END;
    if (to - i >= 3 && s[i] == ':') {
      second = two(s, i + 1);
      i += 3;
      if (i < to && (s[i] == '.' || s[i] == ',')) {
        int digits = i + 1;
        i = digits;
        while (i < to && isDigit(s[i])) {
          i++;
        }
        if (i == digits) {
          return UNUSABLE;
        }
        micros = micros(s, digits, i);
      }
    }
    if (day == UNUSABLE || hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60) {
      return UNUSABLE;
    }
    long ofDay = ((hour * 60L + minute) * 60 + second) * MICROS_PER_SECOND + micros;
    long offset = offset(s, i, to);
    if (ofDay > MICROS_PER_DAY || offset == UNUSABLE) {
      return UNUSABLE;
    }
    long local = day * MICROS_PER_DAY + ofDay;
    return usable(local - (offset == NO_OFFSET ? zone.offset(local) : offset));
  }

  /** Microseconds since 1970 for a whole number, or {@link #UNUSABLE}. */
  static long ofNumber(long number, EpochUnit unit) {
    return switch (unit) {
      case SECONDS -> times(number, MICROS_PER_SECOND);
      case MILLISECONDS -> times(number, 1_000);
      case MICROSECONDS -> usable(number);
      case NANOSECONDS -> {
        long micros = Math.floorDiv(number, 1_000L);
        long rest = number - micros * 1_000;
        yield usable(rest > 500 || (rest == 500 && (micros & 1) == 1) ? micros + 1 : micros);
      }
    };
  }

  /**
   * Microseconds since 1970 for a decimal number, which may have a fraction and an exponent. The
   * result is exact, rounded to the nearest microsecond, a half to the even one.
   *
   * @return microseconds or {@link #UNUSABLE}
   */
  static long ofNumber(byte[] s, int from, int to, EpochUnit unit) {
    if (to == from || to - from > MAX_LENGTH) {
      return UNUSABLE;
    }
    boolean negative = s[from] == '-';
    int digits = negative ? from + 1 : from;
    if (to > digits && to - digits <= 18) {
      long number = 0;
      int i = digits;
      while (i < to && isDigit(s[i])) {
        number = number * 10 + (s[i++] - '0');
      }
      if (i == to) {
        return ofNumber(negative ? -number : number, unit);
      }
    }
    for (int i = from; i < to; i++) {
      if (!isDigit(s[i]) && ".-+eE".indexOf(s[i]) < 0) {
        return UNUSABLE;
      }
    }
    try {
      return ofNumber(
          new BigDecimal(new String(s, from, to - from, StandardCharsets.ISO_8859_1)), unit);
    } catch (NumberFormatException e) {
      return UNUSABLE;
    }
  }

  private static long ofNumber(BigDecimal number, EpochUnit unit) {
    int power =
        switch (unit) {
          case SECONDS -> 6;
          case MILLISECONDS -> 3;
          case MICROSECONDS -> 0;
          case NANOSECONDS -> -3;
        };
    // Checked before the digits are computed: 1e999999999 is a short text and a huge number.
    long wholeDigits = (long) number.precision() - number.scale() + power;
    if (number.signum() == 0 || wholeDigits < 0) {
      return 0;
    }
    if (wholeDigits > 18) {
      return UNUSABLE;
    }
    return usable(
        number.scaleByPowerOfTen(power).setScale(0, RoundingMode.HALF_EVEN).longValueExact());
  }

  private static long times(long number, long factor) {
    long limit = Long.MAX_VALUE / factor;
    return number > limit || number < -limit ? UNUSABLE : usable(number * factor);
  }

  private static long usable(long micros) {
    return micros < Message.MIN_TS || micros > Message.MAX_TS ? UNUSABLE : micros;
  }

  /** Days since 1970-01-01, or {@link #UNUSABLE}. A negative argument means: not digits. */
  private static long day(int century, int yearOfCentury, int month, int day) {
    int year = century * 100 + yearOfCentury;
    if (century < 0 || yearOfCentury < 0 || year == 0 || month < 1 || month > 12 || day < 1) {
      return UNUSABLE;
    }
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int before = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0);
    int after = DAYS_BEFORE_MONTH[month] + (leap && month > 1 ? 1 : 0);
    if (day > after - before) {
      return UNUSABLE;
    }
    int past = year - 1;
    return past * 365L + past / 4 - past / 100 + past / 400 + before + day - 1 - EPOCH_DAY;
  }

  /**
   * The microseconds of a fraction. PostgreSQL multiplies the fraction, as a double, by a million
   * and rounds, a half to the even. The same is done here, so that the results are equal.
   */
  private static long micros(byte[] s, int from, int to) {
    int count = to - from;
    if (count > EXACT_DIGITS) {
      String fraction = "." + new String(s, from, count, StandardCharsets.ISO_8859_1);
      return (long) Math.rint(Double.parseDouble(fraction) * MICROS_PER_SECOND);
    }
    long digits = 0;
    long scale = 1;
    for (int i = from; i < to; i++) {
      digits = digits * 10 + (s[i] - '0');
      scale *= 10;
    }
    return scale <= MICROS_PER_SECOND
        ? digits * (MICROS_PER_SECOND / scale)
        : (long) Math.rint((double) digits / scale * MICROS_PER_SECOND);
  }

  /** The offset from UTC in microseconds, or {@link #NO_OFFSET} or {@link #UNUSABLE}. */
  private static long offset(byte[] s, int from, int to) {
    int i = from;
    while (i < to && s[i] == ' ') {
      i++;
    }
    if (i == to) {
      return NO_OFFSET;
    }
    if (to - i == 1 && (s[i] == 'Z' || s[i] == 'z')) {
      return 0;
    }
    if ((s[i] != '+' && s[i] != '-') || to - i < 3) {
      return UNUSABLE;
    }
    boolean west = s[i] == '-';
    int hours = two(s, i + 1);
    int minutes = 0;
    int seconds = 0;
    i += 3;
    if (to - i == 2) {
      minutes = two(s, i);
    } else if (to - i == 3 && s[i] == ':') {
      minutes = two(s, i + 1);
    } else if (to - i == 6 && s[i] == ':' && s[i + 3] == ':') {
      minutes = two(s, i + 1);
      seconds = two(s, i + 4);
    } else if (i != to) {
      return UNUSABLE;
    }
    if (hours < 0
        || hours > MAX_OFFSET_HOURS
        || minutes < 0
        || minutes > 59
        || seconds < 0
        || seconds > 59) {
      return UNUSABLE;
    }
    long offset = ((hours * 60L + minutes) * 60 + seconds) * MICROS_PER_SECOND;
    return west ? -offset : offset;
  }

  /** The number of two digits, or -1 if a byte is not a digit. */
  private static int two(byte[] s, int i) {
    return isDigit(s[i]) && isDigit(s[i + 1]) ? (s[i] - '0') * 10 + s[i + 1] - '0' : -1;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}
