package io.firstresponse.job.source.postgres;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.source.PostgresTimeSource;
import io.firstresponse.connectors.postgres.source.TimedTable;
import io.firstresponse.job.decode.FutureGuard;
import io.firstresponse.job.decode.MessageFields;
import io.firstresponse.job.decode.MessageOptions;
import io.firstresponse.job.decode.RowDecoder;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.OptionTime;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The source that reads messages from a table in PostgreSQL: a period, or without end. The options
 * are {@link PostgresOptions} and {@link MessageOptions}.
 */
public final class PostgresMessages {

  /** The environment variable with the password, if no file is given. */
  public static final String PASSWORD_VARIABLE = "FIRST_RESPONSE_SOURCE_PASSWORD";

  private PostgresMessages() {}

  /**
   * Checks the table and makes the source.
   *
   * @param clock the clock of the future guard; it has to be serializable
   * @throws BadOptionException if the database cannot be reached or the table cannot be used; the
   *     message is one line
   */
  public static Source<Received, ?, ?> create(ReadableConfig options, InstantSource clock) {
    OptionalLong from = OptionTime.of(options, PostgresOptions.FROM);
    OptionalLong to = OptionTime.of(options, PostgresOptions.TO);
    if (from.isPresent() && to.isPresent() && from.getAsLong() >= to.getAsLong()) {
      throw new BadOptionException(
          "%s: must be before %s.".formatted(PostgresOptions.FROM.key(), PostgresOptions.TO.key()));
    }
    PostgresConnections connections = connections(options);
    connections
        .passwordExposure()
        .ifPresent(
            said -> System.err.printf("%s: %s.%n", PostgresOptions.PASSWORD_FILE.key(), said));
    MessageTable table = MessageTable.lookUp(connections, options, to.isEmpty());
    TimedTable timed = table.timed();
    FutureGuard futureGuard = new FutureGuard(options.get(EventTimeOptions.MAX_FUTURE_SKEW), clock);
    PostgresTimeSource.Builder<Received> source =
        PostgresTimeSource.<Received>builder()
            .connections(connections)
            .table(timed)
            .mapper(
                new MessageMapper(
                    new RowDecoder(
                        MessageFields.from(options),
                        futureGuard,
                        table.hasAutomated(),
                        table.hasCloses()),
                    timed.schema() + "." + timed.name()))
            .overlap(options.get(PostgresOptions.OVERLAP))
            .pollInterval(options.get(PostgresOptions.POLL_INTERVAL))
            .retryTimeout(options.get(PostgresOptions.RETRY_TIMEOUT));
    if (to.isEmpty()) {
      return source.endless(from);
    }
    MessageTable.Extent extent = table.extent(connections, from, to.getAsLong());
    return source.bounded(
        from, to.getAsLong(), extent.first(), extent.last(), options.get(PostgresOptions.SPLITS));
  }

  private static PostgresConnections connections(ReadableConfig options) {
    try {
      PostgresConnections.Builder builder =
          PostgresConnections.to(
                  options.get(PostgresOptions.URL), options.get(PostgresOptions.USER))
              .applicationName("first-response-source")
              .connectTimeout(options.get(PostgresOptions.CONNECT_TIMEOUT))
              .socketTimeout(options.get(PostgresOptions.SOCKET_TIMEOUT));
      return options
          .getOptional(PostgresOptions.PASSWORD_FILE)
          .map(builder::passwordFile)
          .orElseGet(() -> builder.passwordVariable(PASSWORD_VARIABLE))
          .build();
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: %s.".formatted(PostgresOptions.URL.key(), e.getMessage()));
    }
  }
}
