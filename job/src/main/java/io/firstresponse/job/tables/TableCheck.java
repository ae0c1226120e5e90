package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.Identifier;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.ResultOptions;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.ownership.OwnershipTables;
import io.firstresponse.job.source.SourceOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Checks, before the job is submitted, that its tables exist and have its version. If the options
 * say so, it creates those that are missing, with the views that reports read. The job itself does
 * not need the views.
 */
public final class TableCheck {

  /** It is raised when a file removes something that this release still needs. */
  private static final int VERSION = 1;

  private static final String VERSION_SCRIPT = "required/01-schema-version.sql";

  private final PostgresConnections connections;
  private final ResponseMode mode;
  private final ResultLayout layout;
  private final String schema;
  private final boolean create;
  private final TableRights rights;

  public TableCheck(ResultDatabase database, ReadableConfig options) {
    this.connections = database.connections();
    this.mode = options.get(ResultOptions.RESPONSE_MODE);
    this.layout = ResultLayout.of(mode);
    this.schema = options.get(SinkOptions.SCHEMA);
    this.create = options.get(SinkOptions.CREATE_TABLES);
    this.rights =
        new TableRights(
            connections,
            schema,
            ResultDatabase.keepsCorrections(options),
            SourceOptions.givesTexts(options),
            SourceOptions.givesLabels(options));
  }

  /**
   * Passes if the job can use the tables.
   *
   * @throws BadOptionException in one line that says what to do, when the database cannot be
   *     reached, or when tables are missing or belong to something else
   */
  public void run() {
    try (connections) {
      Connection connection = connect();
      if (create) {
        createMissing(connection);
      }
      rights.checkReading(connection);
      verify(present(connection));
      refuseLost(connection);
      rights.checkWriting(connection);
      connection.commit();
    } catch (SQLException e) {
      throw ResultDatabase.refused(connections, e);
    }
  }

  private Connection connect() {
    try {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      throw ResultDatabase.unreachable(connections, e);
    }
  }

