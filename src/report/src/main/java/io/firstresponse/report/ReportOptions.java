package io.firstresponse.report;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.DatabaseOptions;
import io.firstresponse.job.options.GivenOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The options of {@code scripts/report}. Those of the database have the names of the job's options.
 * {@code --config} may name the file of the job: options of the job that are not the report's are
 * ignored there.
 *
 * @param connections connections to the database; they read the password when connecting
 * @param schema the schema of the tables and views
 * @param out the file to write
 * @param request what to show
 */
record ReportOptions(
    PostgresConnections connections, String schema, Path out, ReportRequest request) {

  static final String URL = "sink.jdbc.url";
  static final String SCHEMA = "sink.jdbc.schema";
  static final String OUT = "out";
  static final String FROM = "from";
  static final String TO = "to";
  static final String TARGET = "target";
  static final String TEAM = "team";
  static final String AGENT = "agent";

  private static final String USER = "sink.jdbc.user";
  private static final String PASSWORD_FILE = "sink.jdbc.password-file";
  private static final String PASSWORD_VARIABLE = "FIRST_RESPONSE_JDBC_PASSWORD";
  private static final String TITLE = "title";

  /** The name of a label follows. */
  private static final String LABEL = "label.";

  static final DatabaseOptions DATABASE = new DatabaseOptions(URL, USER, PASSWORD_FILE);

  /** A year of many millions of sessions takes minutes. */
  private static final Duration LONGEST_QUERY = Duration.ofMinutes(30);

  /** The help of {@code scripts/report} describes them. */
  static final List<String> KEYS =
      List.of(
          URL, USER, PASSWORD_FILE, SCHEMA, OUT, FROM, TO, TARGET, TITLE, TEAM, LABEL + "*", AGENT);

  /**
   * Parses the options.
   *
   * @throws BadOptionException when one is unknown, missing or invalid
   */
  static ReportOptions parse(String[] args) {
    Map<String, String> given = new GivenOptions(KEYS, key -> true).read(args);
    given.forEach(
        (key, value) -> {
          if (value.isBlank()) {
            throw new BadOptionException("%s has no value.".formatted(key));
          }
        });
    String url = needed(given, URL, "for example jdbc:postgresql://localhost:5432/support");
    String user = needed(given, USER, "the database user who reads the results");
    Path out = out(needed(given, OUT, "the HTML file to write"));
    Optional<LocalDate> from = day(given, FROM);
    Optional<LocalDate> to = day(given, TO);
    return new ReportOptions(
        connections(url, user, Optional.ofNullable(given.get(PASSWORD_FILE))),
        given.getOrDefault(SCHEMA, "public"),
        out,
        new ReportRequest(
            given.getOrDefault(TITLE, ReportRequest.USUAL_TITLE),
            from,
            to,
            Optional.ofNullable(given.get(TARGET)),
            new ReportFilter(
                Optional.ofNullable(given.get(TEAM)),
                labels(given),
                Optional.ofNullable(given.get(AGENT)))));
  }

  private static SortedMap<String, String> labels(Map<String, String> given) {
    SortedMap<String, String> labels = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          if (key.startsWith(LABEL)) {
            labels.put(key.substring(LABEL.length()), value);
          }
        });
    return labels;
  }

  private static String needed(Map<String, String> given, String key, String example) {
    String value = given.get(key);
    if (value == null) {
      throw new BadOptionException("--%s is missing: %s.".formatted(key, example));
    }
    return value;
  }

  private static PostgresConnections connections(
      String url, String user, Optional<String> passwordFile) {
    try {
      PostgresConnections.Builder builder =
          PostgresConnections.to(url, user)
              .applicationName("first-response-report")
              .socketTimeout(LONGEST_QUERY);
      return passwordFile
          .map(builder::passwordFile)
          .orElseGet(() -> builder.passwordVariable(PASSWORD_VARIABLE))
          .build();
    } catch (IllegalArgumentException e) {
      throw new BadOptionException("%s: %s.".formatted(URL, e.getMessage()));
    }
  }

  private static Path out(String name) {
    Path path;
    try {
      path = Path.of(name).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new BadOptionException("%s: '%s' is not a path.".formatted(OUT, name));
    }
    if (Files.isDirectory(path)) {
      throw new BadOptionException("%s: %s is a folder; name a file.".formatted(OUT, name));
    }
    if (path.getParent() == null || !Files.isDirectory(path.getParent())) {
      throw new BadOptionException("%s: there is no folder %s.".formatted(OUT, path.getParent()));
    }
    return path;
  }

  private static Optional<LocalDate> day(Map<String, String> given, String key) {
    String value = given.get(key);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(value));
    } catch (DateTimeParseException e) {
      throw new BadOptionException(
          "%s: '%s' is not a day, such as 2026-03-01.".formatted(key, value));
    }
  }
}
