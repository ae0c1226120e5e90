package io.firstresponse.job.options;

import io.firstresponse.connectors.postgres.TimedTable;
import io.firstresponse.job.domain.Message;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.OptionalLong;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Parses times: a date, optionally with a time of day and an offset. The default is UTC. */
public final class OptionTime {

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter();

  private OptionTime() {}

  /**
   * The time of an option in microseconds since 1970, if it is given.
   *
   * @throws BadOptionException if it is not a time
   */
  public static OptionalLong of(ReadableConfig options, ConfigOption<String> option) {
    String text = options.get(option);
    return text == null ? OptionalLong.empty() : OptionalLong.of(micros(option.key(), text));
  }

  /**
   * Parses a time into microseconds since 1970.
   *
   * @param key the key of the option, for the error message
   * @throws BadOptionException if the text is not a time
   */
  public static long micros(String key, String text) {
    try {
      TemporalAccessor time =
          ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      OffsetDateTime instant =
          time instanceof OffsetDateTime given
              ? given
              : time instanceof LocalDateTime local
                  ? local.atOffset(ZoneOffset.UTC)
                  : ((LocalDate) time).atStartOfDay().atOffset(ZoneOffset.UTC);
      long micros = TimedTable.micros(instant);
      if (micros >= Message.MIN_TS && micros <= Message.MAX_TS) {
        return micros;
      }
    } catch (DateTimeException e) {
      // Refused below, together with times out of range.
    }
    throw new BadOptionException(
        "%s: '%s' is no time in ISO-8601 within the years 1 to 9999, such as 2018-08-15T10:00:00Z or 2018-08-15."
            .formatted(key, text));
  }
}
