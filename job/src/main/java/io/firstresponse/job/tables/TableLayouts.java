package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.Column;
import io.firstresponse.connectors.postgres.sink.PostgresTable;
import io.firstresponse.connectors.postgres.sink.RefusedRow;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.ownership.Recovery;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The columns of the tables beside {@code tbl_result}, as in {@code conf/sql}.
 *
 * @param schema where the tables are
 * @param submitted when the job was submitted: dead letters have it
 */
record TableLayouts(String schema, OffsetDateTime submitted) {

  static final String CORRECTION = "tbl_correction";
  static final String LATE = "tbl_late";
  static final String DEAD_LETTER = "tbl_dead_letter";

  /** {@code tbl_correction}. */
  PostgresTable<Correction> corrections() {
    return PostgresTable.<Correction>named(CORRECTION)
        .schema(schema)
        .key(Column.timestamptz("b_ts", correction -> correction.was().openedAt()))
        .key(Column.bigint("b", correction -> correction.was().b()))
        .key(Column.bigint("asked_a", correction -> correction.was().asked()))
        .key(Column.timestamptz("cause_ts", Correction::causeAt))
        .key(Column.bigint("cause_a", Correction::causeAgent))
        .key(Column.bool("cause_direct", correction -> correction.causeKind() == MessageKind.AGENT))
        .key(Column.bool("cause_closes", correction -> correction.causeKind() == MessageKind.CLOSE))
        .column(Column.bigint("was_a", correction -> correction.was().responder()))
        .column(endTime("was_a_ts", Correction::was, Session::isAnswered))
        .column(endTime("was_closed_ts", Correction::was, Session::isClosed))
        .column(labels("was_labels", Correction::was))
        .column(
            Column.<Correction>bigint("became_a", correction -> correction.became().responder())
                .nullWhen(correction -> correction.became() == null))
        .column(endTime("became_a_ts", Correction::became, Session::isAnswered))
        .column(endTime("became_closed_ts", Correction::became, Session::isClosed))
        .column(labels("became_labels", Correction::became))
        .onConflictDoNothing()
        .build();
  }

  /**
   * When a session ended, if it ended in one way.
   *
   * @param ended whether it did
   */
  private static Column<Correction> endTime(
      String name, Column.ValueOf<Correction, Session> of, Column.Condition<Session> ended) {
    return Column.<Correction>timestamptz(name, correction -> of.apply(correction).endedAt())
        .nullWhen(correction -> of.apply(correction) == null || !ended.test(of.apply(correction)));
  }

  /** The labels of a session, null if it has none or is none. */
  private static Column<Correction> labels(String name, Column.ValueOf<Correction, Session> of) {
    return Column.<Correction>bigint(name, correction -> of.apply(correction).labels())
        .nullWhen(
            correction ->
                of.apply(correction) == null || of.apply(correction).labels() == Message.NO_LABELS);
  }

  /** {@code tbl_late}. */
  PostgresTable<LateMessage> late() {
    return PostgresTable.<LateMessage>named(LATE)
        .schema(schema)
        .key(Column.bigint("b", late -> late.message().b()))
        .key(Column.bigint("a", late -> late.message().a()))
        .key(Column.timestamptz("ts", late -> late.message().ts()))
        .key(Column.bool("direct", late -> late.message().direct()))
        .key(Column.bool("closes", late -> late.message().closes()))
        .column(Column.bool("automated", late -> late.message().automated()))
        .column(Column.timestamptz("watermark", late -> Recovery.lastPassed(late.watermark())))
        .onConflictDoNothing()
        .build();
  }

  /** {@code tbl_dead_letter}, for records that could not be used. */
  PostgresTable<DeadLetter> deadLetters() {
    return PostgresTable.<DeadLetter>named(DEAD_LETTER)
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
  }

  /**
   * {@code tbl_dead_letter}, for rows that the database refused. The origin is the table and the
   * row's key. A record that a person has settled stays settled, also when the session is refused
   * again as another row.
   *
   * @param holdsAt the time from which on figures are incomplete without the row; null for none
   */
  <T> PostgresTable<RefusedRow<T>> refused(Column.ValueOf<T, Long> holdsAt) {
    return PostgresTable.<RefusedRow<T>>named(DEAD_LETTER)
        .schema(schema)
        .key(Column.text("origin", refusal -> refusal.table() + " " + refusal.key()))
        .key(Column.bigint("position", refusal -> 0))
        .column(Column.text("reason", refusal -> Gaps.REFUSED))
        .column(
            Column.text(
                "detail", refusal -> "SQLSTATE " + refusal.sqlState() + ": " + refusal.reason()))
        .column(Column.bytea("raw", TableLayouts::raw))
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
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, submitted.toInstant());
    return Column.timestamptz("submitted_at", any -> micros);
  }

  private static byte[] raw(RefusedRow<?> refusal) {
    return refusal.columns().getBytes(StandardCharsets.UTF_8);
  }
}
