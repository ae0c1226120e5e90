package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Column;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.connectors.postgres.PostgresTable;
import io.firstresponse.connectors.postgres.PostgresUpsertSink;
import io.firstresponse.connectors.postgres.RefusedRow;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.DatabaseOptions;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.ResultOptions.Results;
import io.firstresponse.job.tables.SinkOptions.Bulk;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The tables in PostgreSQL that the job writes, and the sinks that write them. Their layout is that
 * of {@code conf/sql}.
 */
public final class ResultDatabase {

  /** Holds the password where no file does. */
  public static final String PASSWORD_VARIABLE = "FIRST_RESPONSE_JDBC_PASSWORD";

  /** Each may hold {@link DeadLetter#MAX_RAW_BYTES}: some 30 MB altogether. */
  private static final int DEAD_LETTERS_AT_ONCE = 500;

  private static final DatabaseOptions OPTIONS =
      new DatabaseOptions(
          SinkOptions.URL.key(), SinkOptions.USER.key(), SinkOptions.PASSWORD_FILE.key());

  private static final Duration LONGEST_BATCH = Duration.ofSeconds(5);

  private final ReadableConfig options;
  private final PostgresConnections connections;
  private final String schema;
  private JobStart start;
  private boolean batch;

  /**
   * @throws BadOptionException when the URL is not one, or carries a secret, or no schema can have
   *     such a name
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

  /** The sink of {@code tbl_result}, in the layout of the response mode. */
  public Sink<SessionChange> results() {
    PostgresTable<SessionChange> table =
        switch (options.get(ResultOptions.RESPONSE_MODE)) {
          case ANY_AGENT -> anyAgentResults();
          case ADDRESSED_AGENT -> addressedAgentResults();
        };
    PostgresConnections lookup = connections;
    String name = table.name();
    Duration hold = options.get(SinkOptions.HOLD_OPENINGS);
    return new RecoveringSink<>(
        sink(table, change -> change.session().openedAt()),
        takeover(),
        "tbl_result",
        true,
        (rows, fence, task, clock) -> {
          FencedWriter<SessionChange> gathering =
              task.job().batch()
                  ? new InTimeOrder(rows, lookup, fence, task)
                  : new HeldOpenings(rows, clock, task.mode(), hold);
          return new RecoveringResults(gathering, lookup, fence, task, name);
        });
  }

  /**
   * The sink of {@code tbl_correction}, if there can be corrections and they are to be kept. It is
   * fenced, for what a task corrects that was given up was told by nobody.
   */
  public Optional<Sink<Correction>> corrections() {
    if (!keepsCorrections(options)) {
      return Optional.empty();
    }
    PostgresTable<Correction> table =
        PostgresTable.<Correction>named("tbl_correction")
            .schema(schema)
            .key(Column.timestamptz("b_ts", correction -> correction.was().openedAt()))
            .key(Column.bigint("b", correction -> correction.was().b()))
            .key(Column.bigint("asked_a", correction -> correction.was().asked()))
            .key(Column.timestamptz("cause_ts", Correction::causeAt))
            .key(Column.bigint("cause_a", Correction::causeAgent))
            .key(Column.bool("cause_direct", Correction::causeDirect))
            .column(Column.bigint("was_a", correction -> correction.was().responder()))
            .column(answerTime("was_a_ts", Correction::was))
            .column(
                Column.<Correction>bigint("became_a", correction -> correction.became().responder())
                    .nullWhen(correction -> correction.became() == null))
            .column(answerTime("became_a_ts", Correction::became))
            .onConflictDoNothing()
            .build();
    return Optional.of(
        new FencedSink<>(sink(table, correction -> null), takeover(), "tbl_correction"));
  }

  /** Whether there can be corrections, and they are to be kept. */
  static boolean keepsCorrections(ReadableConfig options) {
    return options.get(ResultOptions.RESULTS) == Results.LIVE
        && options.get(ResultOptions.CORRECTIONS);
  }

  private static Column<Correction> answerTime(
      String name, Column.ValueOf<Correction, Session> of) {
    return Column.<Correction>timestamptz(name, correction -> of.apply(correction).answeredAt())
        .nullWhen(correction -> of.apply(correction) == null || of.apply(correction).isOpen());
  }

  /** The sink of {@code tbl_late}. */
  public Sink<LateMessage> late() {
    PostgresTable<LateMessage> table =
        PostgresTable.<LateMessage>named("tbl_late")
            .schema(schema)
            .key(Column.bigint("b", late -> late.message().b()))
            .key(Column.bigint("a", late -> late.message().a()))
            .key(Column.timestamptz("ts", late -> late.message().ts()))
            .key(Column.bool("direct", late -> late.message().direct()))
            .column(Column.bool("automated", late -> late.message().automated()))
            .column(Column.timestamptz("watermark", late -> endOfMillis(late.watermark())))
            .onConflictDoNothing()
            .build();
    PostgresConnections lookup = connections;
    String name = table.name();
    return new RecoveringSink<>(
        sink(table, late -> late.message().ts()),
        takeover(),
        "tbl_late",
        false,
        (rows, fence, task, clock) -> new RecoveringLateMessages(rows, lookup, fence, task, name));
  }

