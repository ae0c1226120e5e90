package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * The table {@code tbl_writer}: a row for each task that writes a table of results, with the key
 * groups that it writes, and how far it is. Its columns are described in {@code
 * conf/sql/required/06-writer.sql}.
 *
 * @param name in SQL, with its schema
 */
record WriterTable(String name) {

  /** The columns that {@link #submission} reads, in their order. */
  static final String SUBMISSION = "submitted_at, host, job_id";

  /** The columns that {@link #attempt} reads, in their order. */
  static final String ATTEMPT = SUBMISSION + ", restored_checkpoint, execution, attempt";

  static WriterTable in(String schema) {
    return new WriterTable(new Identifier(schema).quoted() + "." + OwnershipTables.WRITER);
  }

  /** Waits for other claims, and lets none begin until the transaction ends. */
  void lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table " + name + " in share update exclusive mode");
    }
  }

  /** The job that was submitted last of those that have a row for a table. */
  Optional<Submission> lastSubmission(Connection connection, String target) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select %s from %s where target = ? order by submitted_at desc, job_id desc limit 1"
                .formatted(SUBMISSION, name))) {
      select.setString(1, target);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(submission(row, 1)) : Optional.empty();
      }
    }
  }

  /**
   * Reads a submission from a row.
   *
   * @param first the number of the first column of {@link #SUBMISSION}
   */
  static Submission submission(ResultSet row, int first) throws SQLException {
    return new Submission(
        row.getObject(first, OffsetDateTime.class),
        row.getString(first + 1),
        row.getString(first + 2));
  }

  /**
   * Reads an attempt from a row.
   *
   * @param first the number of the first column of {@link #ATTEMPT}
   */
  static Attempt attempt(ResultSet row, int first) throws SQLException {
    return new Attempt(
        submission(row, first),
        row.getLong(first + 3),
        row.getString(first + 4),
        row.getInt(first + 5));
  }

  @Override
  public String toString() {
    return name;
  }
}
