package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.sink.TransactionGuard;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Fences off earlier writers of a table. An attempt that Flink has given up may go on for a while,
 * as when its process was stopped and continues later; it must not write then.
 *
 * <p>Each writer has a row in {@code tbl_writer}. A {@link Claim} takes the rows of earlier writers
 * away. Each transaction of a writer begins with a lock on its own row, see {@link WriterRow}: it
 * fails if the row has been taken away, and a claim waits until it has ended. So everything that an
 * earlier writer wrote is in the table when the claim is committed, and nothing is written later.
 *
 * <p>The row also has the writer's progress, see {@link InitialProgress}. Not thread-safe.
 */
public final class Fence implements TransactionGuard {

  private final String name;
  private final WriterRow row;
  private final Claim claim;
  private final InitialProgress progress;

  Fence(String schema, KeyGroups groups, Attempt attempt, InitialProgress progress) {
    WriterTable table = WriterTable.in(schema);
    this.name = groups.target() + " in " + table;
    this.row = new WriterRow(table, groups, attempt);
    this.claim = new Claim(table, groups, attempt, progress, row.owner());
    this.progress = progress;
  }

  /**
   * {@inheritDoc}
   *
   * @throws TakenOverException if an attempt that was started later writes
   * @throws SupersededException if a job that was submitted later writes the table
   */
  @Override
  public void claim(Connection connection) throws SQLException, IOException {
    claim.run(connection);
  }

  /**
   * {@inheritDoc}
   *
   * @throws TakenOverException if another attempt has taken over
   * @throws SupersededException if a job that was submitted later has
   */
  @Override
  public void check(Connection connection) throws SQLException, IOException {
    row.lock(connection);
  }

  @Override
  public void recordProgress(Connection connection, long watermark)
      throws SQLException, IOException {
    row.recordProgress(connection, watermark);
  }

  @Override
  public void recordAlive(Connection connection) throws SQLException, IOException {
    row.recordAlive(connection);
  }

  @Override
  public boolean recordsProgress() {
    return progress != InitialProgress.NOT_RECORDED;
  }

  /**
   * Does what {@link #check} does, and takes recorded progress back to a watermark, if it is beyond
   * that.
   *
   * @param watermark in milliseconds since the epoch
   */
  public void limitProgress(Connection connection, long watermark)
      throws SQLException, IOException {
    row.limitProgress(connection, watermark);
  }

  @Override
  public String toString() {
    return name;
  }
}
