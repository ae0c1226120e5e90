package io.firstresponse.job.options;

import java.util.Locale;

/** The spelling of an enum's values in options: {@code DEAD_LETTER} is written dead-letter. */
public final class OptionSpelling {

  private OptionSpelling() {}

  public static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
