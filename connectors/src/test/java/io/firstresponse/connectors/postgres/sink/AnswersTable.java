package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table of questions with at most one unanswered question per customer, and the table of what it
 * refused: the DDL, the mapping and the way back.
 */
public record AnswersTable(EmbeddedPostgresServer server, String database) {

  public static final long NOBODY = -1;

  /** Times are microseconds since 1970; {@code answeredAt} means nothing while nobody answered. */
  public record Answer(long b, long askedAt, long a, long answeredAt, String note) {

    public static Answer open(long b, long askedAt) {
      return new Answer(b, askedAt, NOBODY, 0, null);
    }

    public static Answer answered(long b, long askedAt, long a, long answeredAt) {
      return new Answer(b, askedAt, a, answeredAt, null);
    }

    public Answer withNote(String text) {
      return new Answer(b, askedAt, a, answeredAt, text);
    }

    boolean isOpen() {
      return a == NOBODY;
    }
  }

  public record AnswerKey(long b, long askedAt) implements Comparable<AnswerKey> {
    public static AnswerKey of(Answer row) {
      return new AnswerKey(row.b(), row.askedAt());
    }

    @Override
    public int compareTo(AnswerKey other) {
      int order = Long.compare(b, other.b);
      return order != 0 ? order : Long.compare(askedAt, other.askedAt);
    }
  }

  public record Refused(long b, long askedAt, String state, String reason) {}

  public static final PostgresTable<Answer> TABLE =
      PostgresTable.<Answer>named("Answers")
          .schema("support")
          .key(Column.bigint("b", Answer::b))
          .key(Column.timestamptz("b_ts", Answer::askedAt))
          .column(Column.bigint("a", Answer::a))
          .column(Column.timestamptz("a_ts", Answer::answeredAt).nullWhen(Answer::isOpen))
          .column(Column.text("note", Answer::note))
          .phase(row -> row.isOpen() ? 1 : 0)
          .expectNew(Answer::isOpen)
          .onConflictUpdateIf("t.a_ts is null")
          .build();

  public static final PostgresTable<RefusedRow<Answer>> REFUSED =
      PostgresTable.<RefusedRow<Answer>>named("refused")
          .schema("support")
          .key(Column.bigint("b", r -> r.row().b()))
          .key(Column.bigint("asked_at", r -> r.row().askedAt()))
          .column(Column.text("state", RefusedRow::sqlState))
          .column(Column.text("reason", RefusedRow::reason))
          .build();

  public static AnswersTable createdOn(EmbeddedPostgresServer server) {
    AnswersTable table = new AnswersTable(server, server.createDatabase());
    server.execute(
        table.database,
        "create schema support",
        "create table support.\"Answers\" (b bigint, b_ts timestamptz, a bigint default -1,"
            + " a_ts timestamptz, note text, primary key (b, b_ts), check (a_ts >= b_ts))",
        "create unique index on support.\"Answers\" (b) where a = -1",
        "create table support.refused (b bigint, asked_at bigint, state text, reason text,"
            + " primary key (b, asked_at))");
    return table;
  }

  public void execute(String... statements) {
    server.execute(database, statements);
  }

  public Map<AnswerKey, Answer> rows() throws SQLException {
    Map<AnswerKey, Answer> rows = new TreeMap<>();
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        // Numeric arithmetic: exact in any year.
        ResultSet result =
            statement.executeQuery(
                "select b, (extract(epoch from b_ts) * 1000000)::bigint, a,"
                    + " coalesce((extract(epoch from a_ts) * 1000000)::bigint, 0), note"
                    + " from support.\"Answers\"")) {
      while (result.next()) {
        Answer row =
            new Answer(
                result.getLong(1),
                result.getLong(2),
                result.getLong(3),
                result.getLong(4),
                result.getString(5));
        rows.put(AnswerKey.of(row), row);
      }
    }
    return rows;
  }

  public List<Refused> refused() throws SQLException {
    List<Refused> rows = new ArrayList<>();
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select b, asked_at, state, reason from support.refused order by b, asked_at")) {
      while (result.next()) {
        rows.add(
            new Refused(
                result.getLong(1), result.getLong(2), result.getString(3), result.getString(4)));
      }
    }
    return rows;
  }
}
