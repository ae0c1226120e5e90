package io.firstresponse.job;

import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.mapping.MappingOptions;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.OptionGroup;
import io.firstresponse.job.options.OptionParser;
import io.firstresponse.job.options.OptionReference;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import io.firstresponse.job.source.datagen.DatagenOptions;
import io.firstresponse.job.source.files.FileOptions;
import io.firstresponse.job.source.kafka.KafkaOptions;
import io.firstresponse.job.source.postgres.PostgresOptions;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * All options of the job. Each is declared, described and checked in the class of its group, beside
 * the code that uses it; Flink's own settings stay in Flink's configuration.
 */
public final class JobOptions {

  private static final OptionGroup TABLES = new OptionGroup(SinkOptions.class);

  /** In the order of the reference page. A new group of options is added here. */
  public static final List<OptionGroup> GROUPS =
      List.of(
          new OptionGroup(ResultOptions.class),
          new OptionGroup(SourceOptions.class, options -> true, SourceOptions::check),
          new OptionGroup(FileOptions.class, source(SourceType.FILES), FileOptions::check),
          new OptionGroup(DatagenOptions.class, source(SourceType.DATAGEN), DatagenOptions::check),
          new OptionGroup(
              PostgresOptions.class, source(SourceType.POSTGRES), PostgresOptions::check),
          new OptionGroup(KafkaOptions.class, source(SourceType.KAFKA), KafkaOptions::check),
          new OptionGroup(MessageOptions.class, options -> true, MessageOptions::check),
          new OptionGroup(MappingOptions.class, options -> true, MappingOptions::check),
          new OptionGroup(EventTimeOptions.class),
          TABLES);

  private JobOptions() {}

  /**
   * The options that a command line gives, checked.
   *
   * @throws BadOptionException when one is unknown, malformed, missing or contradicts another
   */
  public static Configuration parse(String[] args) {
    return new OptionParser(GROUPS).parse(args);
  }

  /**
   * The same for a command that writes no tables: no option of their database has to be given.
   *
   * @throws BadOptionException when an option is unknown, malformed, missing or contradicts another
   */
  public static Configuration parseWithoutTables(String[] args) {
    OptionGroup unused = new OptionGroup(SinkOptions.class, options -> false, options -> {});
    return new OptionParser(
            GROUPS.stream().map(group -> group.equals(TABLES) ? unused : group).toList())
        .parse(args);
  }

  /** The reference to all options. */
  public static OptionReference reference() {
    return new OptionReference(GROUPS);
  }

  private static Predicate<ReadableConfig> source(SourceType type) {
    return options -> options.get(SourceOptions.TYPE) == type;
  }
}
