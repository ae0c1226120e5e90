package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.Column;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.connectors.postgres.sink.PostgresTable;
import io.firstresponse.connectors.postgres.sink.PostgresUpsertSink;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.DatabaseOptions;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.options.SinkOptions.Bulk;
import io.firstresponse.job.ownership.FencedSink;
import io.firstresponse.job.ownership.JobStart;
import io.firstresponse.job.ownership.RecoveringSink;
import io.firstresponse.job.ownership.TableIdentity;
import io.firstresponse.job.ownership.TableOwnership;
import io.firstresponse.job.ownership.Takeover;
import io.firstresponse.job.source.SourceOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.ReadableConfig;

/** The database that the job writes to, and the sinks of its tables. */
public final class ResultDatabase {

  /** The environment variable with the password, where no file is given. */
  public static final String PASSWORD_VARIABLE = "FIRST_RESPONSE_JDBC_PASSWORD";

  /** Each may have {@link DeadLetter#MAX_RAW_BYTES}: some 30 MB altogether. */
  private static final int MAX_DEAD_LETTERS = 500;

  private static final DatabaseOptions OPTIONS =
      new DatabaseOptions(
          SinkOptions.URL.key(), SinkOptions.USER.key(), SinkOptions.PASSWORD_FILE.key());

  private static final Duration MAX_BATCH_TIME = Duration.ofSeconds(5);

  private final ReadableConfig options;
  private final PostgresConnections connections;
  private final String schema;
  private JobStart start;
  private boolean batch;

  /**
   * @throws BadOptionException when the URL is not one, or has a secret in it, or a schema cannot
   *     have such a name
   */
  public ResultDatabase(ReadableConfig options) {
    this.options = options;
    this.schema = options.get(SinkOptions.SCHEMA);
    try {
      PostgresConnections.Builder builder =
          PostgresConnections.to(options.get(SinkOptions.URL), options.get(SinkOptions.USER))
              .applicationName("first-response")
              .connectTimeout(options.get(SinkOptions.CONNECT_TIMEOUT))
              .socketTimeout(options.get(SinkOptions.SOCKET_TIMEOUT));
      Optional<String> passwordFile = options.getOptional(SinkOptions.PASSWORD_FILE);
      connections =
          passwordFile
              .map(builder::passwordFile)
              .orElseGet(() -> builder.passwordVariable(PASSWORD_VARIABLE))
              .build();
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: %s.".formatted(SinkOptions.URL.key(), e.getMessage()));
    }
    try {
      PostgresTable.checkName(schema);
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: %s.".formatted(SinkOptions.SCHEMA.key(), e.getMessage()));
    }
  }

  /** How to connect, for what is done before and after the job. */
  public PostgresConnections connections() {
    return connections;
  }

  /** Where the tables are. */
  String schema() {
    return schema;
  }

  /**
   * The check whether the job may write the tables.
   *
   * @param flink the configuration that the job is submitted with
   */
  public TableOwnership ownership(ReadableConfig flink) {
    boolean loads = batch && options.get(SinkOptions.BULK) == Bulk.AUTO;
    return new TableOwnership(connections, OPTIONS, options, flink, loads);
  }

  /** Sets, before the sinks are made, whether the job runs as a batch. */
  public void runsAsBatch(boolean runs) {
    batch = runs;
  }

  /** Sets, before the sinks are made, how the job starts. */
  public void start(JobStart decided) {
    start = decided;
  }

  /**
   * How the job starts, the same for all sinks: of two jobs the same one is the later one for each
   * table. If that was not set, the job goes on with the rows that are there.
   */
  public JobStart start() {
    if (start == null) {
      try (connections) {
        start = new TableIdentity(schema).startNow(connections.getOrEstablishConnection());
      } catch (SQLException e) {
        throw unreachable(connections, e);
      }
    }
    return start;
  }

  /** The sink of {@code tbl_result}. */
  public Sink<SessionChange> results() {
    PostgresTable<ResultRow> table =
        ResultLayout.of(options.get(ResultOptions.RESPONSE_MODE)).table(schema);
    PostgresConnections lookup = connections;
    String name = table.name();
    Duration hold = options.get(SinkOptions.HOLD_OPENINGS);
    boolean labels = SourceOptions.givesLabels(options);
    return new RecoveringSink<>(
        sink(table, row -> row.session().openedAt()),
        takeover(),
        ResultLayout.TABLE,
        true,
        (rows, fence, task, clock) -> {
          GuardedWriter<ResultRow> gathering =
              task.job().batch()
                  ? new InTimeOrder(rows, lookup, fence, task, labels)
                  : new HeldOpenings(rows, clock, task.mode(), hold);
          return new RecoveringResults(gathering, lookup, fence, task, name);
        });
  }

