package io.firstresponse.job.source;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.Required;
import org.apache.flink.configuration.ConfigOption;

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
}
