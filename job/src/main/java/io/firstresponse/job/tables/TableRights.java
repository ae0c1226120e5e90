package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.Identifier;
import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.job.options.BadOptionException;
import io.firstresponse.job.options.SinkOptions;
import io.firstresponse.job.ownership.OwnershipTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks, before the job is submitted, that the user has the rights that the job needs, and that
 * the server accepts writes. The rights are those of {@code conf/sql/optional/roles.sql}.
 */
final class TableRights {

  private static final String READS = "select";

  private final PostgresConnections connections;
  private final String schema;
  private final Map<String, List<String>> needed = new LinkedHashMap<>();

  /**
   * @param corrections whether the job writes {@code tbl_correction}
   * @param names whether the job writes {@code tbl_agent} and {@code tbl_customer}
   * @param labels whether the job writes {@code tbl_labels}
   */
  TableRights(
      PostgresConnections connections,
      String schema,
      boolean corrections,
      boolean names,
      boolean labels) {
    this.connections = connections;
    this.schema = schema;
    needed.put("first_response_schema", List.of(READS));
    needed.put("tbl_result", List.of(READS, "insert", "update", "delete"));
    needed.put("tbl_late", List.of(READS, "insert", "delete"));
    needed.put("tbl_dead_letter", List.of(READS, "insert", "update", "delete"));
    needed.putAll(OwnershipTables.rights());
    if (corrections) {
      needed.put("tbl_correction", List.of(READS, "insert"));
    }
    if (names) {
      needed.put(NamesTable.AGENT.table(), List.of(READS, "insert", "update"));
      needed.put(NamesTable.CUSTOMER.table(), List.of(READS, "insert", "update"));
    }
    if (labels) {
      needed.put(NamesTable.LABELS.table(), List.of(READS, "insert"));
    }
  }

  /**
   * Passes if the user may use the schema and read its version, or if there is no such schema.
   *
   * @throws BadOptionException in one line, with the SQL that grants what is missing
   */
  void checkReading(Connection connection) throws SQLException {
    refuse(missing(connection, Map.of("first_response_schema", List.of(READS))));
  }

  /**
   * Passes if the job can write the tables, which are known to exist.
   *
   * @throws BadOptionException in one line, with the SQL that grants what is missing
   */
  void checkWriting(Connection connection) throws SQLException {
    refuse(missing(connection, needed));
    OwnershipTables.checkLocking(connection, schema);
  }

  /** The grants that are missing. Tables that do not exist are left out. */
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
      // Rights on single columns may be enough. Deleting is a right on the table only.
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
              .formatted(SinkOptions.USER.key(), connections, schema, String.join("; ", grants)));
    }
  }

  private static String quoted(String name) {
    return new Identifier(name).quoted();
  }
}
