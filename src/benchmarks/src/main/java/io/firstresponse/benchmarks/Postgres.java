package io.firstresponse.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * The PostgreSQL that everything is written to: embedded, and as durable as a server of one's own.
 * Memory is that of a small server, for the window query's sake; each run gets a schema of its own.
 */
final class Postgres implements AutoCloseable {

  /** Let in without a password. */
  static final String USER = "postgres";

  private static final Map<String, String> SETTINGS =
      Map.of(
          // The embedded server is started with -F; what comes later on its command line wins.
          "fsync", "on",
          "synchronous_commit", "on",
          "full_page_writes", "on",
          "shared_buffers", "512MB",
          "work_mem", "256MB",
          "maintenance_work_mem", "256MB",
          "max_wal_size", "8GB",
          "checkpoint_timeout", "30min",
          "listen_addresses", "127.0.0.1",
          "unix_socket_directories", "");

  private final EmbeddedPostgres server;

  private Postgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts a server. */
  static Postgres start() throws IOException, SQLException {
    return start(Map.of());
  }

  /** Starts a server with further settings. */
  static Postgres start(Map<String, String> settings) throws IOException, SQLException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60));
    SETTINGS.forEach(builder::setServerConfig);
    settings.forEach(builder::setServerConfig);
    Postgres postgres = new Postgres(builder.start());
    try (Connection connection = postgres.connect("public")) {
      if (!text(connection, "show fsync").equals("on")) {
        throw new IllegalStateException("the embedded PostgreSQL runs without fsync");
      }
    }
    return postgres;
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.getPort());
  }

  /** A connection that finds tables in one schema. */
  Connection connect(String schema) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("currentSchema", schema);
    // Not through the DriverManager: the job takes the driver out of it.
    return new Driver().connect(url(), properties);
  }

  /** Runs statements in a schema, each in a transaction of its own. */
  void execute(String schema, String... statements) throws SQLException {
    try (Connection connection = connect(schema);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The number that a query gives. */
  long number(String schema, String query) throws SQLException {
    try (Connection connection = connect(schema);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Makes an empty schema, and leaves nothing of earlier work to be written meanwhile. */
  void freshSchema(String schema) throws SQLException {
    execute("public", "create schema " + schema, "checkpoint");
  }

  void dropSchema(String schema) throws SQLException {
    execute("public", "drop schema " + schema + " cascade", "checkpoint");
  }

  /** The server's own process, whose children do the work. */
  ProcessHandle process() throws IOException, SQLException {
    try (Connection connection = connect("public")) {
      Path pidFile = Path.of(text(connection, "show data_directory"), "postmaster.pid");
      long pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
      return ProcessHandle.of(pid)
          .orElseThrow(() -> new IllegalStateException("PostgreSQL's process is not to be seen"));
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
