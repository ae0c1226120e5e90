package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresConnections;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * A writer that makes right, before it goes on, what was written between the checkpoint that it
 * starts from and the crash. How far the checkpoint had come is the {@link CheckpointWatermark}.
 */
abstract class RecoveringWriter<T> implements SinkWriter<T> {

  private final FencedWriter<T> rows;
  private final PostgresConnections connections;
  private final Fence fence;
  private final Takeover.OfTask takeover;
  private final String name;
  // Whether the watermark of the checkpoint has yet to come.
  private boolean recovers;

  /**
   * @param rows where rows go
   * @param connections to the table
   * @param name the table's name in SQL
   */
  RecoveringWriter(
      FencedWriter<T> rows,
      PostgresConnections connections,
      Fence fence,
      Takeover.OfTask takeover,
      String name) {
    this.rows = rows;
    this.connections = connections;
    this.fence = fence;
    this.takeover = takeover;
    this.name = name;
    this.recovers = takeover.recovers();
  }

  /**
   * Looks at what is there, or puts it right.
   *
   * @param connection whose transaction is committed afterwards
   * @param checkpointed how far the watermark had come at the checkpoint, in milliseconds
   */
  abstract void recover(Connection connection, long checkpointed) throws SQLException, IOException;

  abstract void take(T row, Context context) throws IOException, InterruptedException;

  /** Takes notice of a watermark. */
  abstract void reached(Watermark mark) throws IOException, InterruptedException;

  SinkWriter<T> rows() {
    return rows;
  }

  Fence fence() {
    return fence;
  }

  Takeover.OfTask takeover() {
    return takeover;
  }

  String name() {
    return name;
  }

  @Override
  public final void write(T row, Context context) throws IOException, InterruptedException {
    // Without the checkpoint's watermark before it, there is nothing to put right.
    recovers = false;
    take(row, context);
  }

  @Override
  public final void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    boolean isCheckpoints = recovers && CheckpointWatermark.isOne(mark.getTimestamp());
    recovers = false;
    if (isCheckpoints) {
      rows.claim();
      try (connections) {
        Connection connection = connections.getOrEstablishConnection();
        connection.setAutoCommit(false);
        recover(connection, mark.getTimestamp());
        connection.commit();
      } catch (SQLException e) {
        throw connections.failed(
            "recovering what was written to %s after the checkpoint".formatted(name), e);
      }
      // Of what it has passed, some may have yet to be told.
      return;
    }
    reached(mark);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    rows.flush(endOfInput);
  }

  @Override
  public void close() throws Exception {
    rows.close();
  }
}
