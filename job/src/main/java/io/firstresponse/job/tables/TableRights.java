package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.JobOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks, before the job is submitted, whether the user may do in the tables what the job does, and
 * whether this connection leads to a server that takes writes. The rights are those of {@code
 * conf/sql/optional/roles.sql}.
 */
final class TableRights {

  private static final String READS = "select";

  private final PostgresConnections connections;
  private final String schema;
  private final Map<String, List<String>> needed = new LinkedHashMap<>();

  /**
   * @param corrections whether the job writes {@code tbl_correction}
   */
  TableRights(PostgresConnections connections, String schema, boolean corrections) {
    this.connections = connections;
    this.schema = schema;
    needed.put("first_response_schema", List.of(READS));
    needed.put("tbl_result", List.of(READS, "insert", "update", "delete"));
    needed.put("tbl_late", List.of(READS, "insert", "delete"));
    needed.put("tbl_dead_letter", List.of(READS, "insert", "update", "delete"));
    needed.put("tbl_writer", List.of(READS, "insert", "update", "delete"));
    needed.put("tbl_load", List.of(READS, "insert", "update", "delete"));
    if (corrections) {
      needed.put("tbl_correction", List.of(READS, "insert"));
    }
  }

  /**
   * Passes if the user may look into the schema, as far as it is there, and read what it has.
   *
   * @throws BadOptionException in one line, with the SQL that grants what is missing
   */
  void checkReading(Connection connection) throws SQLException {
    refuse(missing(connection, Map.of("first_response_schema", List.of(READS))));
  }

  /**
   * Passes if the job can work in the tables, which are known to be there.
   *
   * @throws BadOptionException in one line, with the SQL that grants what is missing
   */
  void checkWriting(Connection connection) throws SQLException {
    refuse(missing(connection, needed));
    try (Statement lock = connection.createStatement()) {
      // Locks nothing, but only where rows can be locked.
      lock.execute(
          "select 1 from %s.tbl_writer where false for no key update".formatted(quoted(schema)));
    }
  }

  /** The grants that are missing; tables that are not there are nobody's to grant. */
  private List<String> missing(Connection connection, Map<String, List<String>> rights)
      throws SQLException {
    List<String> grants = new ArrayList<>();
    String user;
    try (PreparedStatement usage =
        connection.prepareStatement(
            "select current_user, has_schema_privilege(oid, 'usage') from pg_namespace"
                + " where nspname = ?")) {
      usage.setString(1, schema);
      try (ResultSet row = usage.executeQuery()) {
        if (!row.next()) {
          return grants;
        }
        user = quoted(row.getString(1));
        if (!row.getBoolean(2)) {
          grants.add("grant usage on schema %s to %s".formatted(quoted(schema), user));
        }
      }
    }
    for (Map.Entry<String, List<String>> table : rights.entrySet()) {
      List<String> lacking = lacking(connection, table.getKey(), table.getValue());
      if (!lacking.isEmpty()) {
        grants.add(
            "grant %s on %s.%s to %s"
                .formatted(String.join(", ", lacking), quoted(schema), table.getKey(), user));
      }
    }
    return grants;
  }

  private List<String> lacking(Connection connection, String table, List<String> rights)
      throws SQLException {
    List<String> lacking = new ArrayList<>();
    for (String right : rights) {
      // Rights on single columns may be enough; there are none for deleting.
      String function = right.equals("delete") ? "has_table_privilege" : "has_any_column_privilege";
      try (PreparedStatement has =
          connection.prepareStatement(
              "select %s(c.oid, ?) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ? and c.relname = ?"
                  .formatted(function))) {
        has.setString(1, right);
        has.setString(2, schema);
        has.setString(3, table);
        try (ResultSet row = has.executeQuery()) {
          if (row.next() && !row.getBoolean(1)) {
            lacking.add(right);
          }
        }
      }
    }
    return lacking;
  }

  private void refuse(List<String> grants) {
    if (!grants.isEmpty()) {
      throw new BadOptionException(
          "%s: %s lacks rights in schema %s. Let the owner of the tables run: %s; or take a user with role first_response_writer (conf/sql/optional/roles.sql)."
              .formatted(
                  JobOptions.JDBC_USER.key(), connections, schema, String.join("; ", grants)));
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
