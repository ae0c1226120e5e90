package io.firstresponse.job.ownership;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The key groups of a table that one task writes.
 *
 * @param target the name of the table
 * @param first the first one
 * @param last the last one
 * @param all how many key groups there are: the job's maximum parallelism
 */
record KeyGroups(String target, int first, int last, int all) {

  /** The rows of {@code tbl_writer} whose key groups overlap: four parameters. */
  static final String OVERLAPPING =
      " where target = ? and (all_groups <> ? or (first_group <= ? and last_group >= ?))";

  /** Sets the parameters of {@link #OVERLAPPING}, which are the first ones of the statement. */
  void bindOverlapping(PreparedStatement statement) throws SQLException {
    statement.setString(1, target);
    statement.setInt(2, all);
    statement.setInt(3, last);
    statement.setInt(4, first);
  }

  @Override
  public String toString() {
    return "%s, key groups %d to %d".formatted(target, first, last);
  }
}
