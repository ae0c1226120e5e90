package io.firstresponse.job;

import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.tables.SinkOptions;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.util.TimeUtils;

/** The release and the main options of a job, for the log. It contains no secrets. */
final class JobSummary {

  private JobSummary() {}

  /** The version of the job's jar; {@code unpackaged} if the classes are not in a jar. */
  static String version() {
    return Optional.ofNullable(FirstResponseJob.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }

  /**
   * One line about a job.
   *
   * @param database the database of the tables, without its password
   */
  static String of(ReadableConfig options, String database) {
    return "First Response %s: source %s, response mode %s, %s results, out-of-orderness at most %s, tables in schema %s of %s"
        .formatted(
            version(),
            options.get(SourceOptions.TYPE),
            options.get(ResultOptions.RESPONSE_MODE),
            options.get(ResultOptions.RESULTS),
            TimeUtils.formatWithHighestUnit(options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS)),
            options.get(SinkOptions.SCHEMA),
            database);
  }
}
