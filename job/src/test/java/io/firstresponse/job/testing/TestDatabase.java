package io.firstresponse.job.testing;

import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import io.firstresponse.job.JobOptions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A database of one test: the tables that the job writes, the messages that it was given, and the
 * window query over them, all in the same real PostgreSQL.
 */
public final class TestDatabase implements AutoCloseable {

  private final EmbeddedPostgresServer server;
  private final String name;
  private final ResponseMode mode;
  private final Connection connection;

  private TestDatabase(EmbeddedPostgresServer server, String name, ResponseMode mode) {
    this.server = server;
    this.mode = mode;
    this.name = name;
    try {
      this.connection = server.connect(name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new database on the server that all tests share. */
  public static TestDatabase create(ResponseMode mode) {
    return on(EmbeddedPostgresServer.shared(), mode);
  }

  /** A new database on the given server. */
  public static TestDatabase on(EmbeddedPostgresServer server, ResponseMode mode) {
    TestDatabase database = new TestDatabase(server, server.createDatabase(), mode);
    database.execute(
        "create table tbl (a bigint, b bigint, ts timestamptz, direct boolean, closes boolean, labels bigint)");
    return database;
  }

  /** The same database, after its server was stopped and started. */
  public TestDatabase reconnected() {
    return movedTo(server);
  }

  /** The same database, on a server that has taken over. */
  public TestDatabase movedTo(EmbeddedPostgresServer other) {
    return new TestDatabase(other, name, mode);
  }

  /** Its name on its server. */
  public String name() {
    return name;
  }

  public String url() {
    return server.url(name);
  }

  /** Where the database is behind a proxy. */
  public String url(int proxyPort) {
    return EmbeddedPostgresServer.url(proxyPort, name);
  }

  /** A connection of the caller's own, as superuser. */
  public Connection connect() throws SQLException {
    return server.connect(name);
  }

  /** Job options that write into this database, with the given ones. */
  public Configuration options(String... args) {
    return JobOptions.parse(arguments(args));
  }

  /** The same as arguments. */
  public String[] arguments(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--response-mode", mode.code(), "--sink.jdbc.url", url()));
    if (!all.contains("--sink.jdbc.user")) {
      all.addAll(
          List.of(
              "--sink.jdbc.user",
              EmbeddedPostgresServer.USER,
              "--sink.jdbc.create-tables",
              "true"));
    }
    return all.toArray(String[]::new);
  }

  /** Adds messages to those that the window query sees. */
  public void store(Stream<Message> messages) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy tbl from stdin");
    messages.forEach(
        message -> {
          byte[] line =
              "%d\t%d\t%s\t%s\t%s\t%s\n"
                  .formatted(
                      message.a(),
                      message.b(),
                      instant(message.ts()),
                      message.closes() ? "\\N" : message.direct(),
                      message.closes(),
                      message.labels() == Message.NO_LABELS ? "\\N" : message.labels())
                  .getBytes(StandardCharsets.UTF_8);
          try {
            copy.writeToCopy(line, 0, line.length);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
    copy.endCopy();
  }

  /** Takes the messages that came too late from those that the window query reads. */
  public void takeOutLate() throws SQLException {
    execute(
        "delete from tbl using tbl_late l"
            + " where (tbl.b, tbl.a, tbl.ts, coalesce(tbl.direct, false), coalesce(tbl.closes, false))"
            + " = (l.b, l.a, l.ts, l.direct, l.closes)");
  }

  /** Rows that only the job or only the window query has, at most ten, for a person to read. */
  public List<String> differences() throws SQLException {
    String columns =
        mode == ResponseMode.ANY_AGENT
            ? "b, b_ts, a, a_ts, asked_a, closed_ts, labels"
            : "b, b_ts, a, rsp_a, a_ts, closed_ts, labels";
    execute(
        "drop table if exists expected",
        "create table expected as " + windowQuery(),
        "analyze expected, tbl_result");
    String job = "select " + columns + " from tbl_result";
    return strings(
        "(select 'only the job', x::text from ("
            + job
            + " except all table expected) x limit 5)"
            + " union all (select 'only the query', x::text from (table expected except all "
            + job
            + ") x limit 5)");
  }

  /** What PostgreSQL's window query gives. */
  public List<Session> expected() throws SQLException {
    List<Session> sessions = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(windowQuery())) {
      while (rows.next()) {
        String end = rows.getObject("a_ts") != null ? "a_ts" : "closed_ts";
        sessions.add(
            new Session(
                rows.getLong("b"),
                micros(rows, "b_ts"),
                rows.getLong(mode == ResponseMode.ANY_AGENT ? "asked_a" : "a"),
                rows.getLong(mode == ResponseMode.ANY_AGENT ? "a" : "rsp_a"),
                rows.getObject(end) == null ? Session.NOT_ENDED : micros(rows, end),
                rows.getLong("labels")));
      }
    }
    sessions.sort(WindowQuery.ROW_ORDER);
    return sessions;
  }

  /**
   * What {@link Session#endedAt} is of a row of {@code tbl_result}, in SQL.
   *
   * @param row the name of the row
   */
  public static String endedAt(String row) {
    return "coalesce((extract(epoch from coalesce(%1$s.a_ts, %1$s.closed_ts)) * 1000000)::bigint, '%2$d'::bigint)"
        .formatted(row, Session.NOT_ENDED);
  }

  public long count(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The rows of a query, each with its columns joined by blanks. */
  public List<String> strings(String query) throws SQLException {
    return strings(connection, query);
  }

  /** The same of any connection. */
  public static List<String> strings(Connection connection, String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          columns.add(rows.getString(i));
        }
        strings.add(String.join(" ", columns));
      }
    }
    return strings;
  }

  public void execute(String... statements) {
    server.execute(name, statements);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private String windowQuery() {
    return resource("/sql/mode/" + mode + "/window-query.sql");
  }

  public static String resource(String name) {
    try (InputStream in = TestDatabase.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static long micros(ResultSet rows, String column) throws SQLException {
    return ChronoUnit.MICROS.between(
        Instant.EPOCH, rows.getObject(column, OffsetDateTime.class).toInstant());
  }
}
