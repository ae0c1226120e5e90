package io.firstresponse.connectors.postgres.sink;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Takes part in each transaction of a writer: it decides whether the writer may still write, and
 * records how far the writer is. Each writer has its own guard.
 *
 * <p>Each method works in the open transaction of the connection that it is given. The caller
 * commits it, or rolls it back if the method throws. A method that throws a {@link SQLException}
 * may be called again in a new transaction, if the failure is one that may pass; an {@link
 * IOException} ends the writer.
 *
 * <p>A guard that only lets a writer write while a row of its own exists:
 *
 * <pre>{@code
 * public void check(Connection connection) throws SQLException, IOException {
 *   try (Statement statement = connection.createStatement();
 *       ResultSet row =
 *           statement.executeQuery("select 1 from writers where id = 7 for no key update")) {
 *     if (!row.next()) {
 *       throw new IOException("Another writer has replaced this one.");
 *     }
 *   }
 * }
 * }</pre>
 */
@PublicEvolving
public interface TransactionGuard {

  /**
   * Claims the right to write, in a transaction that does nothing else. It is called once for each
   * writer, before its first transaction; again after a failure that may pass.
   *
   * @throws IOException if the writer may not write
   */
  void claim(Connection connection) throws SQLException, IOException;

  /**
   * Checks that the writer may still write, and keeps that so until the transaction ends. It is
   * called before the first row of each transaction.
   *
   * @throws IOException if the writer may not write any more
   */
  void check(Connection connection) throws SQLException, IOException;

  /**
   * Does what {@link #check} does, and records that all rows up to a watermark will be in the table
   * when this transaction is committed.
   *
   * @param watermark in milliseconds since the epoch; {@link Long#MAX_VALUE} at the end of the
   *     input
   * @throws IOException if the writer may not write any more
   */
  void recordProgress(Connection connection, long watermark) throws SQLException, IOException;

  /**
   * Does what {@link #check} does, and records that the writer is running, though it has nothing to
   * write.
   *
   * @throws IOException if the writer may not write any more
   */
  void recordAlive(Connection connection) throws SQLException, IOException;

  /** Whether the writer records its progress. If not, it calls neither of the two methods above. */
  boolean recordsProgress();
}