  /**
   * The sink of {@code tbl_correction}, if there can be corrections and they are kept. It is
   * fenced: a task that was given up corrects sessions that were never published.
   */
  public Optional<Sink<Correction>> corrections() {
    if (!keepsCorrections(options)) {
      return Optional.empty();
    }
    return Optional.of(
        new FencedSink<>(
            sink(layouts().corrections(), correction -> null),
            takeover(),
            TableLayouts.CORRECTION));
  }

  /** Whether there can be corrections, and they are kept. */
  static boolean keepsCorrections(ReadableConfig options) {
    return options.get(ResultOptions.RESULTS) == Results.LIVE
        && options.get(ResultOptions.CORRECTIONS);
  }

  /** The sink of {@code tbl_late}. */
  public Sink<LateMessage> late() {
    PostgresTable<LateMessage> table = layouts().late();
    PostgresConnections lookup = connections;
    String name = table.name();
    return new RecoveringSink<>(
        sink(table, late -> late.message().ts()),
        takeover(),
        TableLayouts.LATE,
        false,
        (rows, fence, task, clock) -> new RecoveringLateMessages(rows, lookup, fence, task, name));
  }

  /**
   * The sinks of {@code tbl_agent} and {@code tbl_customer}, if messages can have what they keep.
   */
  public Optional<NameSinks> names() {
    return SourceOptions.givesTexts(options)
        ? Optional.of(new NameSinks(names(NamesTable.AGENT), names(NamesTable.CUSTOMER)))
        : Optional.empty();
  }

  /** The sink of {@code tbl_labels}, if messages can have labels. */
  public Optional<Sink<Naming>> labels() {
    return SourceOptions.givesLabels(options)
        ? Optional.of(names(NamesTable.LABELS))
        : Optional.empty();
  }

  private Sink<Naming> names(NamesTable table) {
    PostgresTable<NamingRow> layout = table.in(schema);
    return new NamesSink(
        sink(layout, row -> null),
        takeover(),
        table,
        layout.name(),
        layouts().deadLetters().name(),
        options.get(SinkOptions.BATCH_ROWS));
  }

  /**
   * The sink of {@code tbl_dead_letter}. It needs no fence: a record has one row, which the job
   * that was submitted last decides.
   */
  public Sink<DeadLetter> deadLetters() {
    return deadLetterRows();
  }

  /**
   * The sink of {@code tbl_dead_letter} for a job that reads a file or folder from its beginning to
   * its end. At the end it deletes dead letters of earlier jobs that this job has not found again.
   *
   * @param root the path of the file or folder, as it is in the origins of dead letters
   */
  public Sink<DeadLetter> deadLettersOfAll(String root) {
    return new DeadLetterSink(
        deadLetterRows(), connections, layouts().deadLetters().name(), root, start().submitted());
  }

  private PostgresUpsertSink<DeadLetter> deadLetterRows() {
    return sink(
        layouts().deadLetters(),
        dead -> null,
        Math.min(MAX_DEAD_LETTERS, options.get(SinkOptions.BATCH_ROWS)));
  }

  private TableLayouts layouts() {
    return new TableLayouts(schema, start().submitted());
  }

  private Takeover takeover() {
    return new Takeover(schema, options.get(ResultOptions.RESPONSE_MODE), start(), batch);
  }

  private <T> PostgresUpsertSink<T> sink(PostgresTable<T> table, Column.ValueOf<T, Long> holdsAt) {
    return sink(table, holdsAt, options.get(SinkOptions.BATCH_ROWS));
  }

  /**
   * @param holdsAt the time from which on figures are incomplete if the row is refused; null for
   *     none
   */
  private <T> PostgresUpsertSink<T> sink(
      PostgresTable<T> table, Column.ValueOf<T, Long> holdsAt, int maxRows) {
    return PostgresUpsertSink.<T>builder()
        .connections(connections)
        .table(table)
        .refused(layouts().refused(holdsAt))
        .forgetRefusedWhenWritten("t.reason = 'refused' and t.settled_at is null")
        .maxRows(maxRows)
        .maxTime(maxBatchTime())
        .maxDelay(options.get(SinkOptions.FLUSH_INTERVAL))
        .retryTimeout(options.get(SinkOptions.RETRY_TIMEOUT))
        .build();
  }

  /** Well below the socket timeout, and short enough not to delay checkpoints. */
  private Duration maxBatchTime() {
    Duration time = options.get(SinkOptions.SOCKET_TIMEOUT).dividedBy(8);
    return time.compareTo(MAX_BATCH_TIME) < 0 ? time : MAX_BATCH_TIME;
  }

  /** Why there is no connection, in one line that names the options to look at. */
  public static BadOptionException unreachable(
      PostgresConnections connections, SQLException failure) {
    return OPTIONS.unreachable(connections, failure);
  }

  /** Why a statement failed, in one line that names the option to look at. */
  static BadOptionException refused(PostgresConnections connections, SQLException failure) {
    return OPTIONS.refused(connections, failure, SinkOptions.SCHEMA.key());
  }
}
