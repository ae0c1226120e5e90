package io.firstresponse.job.tables;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.firstresponse.job.options.InRange;
import io.firstresponse.job.options.LongerThanZero;
import io.firstresponse.job.options.OptionSpelling;
import io.firstresponse.job.options.Required;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** Where the results are written, and how. */
public final class SinkOptions {

  /** How a batch fills an empty table. */
  public enum Bulk {
    /** Without its keys and indexes, where they can be made after the rows. */
    AUTO,
    /** With them. */
    OFF;

    @Override
    public String toString() {
      return OptionSpelling.of(this);
    }
  }

  @Required("for example jdbc:postgresql://localhost:5432/support")
  public static final ConfigOption<String> URL =
      key("sink.jdbc.url")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Where the results go: jdbc:postgresql://host:port/database. Never with a password in"
                  + " it. Required.");

  @Required("the database user who writes the results")
  public static final ConfigOption<String> USER =
      key("sink.jdbc.user")
          .stringType()
          .noDefaultValue()
          .withDescription("The database user who writes the results. Required.");

  public static final ConfigOption<String> PASSWORD_FILE =
      key("sink.jdbc.password-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file whose first line is the password, read by each task when it connects. Without"
                  + " it the environment variable FIRST_RESPONSE_JDBC_PASSWORD is read there, and"
                  + " without that no password is sent.");

  public static final ConfigOption<String> SCHEMA =
      key("sink.jdbc.schema")
          .stringType()
          .defaultValue("public")
          .withDescription("The schema that holds the tables.");

  public static final ConfigOption<Boolean> CREATE_TABLES =
      key("sink.jdbc.create-tables")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Create the tables that are missing when the job is submitted. Otherwise the job only"
                  + " checks that they are there.");

  public static final ConfigOption<Boolean> START_OVER =
      key("sink.start-over")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "When the job is submitted without state: first delete all rows of its tables"
                  + " (tbl_result, tbl_late, tbl_correction, tbl_dead_letter), and print their number."
                  + " If another job writes these tables, sink.take-over must be true as well; that job"
                  + " ends then. Not allowed together with a savepoint.");

  public static final ConfigOption<Boolean> TAKE_OVER =
      key("sink.take-over")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Allow a job that is submitted without state to write tables that have rows of another"
                  + " run, or that another job writes, which ends then. Readers see the old rows until"
                  + " this run has computed their time again. Then rows that differ are corrected, and"
                  + " rows that this run does not produce are deleted. The old rows are kept in memory"
                  + " until then: use sink.start-over for large tables. A job that starts from a"
                  + " checkpoint or savepoint takes over without this option.");

  @InRange(min = 1)
  public static final ConfigOption<Integer> BATCH_ROWS =
      key("sink.jdbc.batch-rows")
          .intType()
          .defaultValue(50_000)
          .withDescription(
              "The largest number of rows that a writer sends to PostgreSQL together. It sends fewer"
                  + " if that would take longer than 5 s, or an eighth of sink.jdbc.socket-timeout. A"
                  + " session that is answered before its opening was sent is written once.");

  @LongerThanZero
  public static final ConfigOption<Duration> FLUSH_INTERVAL =
      key("sink.jdbc.flush-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(1))
          .withDescription(
              "The longest time for which a row waits for its batch to fill. It waits as long as the"
                  + " last batch took, and 10 ms at least.");

  public static final ConfigOption<Bulk> BULK =
      key("sink.jdbc.bulk")
          .enumType(Bulk.class)
          .defaultValue(Bulk.AUTO)
          .withDescription(
              "Whether a batch may fill an empty tbl_result without its keys and indexes, and create"
                  + " them after the rows. This is done if the user owns the table and the table has no"
                  + " triggers, no partitions and no foreign keys that refer to it. Readers have no"
                  + " index meanwhile, and are blocked for a moment at the start and at the end.");

  public static final ConfigOption<Duration> HOLD_OPENINGS =
      key("sink.jdbc.hold-openings")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "How long a new open session waits for its answer before it is written, while the job"
                  + " catches up, so that most sessions are written once and not twice. Checkpoints do"
                  + " not wait, and complete_through does not pass a session that waits. 0 s writes at"
                  + " once, as a job that keeps up with the clock always does.");

  public static final ConfigOption<Duration> RETRY_TIMEOUT =
      key("sink.jdbc.retry-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long a writer tries to reach PostgreSQL before the task fails and Flink restarts it"
                  + " from the last checkpoint. A password that is refused at a reconnect is tried again"
                  + " for this time, since it may be changing; then the job ends.");

  @LongerThanZero
  public static final ConfigOption<Duration> CONNECT_TIMEOUT =
      key("sink.jdbc.connect-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("How long to wait for a connection to PostgreSQL.");

  @LongerThanZero
  public static final ConfigOption<Duration> SOCKET_TIMEOUT =
      key("sink.jdbc.socket-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(60))
          .withDescription(
              "How long to wait for the result of a statement before the connection is closed.");

  private SinkOptions() {}
}
