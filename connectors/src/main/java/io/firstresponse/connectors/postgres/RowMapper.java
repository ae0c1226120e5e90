package io.firstresponse.connectors.postgres;

import java.io.Serializable;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.annotation.Nullable;

/**
 * Makes of a row what a {@link PostgresTimeSource} delivers. Shipped with the job. An exception
 * ends the task, so a row that cannot be used has to become a value that says so.
 *
 * @param <T> what is delivered
 */
@FunctionalInterface
public interface RowMapper<T> extends Serializable {

  /**
   * Reads the row that {@code row} stands at. The first column is the time, those of the {@link
   * TimedTable} follow in their order.
   *
   * @param time the row's time in microseconds since 1970-01-01T00:00:00Z; null if it has none; the
   *     least or the greatest {@code long} for {@code -infinity}, {@code infinity} and what is
   *     beyond
   */
  T map(ResultSet row, @Nullable Long time) throws SQLException;

  /**
   * Whether the value has its row's time as event time. If so it is held back while that is ahead
   * of the database's clock; if not it is delivered at once.
   */
  default boolean isTimed(T value) {
    return true;
  }
}