  /**
   * The sink of {@code tbl_dead_letter}. It needs no fence: a record is there once, and what the
   * job submitted last says of it holds.
   */
  public Sink<DeadLetter> deadLetters() {
    return deadLetterRows();
  }

  /**
   * The same for a job that reads a file or folder from its beginning to its end: what earlier jobs
   * said of it, and this one does not, is deleted at the end.
   *
   * @param root the path of the file or folder, as it is in the origins of dead letters
   */
  public Sink<DeadLetter> deadLettersOfAll(String root) {
    return new DeadLetterSink(
        deadLetterRows(),
        connections,
        '"' + schema.replace("\"", "\"\"") + "\".tbl_dead_letter",
        root,
        start().submitted());
  }

  private PostgresUpsertSink<DeadLetter> deadLetterRows() {
    PostgresTable<DeadLetter> table =
        PostgresTable.<DeadLetter>named("tbl_dead_letter")
            .schema(schema)
            .key(Column.text("origin", DeadLetter::origin))
            .key(Column.bigint("position", DeadLetter::position))
            .column(Column.text("reason", dead -> dead.reason().code()))
            .column(Column.text("detail", DeadLetter::detail))
            .column(Column.bytea("raw", DeadLetter::raw))
            .column(Column.bigint("raw_length", DeadLetter::length))
            .column(submittedAt())
            .stampUpdates("arrived_at")
            .onConflictUpdateIf("t.submitted_at <= excluded.submitted_at")
            .build();
    return sink(
        table, dead -> null, Math.min(DEAD_LETTERS_AT_ONCE, options.get(SinkOptions.BATCH_ROWS)));
  }

  private PostgresTable<SessionChange> anyAgentResults() {
    return PostgresTable.<SessionChange>named("tbl_result")
        .schema(schema)
        .key(Column.timestamptz("b_ts", change -> change.session().openedAt()))
        .key(Column.bigint("b", change -> change.session().b()))
        .column(Column.bigint("a", change -> change.session().responder()))
        .column(
            Column.timestamptz("a_ts", ResultDatabase::answeredAt).nullWhen(ResultDatabase::isOpen))
        .column(Column.bigint("asked_a", change -> change.session().asked()))
        .phase(ResultDatabase::closedFirst)
        .column(Column.bool("final", SessionChange::isFinal))
        .stampUpdates("updated_at")
        .expectNew(change -> change.kind() == Kind.NEW)
        .deleteIf(ResultDatabase::isGone, "not t.final")
        .clearIf(ResultDatabase::isDifferentAfterCrash)
        .merge(ResultDatabase::latest)
        .completeWhen(SessionChange::completes)
        // Who runs the job again over the same messages does not see final answers go and come.
        .onConflictUpdateIf("t.a = -1 or not t.final")
        .build();
  }

  private PostgresTable<SessionChange> addressedAgentResults() {
    return PostgresTable.<SessionChange>named("tbl_result")
        .schema(schema)
        .key(Column.timestamptz("b_ts", change -> change.session().openedAt()))
        .key(Column.bigint("b", change -> change.session().b()))
        .key(Column.bigint("a", change -> change.session().asked()))
        .column(Column.bigint("rsp_a", change -> change.session().responder()))
        .column(
            Column.timestamptz("a_ts", ResultDatabase::answeredAt).nullWhen(ResultDatabase::isOpen))
        .phase(ResultDatabase::closedFirst)
        .column(Column.bool("final", SessionChange::isFinal))
        .stampUpdates("updated_at")
        .expectNew(change -> change.kind() == Kind.NEW)
        .deleteIf(ResultDatabase::isGone, "not t.final")
        .clearIf(ResultDatabase::isDifferentAfterCrash)
        .merge(ResultDatabase::latest)
        .completeWhen(SessionChange::completes)
        .onConflictUpdateIf("t.rsp_a = -1 or not t.final")
        .build();
  }

  /** A key may have one open session: the answer to one is written before the next one opens. */
  private static int closedFirst(SessionChange change) {
    return isOpen(change) ? 1 : 0;
  }

  private static long answeredAt(SessionChange change) {
    return change.session().answeredAt();
  }

  private static boolean isOpen(SessionChange change) {
    return change.session().isOpen();
  }

  private Takeover takeover() {
    return new Takeover(schema, options.get(ResultOptions.RESPONSE_MODE), start(), batch);
  }

  /** Says, before its sinks are made, whether the job runs as a batch. */
  public void runsAsBatch(boolean runs) {
    batch = runs;
  }

