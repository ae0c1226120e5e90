package io.firstresponse.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firstresponse.connectors.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A database of one test with the tables and views of {@code conf/sql}, in a schema of its own. */
final class ReportDatabase implements AutoCloseable {

  /** A name that has to be quoted. */
  static final String SCHEMA = "Support \"EU\"";

  /** Agents' ids begin here: past what a number in JavaScript tells apart. */
  static final long FIRST_AGENT = 9_007_199_254_740_993L;

  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Connection connection;

  /** An empty one. */
  ReportDatabase(String mode) throws SQLException {
    name = EmbeddedPostgresServer.shared().createDatabase();
    connection = EmbeddedPostgresServer.shared().connect(name);
    execute("create schema \"Support \"\"EU\"\"\"", "set search_path = \"Support \"\"EU\"\"\"");
    for (String file :
        List.of(
            "required/01-schema-version",
            "mode/" + mode + "/02-result",
            "required/03-late",
            "required/04-dead-letter",
            "required/05-correction",
            "required/06-writer",
            "required/10-agent",
            "required/11-customer",
            "required/12-closes",
            "required/13-labels",
            "figures/07-report-settings",
            "mode/" + mode + "/08-response-sessions",
            "figures/09-figures",
            "figures/14-missing",
            "optional/roles")) {
      execute(resource("/sql/" + file + ".sql"));
    }
    execute("update report_settings set time_zone = 'Europe/Berlin'");
  }

  /**
   * Sessions of March and April 2026, of several a customer, some soon after the one before and
   * some days later, about one in eight customers waiting at the end, one in ten sessions closed
   * without an answer; response times from 0 to hours, a few of exactly a target.
   */
  static ReportDatabase seeded(String mode, int customers, int agents, long seed)
      throws SQLException {
    ReportDatabase database = new ReportDatabase(mode);
    Random random = new Random(seed);
    boolean any = mode.equals("any-agent");
    String insert =
        any
            ? "insert into tbl_result (b, b_ts, asked_a, a, a_ts, final, closed_ts) values (?, ?, ?, ?, ?, ?, ?)"
            : "insert into tbl_result (b, b_ts, a, rsp_a, a_ts, final, closed_ts) values (?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement row = database.connection.prepareStatement(insert)) {
      for (int customer = 0; customer < customers; customer++) {
        Instant time =
            Instant.parse("2026-03-10T00:00:00Z").plusSeconds(random.nextInt(20 * 86_400));
        int sessions = 1 + random.nextInt(6);
        long asked = FIRST_AGENT + random.nextInt(agents);
        for (int n = 0; n < sessions; n++) {
          if (any) {
            asked = FIRST_AGENT + random.nextInt(agents);
          }
          boolean open = n == sessions - 1 && random.nextInt(8) == 0;
          boolean closed = !open && random.nextInt(10) == 0;
          Instant answered = time.plus(response(random), ChronoUnit.MICROS);
          long responder = any ? FIRST_AGENT + random.nextInt(agents) : asked;
          row.setLong(1, customer);
          row.setObject(2, time.atOffset(ZoneOffset.UTC));
          row.setLong(3, asked);
          row.setLong(4, open || closed ? -1 : responder);
          OffsetDateTime ended = answered.atOffset(ZoneOffset.UTC);
          row.setObject(5, open || closed ? null : ended, Types.TIMESTAMP_WITH_TIMEZONE);
          row.setObject(7, closed ? ended : null, Types.TIMESTAMP_WITH_TIMEZONE);
          row.setBoolean(6, random.nextInt(10) > 0);
          row.addBatch();
          // Exactly the conversation gap is still the same conversation.
          time =
              answered.plusSeconds(
                  random.nextInt(5) == 0 ? 86_400 : 60 + random.nextInt(2 * 86_400));
        }
      }
      row.executeBatch();
    }
    return database;
  }

  private static long response(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> 60_000_000L;
      case 2 -> 180_000_000L;
      default -> (long) (1_000_000 * Math.exp(4.5 + 1.8 * random.nextGaussian()));
    };
  }

  String url() {
    return EmbeddedPostgresServer.shared().url(name);
  }

  Connection connection() {
    return connection;
  }

  void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  Report report(ReportRequest request) throws SQLException {
    return Report.read(connection, SCHEMA, request);
  }

  /** The data in the page that is made for a request. */
  JsonNode data(ReportRequest request) throws Exception {
    return data(report(request).html());
  }

  static JsonNode data(String html) throws IOException {
    Matcher data = DATA.matcher(html);
    if (!data.find()) {
      throw new AssertionError("there are no data in the page");
    }
    return JSON.readTree(data.group(1));
  }

  /** The rows of a query, each value as PostgreSQL writes it or null. */
  List<List<String>> rows(String query, Object... values) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.add(row.getString(i));
          }
          rows.add(columns);
        }
      }
    }
    return rows;
  }

  private static String resource(String path) {
    try (InputStream in = ReportDatabase.class.getResourceAsStream(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
