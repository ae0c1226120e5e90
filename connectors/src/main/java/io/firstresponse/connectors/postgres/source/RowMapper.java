package io.firstresponse.connectors.postgres.source;

import java.io.Serializable;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Converts a row to the value that a {@link PostgresTimeSource} delivers. It is part of the job
 * graph. An exception ends the task, so a row that cannot be used has to become a value of its own.
 *
 * @param <T> what is delivered
 */
@PublicEvolving
@FunctionalInterface
public interface RowMapper<T> extends Serializable {

  /**
   * Reads the current row. The first column is the time; the columns of the {@link TimedTable}
   * follow in their order.
   *
   * @param time the row's time in microseconds since 1970-01-01T00:00:00Z; null if it has none; the
   *     least or the greatest {@code long} for {@code -infinity}, {@code infinity} and times that a
   *     {@code long} cannot hold
   */
  T map(ResultSet row, @Nullable Long time) throws SQLException;

  /**
   * Whether the row's time is the event time of the value. If so, the value is held while that is
   * ahead of the database's clock; if not, it is delivered at once.
   */
  default boolean isTimed(T value) {
    return true;
  }
}
