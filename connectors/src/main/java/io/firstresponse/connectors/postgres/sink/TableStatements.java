package io.firstresponse.connectors.postgres.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** Writes rows over one connection, with statements that are prepared once. */
final class TableStatements {

  /**
   * Fewer rows are inserted: COPY needs one more round trip, and a statement that is not prepared.
   */
  private static final int MIN_COPIED = 500;

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final Map<String, Boolean> copied = new HashMap<>();

  TableStatements(Connection connection) {
    this.connection = connection;
  }

  /**
   * Writes rows.
   *
   * @param inserting whether rows that are expected to be new are inserted; if not, upserted
   * @return how many rows of the table were changed
   */
  <R> int write(PostgresTable<R> table, RowOrder.Part<R> part, boolean inserting)
      throws SQLException {
    return switch (part.action()) {
      case CLEAR -> execute(table.sql().clear(), table, part);
      case DELETE -> execute(table.sql().delete(), table, part);
      case UPSERT -> execute(table.sql().upsert(), table, part);
      case INSERT -> {
        if (!inserting) {
          yield execute(table.sql().upsert(), table, part);
        } else if (part.rows().size() >= MIN_COPIED && canCopyInto(table)) {
          table.encode(part.rows()).send(connection, table.sql().copy());
          yield part.rows().size();
        }
        yield execute(table.sql().insert(), table, part);
      }
    };
  }

  private <R> int execute(String sql, PostgresTable<R> table, RowOrder.Part<R> part)
      throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    table.bind(statement, part.rows(), part.action());
    return statement.executeUpdate();
  }

  /** COPY does not write to views, and ignores rules and row security. */
  private boolean canCopyInto(PostgresTable<?> table) throws SQLException {
    Boolean known = copied.get(table.name());
    if (known == null) {
      known = find(table.name());
      copied.put(table.name(), known);
    }
    return known;
  }

  private boolean find(String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select relkind in ('r', 'p') and not relhasrules and not row_security_active(oid)"
                    + " from pg_class where oid = '%s'::regclass"
                        .formatted(name.replace("'", "''")))) {
      return row.next() && row.getBoolean(1);
    }
  }
}
