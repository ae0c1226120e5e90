package io.firstresponse.connectors.postgres.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The records of the rows that a table refused. A record that is not settled is deleted in the
 * transaction that writes a row with the same key. While there are none, this costs nothing.
 *
 * @param <T> the type of a row of the table
 */
final class RefusedRows<T> {

  private final PostgresTable<T> table;
  private final PostgresTable<RefusedRow<T>> records;
  private final Optional<String> unsettled;
  // Whether there may be records that are not settled; empty until that is looked up.
  private Optional<Boolean> any = Optional.empty();

  /**
   * @param records where refused rows are recorded, in the same database
   * @param unsettled a condition in SQL for records that are not settled, the record being {@code
   *     t}; without it records stay
   */
  RefusedRows(
      PostgresTable<T> table, PostgresTable<RefusedRow<T>> records, Optional<String> unsettled) {
    this.table = table;
    this.records = records;
    this.unsettled = unsettled;
  }

  PostgresTable<RefusedRow<T>> records() {
    return records;
  }

  /** The record of a refused row. */
  RefusedRow<T> of(T row, String sqlState, String reason) {
    return new RefusedRow<>(
        row, table.unqualifiedName(), table.key(row), table.json(row), sqlState, reason);
  }

  /** Notes that records were written. */
  void recorded() {
    any = Optional.of(true);
  }

  /** Looks with the next transaction whether records are left. */
  void lookAgain() {
    if (any.orElse(false)) {
      any = Optional.empty();
    }
  }

  /** Deletes the records of rows that the open transaction writes. */
  void settle(Connection open, List<T> rows) throws SQLException {
    if (unsettled.isEmpty() || rows.isEmpty()) {
      return;
    }
    if (any.isEmpty()) {
      any = Optional.of(find(open, unsettled.get()));
    }
    if (any.get()) {
      try (PreparedStatement delete =
          open.prepareStatement(records.sql().clear() + " and (" + unsettled.get() + ")")) {
        records.bind(
            delete, rows.stream().map(row -> of(row, "", "")).toList(), RowOrder.Action.CLEAR);
        delete.executeUpdate();
      }
    }
  }

  private boolean find(Connection open, String condition) throws SQLException {
    try (Statement statement = open.createStatement();
        ResultSet found =
            statement.executeQuery(
                "select exists (select from %s as t where %s)"
                    .formatted(records.name(), condition))) {
      found.next();
      return found.getBoolean(1);
    }
  }
}
