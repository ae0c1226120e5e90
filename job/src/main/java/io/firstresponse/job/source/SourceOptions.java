package io.firstresponse.job.source;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.Required;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.postgres.PostgresOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Which source the job reads. The options of each source are in its own package. */
public final class SourceOptions {

  /** Where messages come from. */
  public enum SourceType {
    FILES,
    DATAGEN,
    POSTGRES,
    KAFKA;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  @Required("files, kafka, postgres or datagen")
  public static final ConfigOption<SourceType> TYPE =
      key("source.type")
          .enumType(SourceType.class)
          .noDefaultValue()
          .withDescription("Where messages come from. Required.");

  private SourceOptions() {}

  /**
   * Whether messages can have ids that are texts, or display names, which {@code tbl_agent} and
   * {@code tbl_customer} keep.
   */
  public static boolean givesTexts(ReadableConfig options) {
    return isDatagen(options)
        ? options.get(DatagenOptions.NAMES)
        : MessageOptions.keepsTexts(options);
  }

  /** Whether messages can have labels, which {@code tbl_labels} keeps. */
  public static boolean givesLabels(ReadableConfig options) {
    return isDatagen(options)
        ? options.get(DatagenOptions.LABELS) > 0
        : MessageOptions.keepsLabels(options);
  }

  private static boolean isDatagen(ReadableConfig options) {
    return options.getOptional(TYPE).filter(SourceType.DATAGEN::equals).isPresent();
  }

  /**
   * Checks that a mapping is given only with a source whose records it can map.
   *
   * @throws BadOptionException if the source has no such records
   */
  public static void check(ReadableConfig options) {
    if (options.getOptional(MappingOptions.JQ).isEmpty()) {
      return;
    }
    switch (options.get(TYPE)) {
      case POSTGRES ->
          throw BadOptionException.of(
              MappingOptions.JQ,
              "not with %s postgres: there a view is the mapping; create one with the columns of a message and name it in %s"
                  .formatted(TYPE.key(), PostgresOptions.TABLE.key()));
      case DATAGEN ->
          throw BadOptionException.of(
              MappingOptions.JQ,
              "not with %s datagen, which makes messages itself".formatted(TYPE.key()));
      case FILES, KAFKA -> {
        // Any JSON or CSV can be mapped.
      }
    }
  }
}
