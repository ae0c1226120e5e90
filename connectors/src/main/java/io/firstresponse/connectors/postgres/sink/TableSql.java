package io.firstresponse.connectors.postgres.sink;

import static java.util.stream.Collectors.joining;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The statements that write a table. Each but {@code copy} has one array for each column.
 *
 * @param insert inserts rows that the table does not have
 * @param copy the COPY that does the same
 * @param upsert inserts rows, or does what is configured where the table has the key
 * @param delete deletes rows by their key, if a condition holds
 * @param clear deletes rows by their key
 */
record TableSql(String insert, String copy, String upsert, String delete, String clear)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * What happens to a row whose key the table has.
   *
   * @param update whether the columns outside the key are updated
   * @param guard a condition for updating
   * @param stamp a column that is set to the time of the transaction
   * @param deleteGuard a condition for deleting
   */
  record OnConflict(
      boolean update,
      Optional<String> guard,
      Optional<Identifier> stamp,
      Optional<String> deleteGuard) {}

  /**
   * Builds the statements.
   *
   * @param name the table's name in SQL
   * @param key those of the columns that are the key
   */
  static <T> TableSql of(
      String name, List<Column<T>> columns, List<Column<T>> key, OnConflict conflict) {
    String insert =
        "insert into "
            + name
            + " as t ("
            + names(columns)
            + ") select * from unnest("
            + parameters(columns)
            + ")";
    String clear =
        "delete from "
            + name
            + " as t using unnest("
            + parameters(key)
            + ") as deleted ("
            + names(key)
            + ") where "
            + key.stream()
                .map(c -> "t." + c.name().quoted() + " = deleted." + c.name().quoted())
                .collect(joining(" and "));
    return new TableSql(
        insert,
        "copy " + name + " (" + names(columns) + ") from stdin (format binary)",
        insert + onConflict(columns, key, conflict),
        clear + conflict.deleteGuard.map(condition -> " and (" + condition + ")").orElse(""),
        clear);
  }

  private static <T> String onConflict(
      List<Column<T>> columns, List<Column<T>> key, OnConflict conflict) {
    String action =
        conflict.update
            ? "update set "
                + columns.stream()
                    .filter(column -> !key.contains(column))
                    .map(c -> c.name().quoted() + " = " + c.updated())
                    .collect(joining(", "))
                + conflict.stamp.map(column -> ", " + column.quoted() + " = now()").orElse("")
                + conflict.guard.map(condition -> " where (" + condition + ")").orElse("")
            : "nothing";
    return " on conflict (" + names(key) + ") do " + action;
  }

  private static <T> String names(List<Column<T>> columns) {
    return columns.stream().map(column -> column.name().quoted()).collect(joining(", "));
  }

  private static <T> String parameters(List<Column<T>> columns) {
    return columns.stream().map(Column::parameter).collect(joining(", "));
  }
}