  private void createMissing(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Of two jobs that are submitted at once, only one creates the tables.
      statement.execute("select pg_advisory_xact_lock(hashtext('first_response_schema'))");
    }
    if (!schemaExists(connection)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create schema " + quotedSchema());
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local search_path to " + quotedSchema());
      statement.execute(script(VERSION_SCRIPT));
      Map<String, Integer> present = present(connection);
      refuseOtherMode(present);
      Map<String, String> all = new LinkedHashMap<>(scripts());
      all.putAll(optional());
      for (Map.Entry<String, String> component : all.entrySet()) {
        if (!present.containsKey(component.getKey())) {
          statement.execute(script(component.getValue()));
        }
      }
    }
  }

  private void verify(Map<String, Integer> present) {
    refuseOtherMode(present);
    List<String> missing = new ArrayList<>(scripts().keySet());
    missing.removeAll(present.keySet());
    if (!missing.isEmpty()) {
      List<String> files = new ArrayList<>(List.of(VERSION_SCRIPT));
      missing.forEach(table -> files.add(scripts().get(table)));
      throw new BadOptionException(
          "%s: schema %s of %s lacks %s. Create what is missing with: PGOPTIONS='-c search_path=%s' psql -v ON_ERROR_STOP=1 %s -d DATABASE; or give --%s true."
              .formatted(
                  SinkOptions.SCHEMA.key(),
                  schema,
                  connections,
                  String.join(", ", missing),
                  schema,
                  files.stream()
                      .map(file -> "-f conf/sql/" + file)
                      .collect(Collectors.joining(" ")),
                  SinkOptions.CREATE_TABLES.key()));
    }
    // Components that this release does not know belong to a later release that only added them.
    for (String table : scripts().keySet()) {
      if (present.get(table) != VERSION) {
        throw new BadOptionException(
            "%s: %s in schema %s of %s has version %d, and this release writes version %d. The tables were changed for a later release: start that one, or give this job a schema of its own."
                .formatted(
                    SinkOptions.SCHEMA.key(),
                    table,
                    schema,
                    connections,
                    present.get(table),
                    VERSION));
      }
    }
  }

  /** Refuses tables that were created and have been dropped or renamed since. */
  private void refuseLost(Connection connection) throws SQLException {
    for (Map.Entry<String, String> component : scripts().entrySet()) {
      String table = component.getKey().replaceFirst(" .*", "");
      if (!exists(connection, table)) {
        throw new BadOptionException(
            "%s: schema %s of %s has no table %s, though first_response_schema says that it was created. Bring it back, or delete its row there and create it with conf/sql/%s."
                .formatted(
                    SinkOptions.SCHEMA.key(), schema, connections, table, component.getValue()));
      }
    }
  }

  private void refuseOtherMode(Map<String, Integer> present) {
    for (ResponseMode other : ResponseMode.values()) {
      if (other != mode && present.containsKey(ResultLayout.of(other).component())) {
        throw new BadOptionException(
            "tbl_result in schema %s of %s is for %s %s, and this job has %s. Choose the other mode, or another schema with --%s."
                .formatted(
                    schema,
                    connections,
                    ResultOptions.RESPONSE_MODE.key(),
                    other,
                    mode,
                    SinkOptions.SCHEMA.key()));
      }
    }
  }

  /** The versions of the tables that the schema has, by name. */
  private Map<String, Integer> present(Connection connection) throws SQLException {
    Map<String, Integer> present = new LinkedHashMap<>();
    if (!exists(connection, "first_response_schema")) {
      return present;
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select component, version from " + quotedSchema() + ".first_response_schema")) {
      while (rows.next()) {
        present.put(rows.getString(1), rows.getInt(2));
      }
    }
    return present;
  }

  private boolean exists(Connection connection, String table) throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement(
            "select 1 from pg_tables where schemaname = ? and tablename = ?")) {
      exists.setString(1, schema);
      exists.setString(2, table);
      try (ResultSet row = exists.executeQuery()) {
        return row.next();
      }
    }
  }

  private boolean schemaExists(Connection connection) throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement("select 1 from pg_namespace where nspname = ?")) {
      exists.setString(1, schema);
      try (ResultSet row = exists.executeQuery()) {
        return row.next();
      }
    }
  }

  private String quotedSchema() {
    return new Identifier(schema).quoted();
  }

  /** The script that creates each table that this job writes. */
  private Map<String, String> scripts() {
    Map<String, String> scripts = new LinkedHashMap<>();
    scripts.put(layout.component(), layout.script());
    scripts.put("tbl_late", "required/03-late.sql");
    scripts.put("tbl_dead_letter", "required/04-dead-letter.sql");
    scripts.put("tbl_correction", "required/05-correction.sql");
    scripts.put(OwnershipTables.COMPONENT, OwnershipTables.SCRIPT);
    // Also where the job writes none of them: the views show them.
    scripts.put(NamesTable.AGENT.table(), NamesTable.AGENT.script());
    scripts.put(NamesTable.CUSTOMER.table(), NamesTable.CUSTOMER.script());
    scripts.put(ResultLayout.CLOSES_COMPONENT, ResultLayout.CLOSES_SCRIPT);
    scripts.put(NamesTable.LABELS.table(), NamesTable.LABELS.script());
    return scripts;
  }

  /** The scripts of what the job does not need, each after those that it depends on. */
  private Map<String, String> optional() {
    Map<String, String> optional = new LinkedHashMap<>();
    optional.put("report_settings", "figures/07-report-settings.sql");
    optional.put("response_sessions " + mode, "mode/" + mode + "/08-response-sessions.sql");
    optional.put("figures", "figures/09-figures.sql");
    optional.put("missing", "figures/14-missing.sql");
    return optional;
  }

  private static String script(String name) {
    try (InputStream in = TableCheck.class.getResourceAsStream("/sql/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