  /** Whether the job may fill an empty table without its keys. */
  boolean loads() {
    return batch && options.get(SinkOptions.BULK) == Bulk.AUTO;
  }

  /** Says how the job starts, before its sinks are made. */
  public void start(JobStart decided) {
    start = decided;
  }

  /**
   * How the job starts, the same for all sinks: of two jobs the same one is the later for each
   * table. Where that was not decided, it takes over.
   */
  public JobStart start() {
    if (start == null) {
      try (connections) {
        start = TableOwnership.unasked(connections.getOrEstablishConnection(), schema);
      } catch (SQLException e) {
        throw unreachable(connections, e);
      }
    }
    return start;
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

  /** What has to go whatever it is still has to when more was told of it since. */
  private static SessionChange latest(SessionChange earlier, SessionChange later) {
    if (!isDifferentAfterCrash(earlier) || isDifferentAfterCrash(later)) {
      return later;
    }
    return later.as(isGone(later) ? Kind.WITHDRAWN : Kind.REPLACED);
  }

  private static boolean isGone(SessionChange change) {
    return change.kind() == Kind.GONE || change.kind() == Kind.WITHDRAWN;
  }

  private static boolean isDifferentAfterCrash(SessionChange change) {
    return change.kind() == Kind.REPLACED || change.kind() == Kind.WITHDRAWN;
  }

  /**
   * The last microsecond that a watermark has passed: it stands for the whole of its millisecond.
   */
  private static long endOfMillis(long watermark) {
    long inRange = Math.min(Math.max(watermark, Message.MIN_TS / 1000), Message.MAX_TS / 1000);
    return inRange * 1000 + 999;
  }

  /** The first time that a watermark has not passed. */
  static OffsetDateTime firstAfter(long watermark) {
    return Instant.EPOCH
        .plus(endOfMillis(watermark) + 1, ChronoUnit.MICROS)
        .atOffset(ZoneOffset.UTC);
  }

  private <T> PostgresUpsertSink<T> sink(PostgresTable<T> table, Column.ValueOf<T, Long> holdsAt) {
    return sink(table, holdsAt, options.get(SinkOptions.BATCH_ROWS));
  }

  private <T> PostgresUpsertSink<T> sink(
      PostgresTable<T> table, Column.ValueOf<T, Long> holdsAt, int maxRows) {
    return PostgresUpsertSink.<T>builder()
        .connections(connections)
        .table(table)
        .refused(refused(holdsAt))
        .forgetRefusedWhenWritten("t.reason = 'refused' and t.settled_at is null")
        .maxRows(maxRows)
        .maxTime(maxTime())
        .maxDelay(options.get(SinkOptions.FLUSH_INTERVAL))
        .retryTimeout(options.get(SinkOptions.RETRY_TIMEOUT))
        .build();
  }

  /** Far from where the connection is given up, and short enough not to hold checkpoints up. */
  private Duration maxTime() {
    Duration time = options.get(SinkOptions.SOCKET_TIMEOUT).dividedBy(8);
    return time.compareTo(LONGEST_BATCH) < 0 ? time : LONGEST_BATCH;
  }

  /**
   * Rows that the database refuses are dead letters whose origin is the table and the row's key. A
   * session that a person has settled stays so, also when it is refused as another row.
   *
   * @param holdsAt which time cannot be complete without the row; null for none
   */
  private <T> PostgresTable<RefusedRow<T>> refused(Column.ValueOf<T, Long> holdsAt) {
    return PostgresTable.<RefusedRow<T>>named("tbl_dead_letter")
        .schema(schema)
        .key(Column.text("origin", refusal -> refusal.table() + " " + refusal.key()))
        .key(Column.bigint("position", refusal -> 0))
        .column(Column.text("reason", refusal -> Gaps.REFUSED))
        .column(
            Column.text(
                "detail", refusal -> "SQLSTATE " + refusal.sqlState() + ": " + refusal.reason()))
        .column(Column.bytea("raw", ResultDatabase::raw))
        .column(Column.bigint("raw_length", refusal -> raw(refusal).length))
        .column(
            Column.<RefusedRow<T>>timestamptz("holds_at", refusal -> holdsAt.apply(refusal.row()))
                .nullWhen(refusal -> holdsAt.apply(refusal.row()) == null))
        .column(Column.<RefusedRow<T>>timestamptz("settled_at", refusal -> 0).nullWhen(any -> true))
        .column(submittedAt())
        .stampUpdates("arrived_at")
        .onConflictUpdateIf("t.settled_at is null")
        .build();
  }

  private <T> Column<T> submittedAt() {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, start().submitted().toInstant());
    return Column.timestamptz("submitted_at", any -> micros);
  }

  private static byte[] raw(RefusedRow<?> refusal) {
    return refusal.columns().getBytes(StandardCharsets.UTF_8);
  }
}
