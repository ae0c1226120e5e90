package io.firstresponse.job.decode;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.NearestName;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** The options that say how the values of a feed are read. */
public final class FeedOptions {

  public static final ConfigOption<String> TIME_ZONE =
      key("messages.time-zone")
          .stringType()
          .defaultValue("UTC")
          .withDescription(
              "The time zone of times without an offset, by its IANA name, for example"
                  + " Europe/Berlin. A local time that clocks show twice is the first one; one that"
                  + " they skip is as much later.");

  private FeedOptions() {}

  /**
   * Passes or throws.
   *
   * @throws BadOptionException that names the option and what it may be
   */
  public static void check(ReadableConfig options) {
    zone(options);
  }

  /** The rules of {@code messages.time-zone}. */
  static ZoneRules zone(ReadableConfig options) {
    String name = options.get(TIME_ZONE);
    if (!ZoneId.getAvailableZoneIds().contains(name)) {
      throw new BadOptionException(
          "%s: '%s' is not the IANA name of a time zone, such as Europe/Berlin.%s"
              .formatted(
                  TIME_ZONE.key(),
                  name,
                  NearestName.of(name, ZoneId.getAvailableZoneIds())
                      .map(" Did you mean %s?"::formatted)
                      .orElse("")));
    }
    return ZoneId.of(name).getRules();
  }
}
