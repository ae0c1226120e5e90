package io.firstresponse.job.source.postgres;

import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.connectors.postgres.PostgresTimeSource;
import io.firstresponse.connectors.postgres.TimedTable;
import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.decode.RowDecoder;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import io.firstresponse.job.options.OptionTime;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The source that reads messages from a table in PostgreSQL, as the {@code source.postgres.*} and
 * {@code messages.*} options say: a range of time, or without end.
 */
public final class PostgresMessages {

  /** Holds the password where no file does. */
  public static final String PASSWORD_VARIABLE = "FIRST_RESPONSE_SOURCE_PASSWORD";

  private PostgresMessages() {}

  /**
   * Builds the source, after a look at the table that it will read.
   *
   * @param clock what the future guard measures by; it has to be serializable
   * @throws BadOptionException in one line, when the database cannot be reached, or the table is
   *     not as the options say
   */
  public static Source<Received, ?, ?> create(ReadableConfig options, InstantSource clock) {
    OptionalLong from = OptionTime.of(options, JobOptions.POSTGRES_FROM);
    OptionalLong to = OptionTime.of(options, JobOptions.POSTGRES_TO);
    if (from.isPresent() && to.isPresent() && from.getAsLong() >= to.getAsLong()) {
      throw new BadOptionException(
          "%s: must be before %s."
              .formatted(JobOptions.POSTGRES_FROM.key(), JobOptions.POSTGRES_TO.key()));
    }
    PostgresConnections connections = connections(options);
    connections
        .passwordExposure()
        .ifPresent(
            said -> System.err.printf("%s: %s.%n", JobOptions.POSTGRES_PASSWORD_FILE.key(), said));
    MessageTable table = MessageTable.lookUp(connections, options, to.isEmpty());
    TimedTable timed = table.timed();
    FutureGuard futureGuard = new FutureGuard(options.get(JobOptions.MAX_FUTURE_SKEW), clock);
    PostgresTimeSource.Builder<Received> source =
        PostgresTimeSource.<Received>builder()
            .connections(connections)
            .table(timed)
            .mapper(
                new MessageMapper(
                    new RowDecoder(MessageFields.from(options), futureGuard, table.hasAutomated()),
                    timed.schema() + "." + timed.name()))
            .overlap(options.get(JobOptions.POSTGRES_OVERLAP))
            .pollInterval(options.get(JobOptions.POSTGRES_POLL_INTERVAL))
            .retryTimeout(options.get(JobOptions.POSTGRES_RETRY_TIMEOUT));
    if (to.isEmpty()) {
      return source.endless(from);
    }
    MessageTable.Extent extent = table.extent(connections, from, to.getAsLong());
    return source.bounded(
        from,
        to.getAsLong(),
        extent.first(),
        extent.last(),
        options.get(JobOptions.POSTGRES_SPLITS));
  }

  private static PostgresConnections connections(ReadableConfig options) {
    try {
      PostgresConnections.Builder builder =
          PostgresConnections.to(
                  options.get(JobOptions.POSTGRES_URL), options.get(JobOptions.POSTGRES_USER))
              .applicationName("first-response-source")
              .connectTimeout(options.get(JobOptions.POSTGRES_CONNECT_TIMEOUT))
              .socketTimeout(options.get(JobOptions.POSTGRES_SOCKET_TIMEOUT));
      return options
          .getOptional(JobOptions.POSTGRES_PASSWORD_FILE)
          .map(builder::passwordFile)
          .orElseGet(() -> builder.passwordVariable(PASSWORD_VARIABLE))
          .build();
    } catch (IllegalArgumentException e) {
      throw new BadOptionException(
          "%s: %s.".formatted(JobOptions.POSTGRES_URL.key(), e.getMessage()));
    }
  }
}
