package io.firstresponse.connectors.postgres.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Takes part in each transaction that writes rows of a table, after them. It can look at what the
 * table has now, and write to other tables of the same database.
 *
 * @param <T> the type of a row
 */
@FunctionalInterface
@PublicEvolving
public interface RowsWritten<T> {

  /**
   * Works in the open transaction. The caller commits it, or rolls it back if this fails; then the
   * method may be called again for the same rows.
   *
   * @param rows the rows of the transaction, one for each key
   * @param changed how many rows of the table were inserted, updated or deleted. If it is less than
   *     the number of rows, the table had some of their keys and kept what it had
   */
  void in(Connection connection, List<T> rows, int changed) throws SQLException;
}
