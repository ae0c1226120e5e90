package io.firstresponse.benchmarks.setup;

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
 * The PostgreSQL that all contestants write to: an embedded one, with the durability settings of a
 * production server and the memory settings of a small one, which the window query needs. Each run
 * has a schema of its own.
 */
public final class Postgres implements AutoCloseable {

  /** A superuser, who needs no password. */
  public static final String USER = "postgres";

  private static final Map<String, String> SETTINGS =
      Map.of(
          // The embedded server is started with -F; a later option on its command line takes
          // precedence.
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
  public static Postgres start() throws IOException, SQLException {
    return start(Map.of());
  }

  /** Starts a server with further settings. */
  public static Postgres start(Map<String, String> settings) throws IOException, SQLException {
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

  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.getPort());
  }

  /** Opens a connection whose search path is one schema. */
  public Connection connect(String schema) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    properties.setProperty("currentSchema", schema);
    // Not through the DriverManager: the job deregisters the driver.
    return new Driver().connect(url(), properties);
  }

  /** Runs statements in a schema, each in a transaction of its own. */
  public void execute(String schema, String... statements) throws SQLException {
    try (Connection connection = connect(schema);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The number that a query returns. */
  public long number(String schema, String query) throws SQLException {
    try (Connection connection = connect(schema);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Creates an empty schema, and takes a checkpoint first so that earlier work is not written
   * during the measurement.
   */
  public void freshSchema(String schema) throws SQLException {
    execute("public", "create schema " + schema, "checkpoint");
  }

  public void dropSchema(String schema) throws SQLException {
    execute("public", "drop schema " + schema + " cascade", "checkpoint");
  }

  /** The main process of the server; its child processes do the work. */
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
