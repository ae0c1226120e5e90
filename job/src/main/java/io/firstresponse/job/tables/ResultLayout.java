package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.Column;
import io.firstresponse.connectors.postgres.sink.PostgresTable;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.tables.ResultRow.Write;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The columns of {@code tbl_result}, for each response mode. */
enum ResultLayout {
  ANY_AGENT(ResponseMode.ANY_AGENT, "asked_a", "a", false),
  ADDRESSED_AGENT(ResponseMode.ADDRESSED_AGENT, "a", "rsp_a", true);

  static final String TABLE = "tbl_result";

  /** The columns of closes, in this table and in those of late messages and corrections. */
  static final String CLOSES_COMPONENT = TABLE + " closes";

  static final String CLOSES_SCRIPT = "required/12-closes.sql";

  private final ResponseMode mode;
  private final String asked;
  private final String responder;
  private final boolean keyedByAsked;

  /**
   * @param asked the column with the agent whom the first unanswered message was sent to
   * @param responder the column with the agent who answered
   * @param keyedByAsked whether the key has {@code asked}
   */
  ResultLayout(ResponseMode mode, String asked, String responder, boolean keyedByAsked) {
    this.mode = mode;
    this.asked = asked;
    this.responder = responder;
    this.keyedByAsked = keyedByAsked;
  }

  static ResultLayout of(ResponseMode mode) {
    return switch (mode) {
      case ANY_AGENT -> ANY_AGENT;
      case ADDRESSED_AGENT -> ADDRESSED_AGENT;
    };
  }

  /** The file of {@code conf/sql} that creates the table. */
  String script() {
    return "mode/" + mode + "/02-result.sql";
  }

  /** The name under which {@code first_response_schema} has the table. */
  String component() {
    return TABLE + " " + mode;
  }

  /** The table as the sink writes it. */
  PostgresTable<ResultRow> table(String schema) {
    PostgresTable.Builder<ResultRow> table =
        PostgresTable.<ResultRow>named(TABLE)
            .schema(schema)
            .key(Column.timestamptz("b_ts", row -> row.session().openedAt()))
            .key(Column.bigint("b", row -> row.session().b()));
    Column<ResultRow> askedColumn = Column.bigint(asked, row -> row.session().asked());
    if (keyedByAsked) {
      table.key(askedColumn);
    }
    table
        .column(Column.bigint(responder, row -> row.session().responder()))
        .column(
            Column.<ResultRow>timestamptz("a_ts", row -> row.session().endedAt())
                .nullWhen(row -> !row.session().isAnswered()));
    if (!keyedByAsked) {
      table.column(askedColumn);
    }
    return table
        .column(
            Column.<ResultRow>timestamptz("closed_ts", row -> row.session().endedAt())
                .nullWhen(row -> !row.session().isClosed()))
        .column(
            Column.<ResultRow>bigint("labels", row -> row.session().labels())
                .nullWhen(row -> row.session().labels() == Message.NO_LABELS))
        .column(Column.bool("final", ResultRow::isFinal))
        // A key has at most one open session: one ends before the next one opens.
        .phase(row -> row.session().isOpen() ? 1 : 0)
        .stampUpdates("updated_at")
        .expectNew(row -> row.write() == Write.INSERT)
        .deleteIf(row -> row.write().deletes(), "not t.final")
        .clearIf(row -> row.write().overridesFinal())
        .merge(ResultRow::latest)
        .endGroupWhen(ResultRow::endsGroup)
        // When a job runs again over the same messages, final answers and closes stay visible.
        .onConflictUpdateIf("(t." + responder + " = -1 and t.closed_ts is null) or not t.final")
        .build();
  }

  /** A row of the table as it is stored. */
  record Stored(Session session, boolean isFinal) {}

  /**
   * A query for rows of the table, which {@link #read} reads.
   *
   * @param table the table's name in SQL
   * @param condition which rows
   */
  String query(String table, String condition) {
    return """
        select b, (extract(epoch from b_ts) * 1000000)::bigint, %s, %s,
          (extract(epoch from coalesce(a_ts, closed_ts)) * 1000000)::bigint, coalesce(labels, 0), final
        from %s
        where %s
        """
        .formatted(asked, responder, table, condition);
  }

  /** Reads the row that the result of {@link #query} stands at. */
  static Stored read(ResultSet row) throws SQLException {
    long endedAt = row.getLong(5);
    // Of the column that was read last.
    if (row.wasNull()) {
      endedAt = Session.NOT_ENDED;
    }
    return new Stored(
        new Session(
            row.getLong(1),
            row.getLong(2),
            row.getLong(3),
            row.getLong(4),
            endedAt,
            row.getLong(6)),
        row.getBoolean(7));
  }
}
