package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of this package, for whoever creates them or looks whether a user may use them. */
public final class OwnershipTables {

  /** The name under which {@code first_response_schema} has them. */
  public static final String COMPONENT = "tbl_writer";

  /** The file of {@code conf/sql} that creates them. */
  public static final String SCRIPT = "required/06-writer.sql";

  static final String WRITER = COMPONENT;
  static final String IDENTITY = "tbl_identity";
  static final String LOAD = "tbl_load";

  private OwnershipTables() {}

  /** The rights that the job needs, by table. */
  public static Map<String, List<String>> rights() {
    List<String> all = List.of("select", "insert", "update", "delete");
    Map<String, List<String>> rights = new LinkedHashMap<>();
    rights.put(WRITER, all);
    rights.put(LOAD, all);
    return rights;
  }

  /**
   * Passes if rows can be locked, as each transaction of a writer does. It locks none.
   *
   * @throws SQLException if not, as on a standby
   */
  public static void checkLocking(Connection connection, String schema) throws SQLException {
    try (Statement lock = connection.createStatement()) {
      lock.execute(
          "select 1 from %s where false for no key update".formatted(WriterTable.in(schema)));
    }
  }

  /** A query in SQL for the time when the job was submitted that wrote the results last. */
  public static String lastSubmission(String schema) {
    return "select max(submitted_at) from %s where target = 'tbl_result'"
        .formatted(WriterTable.in(schema));
  }

  static String quoted(String schema, String table) {
    return new Identifier(schema).quoted() + "." + table;
  }
}
