package io.firstresponse.job.ownership;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;

/**
 * The identity of the rows that the tables have, in {@code tbl_identity}. A job that begins new
 * rows changes it. A job has it in its state, so state of a job that wrote other rows is found out.
 */
public final class TableIdentity {

  private final String table;

  /**
   * @param schema where the tables are
   */
  public TableIdentity(String schema) {
    this.table = OwnershipTables.quoted(schema, OwnershipTables.IDENTITY);
  }

  /** Whether the tables exist. */
  boolean exists(Connection connection) throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement("select to_regclass(?) is not null")) {
      exists.setString(1, table);
      try (ResultSet row = exists.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /** The start, now, of a job that goes on with the rows that are there. */
  public JobStart startNow(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select clock_timestamp(), (select id from %s)".formatted(table))) {
      row.next();
      return new JobStart(
          row.getObject(1, OffsetDateTime.class), host(), row.getString(2), false, false);
    }
  }

  /** Makes the rows those of a job with a certain identity: state of other jobs no longer fits. */
  void set(Connection connection, String id) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update %s set id = ?::uuid where id <> ?::uuid".formatted(table))) {
      update.setString(1, id);
      update.setString(2, id);
      update.executeUpdate();
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
