package io.firstresponse.report;

import io.firstresponse.job.options.BadOptionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The figures of a period as one HTML file that needs no network and no server. PostgreSQL computes
 * the data as one JSON document, which the script of the page draws with D3.
 */
public final class Report {

  /** The tables and views that a report needs. Without data_completeness it leaves a card out. */
  private static final List<String> NEEDED =
      List.of(
          "response_sessions",
          "report_settings",
          "response_target",
          "target_rule",
          "response_bracket",
          "waiting_now",
          "late_messages",
          "tbl_correction",
          "tbl_agent");

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z0-9-]+)}}");

  private final String title;
  private final String data;

  private Report(String title, String data) {
    this.title = title;
    this.data = data;
  }

  /**
   * Reads all figures in one read-only snapshot.
   *
   * @param connection its settings are the same afterwards
   * @param schema the schema of the tables and views
   * @throws BadOptionException when the schema has no views, the days are in the wrong order, or
   *     there is no such target
   * @throws SQLException when a query fails
   */
  public static Report read(Connection connection, String schema, ReportRequest request)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set transaction isolation level repeatable read read only");
        // So that the sorts of a month need no files.
        statement.execute("set local work_mem = '64MB'");
        // To compile the queries takes longer than to run them.
        statement.execute("set local jit = off");
      }
      text(connection, "select set_config('search_path', quote_ident(?), true)", schema);
      checkViews(connection, schema);
      return new Report(request.title(), json(connection, request));
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
  }

  /** Writes the file: after an error, an existing one is unchanged. */
  public void write(Path file) throws IOException {
    Path unfinished = file.resolveSibling("." + file.getFileName() + ".unfinished");
    try {
      Files.writeString(unfinished, html());
      Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** The page with its style, scripts and data. */
  String html() {
    String d3 = "/META-INF/resources/webjars/d3/" + d3Version() + "/";
    Map<String, String> parts =
        Map.of(
            "title", escaped(title),
            "style", resource("page.css"),
            "d3-licence", resource(d3 + "LICENSE"),
            "d3", resource(d3 + "dist/d3.min.js"),
            "data", embedded(data),
            "script", script());
    // In one pass, so that placeholders in the inserted texts are not replaced.
    return PLACE
        .matcher(resource("page.html"))
        .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
  }

  private static String json(Connection connection, ReportRequest request) throws SQLException {
    LocalDate first;
    LocalDate last;
    try (PreparedStatement statement = connection.prepareStatement(resource("period.sql"))) {
      statement.setObject(1, request.from().orElse(null));
      statement.setObject(2, request.to().orElse(null));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        first = row.getObject("first_day", LocalDate.class);
        last = row.getObject("last_day", LocalDate.class);
      }
    }
    if (first.isAfter(last)) {
      throw new BadOptionException(
          "%s: %s is after %s %s.".formatted(ReportOptions.FROM, first, ReportOptions.TO, last));
    }
    String target = ReportNames.target(connection, request);
    String team = ReportNames.team(connection, request.filter());
    Long agent = ReportNames.agent(connection, request.filter());
    String[] pairs = request.filter().labelPairs();
    Array labels = pairs == null ? null : connection.createArrayOf("text", pairs);
    List<String> figures =
        row(connection, resource("figures.sql"), first, last, team, labels, agent);
    return "{\"about\":"
        + text(
            connection,
            resource("about.sql"),
            request.title(),
            first,
            last,
            target,
            team,
            labels,
            agent)
        + ",\"figures\":"
        + figures.get(0)
        + ",\"slices\":"
        + figures.get(1)
        + ",\"slicesOf\":"
        + figures.get(2)
        + ",\"waiting\":"
        + text(connection, resource("waiting.sql"), team, labels, agent)
        + ",\"surprises\":"
        + text(connection, resource("surprises.sql"), first, last)
        + ",\"completeThrough\":"
        + (exists(connection, "data_completeness")
            ? text(connection, resource("complete-through.sql"), first, last)
            : "null")
        + "}";
  }

  private static void checkViews(Connection connection, String schema) throws SQLException {
    for (String name : NEEDED) {
      if (!exists(connection, name)) {
        throw new BadOptionException(
            "%s: schema %s has no %s. The job makes the views with --sink.jdbc.create-tables true; or run the files of conf/sql there, in the order of conf/sql/install.sql."
                .formatted(ReportOptions.SCHEMA, schema, name));
      }
    }
  }

  private static boolean exists(Connection connection, String name) throws SQLException {
    return text(connection, "select to_regclass(?)", name) != null;
  }

  /** The value of a query with one row and one column. */
  private static String text(Connection connection, String query, Object... values)
      throws SQLException {
    return row(connection, query, values).get(0);
  }

  /** The values of a query with one row. */
  private static List<String> row(Connection connection, String query, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          columns.add(row.getString(i));
        }
        return columns;
      }
    }
  }

  /** JSON whose strings cannot end the HTML element that contains it. */
  static String embedded(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String d3Version() {
    Properties versions = new Properties();
    try (InputStream in = Report.class.getResourceAsStream("/report/versions.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions.getProperty("d3");
  }

  /** The files share one scope, in this order. */
  private static String script() {
    return Stream.of("words.js", "tables.js", "charts.js", "figures.js", "page.js")
        .map(Report::resource)
        .collect(Collectors.joining("\n"));
  }

  static String resource(String name) {
    String path = name.startsWith("/") ? name : "/report/" + name;
    try (InputStream in = Report.class.getResourceAsStream(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
