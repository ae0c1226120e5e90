package io.firstresponse.job.source.postgres;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.EventTimeOptions;
import io.firstresponse.job.options.InRange;
import io.firstresponse.job.options.LongerThanZero;
import io.firstresponse.job.options.Required;
import io.firstresponse.job.source.SourceOptions;
import io.firstresponse.job.source.SourceOptions.SourceType;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the source that reads a table of messages. */
public final class PostgresOptions {

  @Required("for example jdbc:postgresql://localhost:5432/support")
  public static final ConfigOption<String> URL =
      key("source.postgres.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where the table of messages is: jdbc:postgresql://host:port/database. Never with a"
                  + " password in it. Required for source.type postgres.");

  @Required("the database user who reads the messages")
  public static final ConfigOption<String> USER =
      key("source.postgres.user")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The database user who reads the table. Required for source.type postgres.");

  public static final ConfigOption<String> PASSWORD_FILE =
      key("source.postgres.password-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file whose first line is the password, read by each task when it connects. Without"
                  + " it the environment variable FIRST_RESPONSE_SOURCE_PASSWORD is read there, and"
                  + " without that no password is sent.");

  public static final ConfigOption<String> SCHEMA =
      key("source.postgres.schema")
          .stringType()
          .defaultValue("public")
          .withDescription("The schema of the table.");

  public static final ConfigOption<String> TABLE =
      key("source.postgres.table")
          .stringType()
          .defaultValue("tbl")
          .withDescription(
              "The table, or a view. Its columns are named by messages.field.*; it should have an"
                  + " index on the time.");

  public static final ConfigOption<String> FROM =
      key("source.postgres.from")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The start of the period to read, in ISO-8601. Without it the table is read from its"
                  + " beginning.");

  public static final ConfigOption<String> TO =
      key("source.postgres.to")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The end of the period to read, exclusive, in ISO-8601: a backfill, after which the job"
                  + " ends. Without it the job reads new messages as they are written, and never ends.");

  @InRange(min = 1)
  public static final ConfigOption<Integer> SPLITS =
      key("source.postgres.splits")
          .intType()
          .defaultValue(64)
          .withDescription(
              "With source.postgres.to: how many time ranges the period is divided into. They are"
                  + " read in order, as many in parallel as there are readers.");

  @LongerThanZero
  public static final ConfigOption<Duration> POLL_INTERVAL =
      key("source.postgres.poll-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription("Without source.postgres.to: how often to look for new messages.");

  public static final ConfigOption<Duration> OVERLAP =
      key("source.postgres.overlap")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription(
              "Without source.postgres.to: how long after its own time a message may be committed."
                  + " Each poll reads this time again; a message that is committed later is not found."
                  + " At most event-time.max-out-of-orderness.");

  public static final ConfigOption<Duration> RETRY_TIMEOUT =
      key("source.postgres.retry-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long a reader tries to reach PostgreSQL before the task fails and Flink restarts"
                  + " it from the last checkpoint. A password that is refused at a reconnect is tried"
                  + " again for this time, since it may be changing; then the job ends.");

  @LongerThanZero
  public static final ConfigOption<Duration> CONNECT_TIMEOUT =
      key("source.postgres.connect-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("How long to wait for a connection to the source's PostgreSQL.");

  @LongerThanZero
  public static final ConfigOption<Duration> SOCKET_TIMEOUT =
      key("source.postgres.socket-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long to wait for rows of the source before the connection is closed. Without an"
                  + " index on the time it must be longer than a sort of the table takes.");

  private PostgresOptions() {}

  /**
   * Checks that a message found at the end of the overlap is not late.
   *
   * @throws BadOptionException if the overlap is longer than the bound of disorder
   */
  public static void check(ReadableConfig options) {
    Duration bound = options.get(EventTimeOptions.MAX_OUT_OF_ORDERNESS);
    if (options.get(SourceOptions.TYPE) == SourceType.POSTGRES
        && options.getOptional(TO).isEmpty()
        && options.get(OVERLAP).compareTo(bound) > 0) {
      throw BadOptionException.of(
          OVERLAP,
          "must be %s (%d ms) at most: a message that is committed later comes late"
              .formatted(EventTimeOptions.MAX_OUT_OF_ORDERNESS.key(), bound.toMillis()));
    }
  }
}
