package io.firstresponse.local;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.tables.TableCheck;
import io.firstresponse.job.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import org.apache.flink.configuration.Configuration;
import org.postgresql.PGConnection;

/** A database of one test, with the live tables in schema public. */
final class ReplayDatabase implements AutoCloseable {

  private final EmbeddedPostgresServer server = EmbeddedPostgresServer.shared();
  private final String name = server.createDatabase();
  private final ResponseMode mode;
  private final Connection connection;

  /** A new database, whose live tables are of a mode. */
  ReplayDatabase(ResponseMode mode) throws SQLException {
    this.mode = mode;
    this.connection = server.connect(name);
    createTables("public");
  }

  String url() {
    return server.url(name);
  }

  /** The job's own arguments, as superuser unless others name a user. */
  List<String> arguments(String... more) {
    List<String> arguments = new ArrayList<>(Arrays.asList(more));
    if (!arguments.contains("--response-mode")) {
      arguments.addAll(List.of("--response-mode", mode.code()));
    }
    if (!arguments.contains("--sink.jdbc.user")) {
      arguments.addAll(List.of("--sink.jdbc.user", EmbeddedPostgresServer.USER));
    }
    arguments.addAll(List.of("--sink.jdbc.url", url()));
    return arguments;
  }

  /** The job's own options. */
  Configuration options(String... more) {
    return JobOptions.parse(arguments(more).toArray(String[]::new));
  }

  /** The tables of the job, in a schema. */
  void createTables(String schema) {
    Configuration options = options("--source.type", "datagen", "--sink.jdbc.schema", schema);
    options.set(SinkOptions.CREATE_TABLES, true);
    new TableCheck(new ResultDatabase(options), options).run();
  }

  /**
   * Adds rows to a result table.
   *
   * @param isFinal what the rows say of themselves
   */
  void insert(String schema, Collection<Session> sessions, boolean isFinal) throws SQLException {
    if (sessions.isEmpty()) {
      return;
    }
    StringJoiner rows = new StringJoiner(",");
    for (Session session : sessions) {
      String end = session.isOpen() ? "null" : "'" + ReplayPeriod.iso(session.endedAt()) + "'";
      rows.add(
          "(%d, '%s', %d, %d, %s, %s, %s, %s)"
              .formatted(
                  session.b(),
                  ReplayPeriod.iso(session.openedAt()),
                  session.asked(),
                  session.responder(),
                  session.isAnswered() ? end : "null",
                  session.isClosed() ? end : "null",
                  session.labels() == Message.NO_LABELS ? "null" : session.labels(),
                  isFinal));
    }
    String columns = mode == ResponseMode.ANY_AGENT ? "asked_a, a" : "a, rsp_a";
    execute(
        "insert into %s.tbl_result (b, b_ts, %s, a_ts, closed_ts, labels, final) values %s"
            .formatted(schema, columns, rows));
  }

  /** Adds final rows to the live table, as a run does that reads its input to the end. */
  void insertAll(Collection<Session> sessions) throws SQLException {
    insert("public", sessions, true);
    claim("infinity");
  }

  /** Has the live tables say how far they are complete. */
  void claim(String through) throws SQLException {
    execute(
        "delete from tbl_writer",
        "insert into tbl_writer (target, first_group, last_group, all_groups, submitted_at,"
            + " complete_through, reported_at) values ('tbl_result', 0, 0, 1, now(), '%s', now())"
                .formatted(through));
  }

  /** Adds messages that were 5 s late to those of the live tables. */
  void insertLate(Collection<Message> messages) throws SQLException {
    for (Message message : messages) {
      String ts = ReplayPeriod.iso(message.ts());
      execute(
          "insert into tbl_late (b, a, ts, direct, closes, automated, watermark) values (%d, %d, '%s', %b, %b, %b, timestamptz '%s' + interval '5 s') on conflict do nothing"
              .formatted(
                  message.b(),
                  message.a(),
                  ts,
                  message.direct(),
                  message.closes(),
                  message.automated(),
                  ts));
    }
  }

  /** Adds messages to a table that a job can read. */
  void insertMessages(Collection<Message> messages) throws SQLException {
    execute(
        "create table tbl (a bigint, b bigint, ts timestamptz, direct boolean, automated boolean, closes boolean)");
    StringJoiner rows = new StringJoiner(",");
    for (Message message : messages) {
      rows.add(
          "(%d, %d, '%s', %s, %b, %b)"
              .formatted(
                  message.a(),
                  message.b(),
                  ReplayPeriod.iso(message.ts()),
                  message.closes() ? null : message.direct(),
                  message.automated(),
                  message.closes()));
    }
    execute("insert into tbl values " + rows);
  }

  Connection connect() throws SQLException {
    return server.connect(name);
  }

  void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The rows of a query, each with its columns joined by blanks. */
  List<String> strings(String query) throws SQLException {
    return TestDatabase.strings(connection, query);
  }

  /** What {@code copy} gives of a query. */
  String copy(String query) throws SQLException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("copy (" + query + ") to stdout", bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A user who may log in with this password, and has the rights that are granted then. */
  void createUser(String user, String password) {
    server.createUser(user, password);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
