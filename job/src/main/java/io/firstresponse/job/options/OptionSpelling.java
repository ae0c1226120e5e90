package io.firstresponse.job.options;

import java.util.Locale;

/** How the values of an enumeration are written in options: {@code DEAD_LETTER}: dead-letter. */
public final class OptionSpelling {

  private OptionSpelling() {}

  public static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
