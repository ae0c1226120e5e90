package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresConnections;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/**
 * A writer that first corrects what was written between the checkpoint that it starts from and the
 * crash. Its state is how far the watermark had come.
 */
abstract class RecoveringWriter<T> implements StatefulSinkWriter<T, Long> {

  private final FencedWriter<T> rows;
  private final PostgresConnections connections;
  private final Fence fence;
  private final Takeover.OfTask takeover;
  private final String name;
  private long watermark;
  // Whether what was written before has yet to be looked at.
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
    this.watermark = takeover.checkpointed();
    this.recovers = takeover.recovers();
  }

  /**
   * Looks at what is there, or corrects it.
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

  /** How far the watermark has come, the checkpoint's included, in milliseconds. */
  long watermark() {
    return watermark;
  }

  @Override
  public final void write(T row, Context context) throws IOException, InterruptedException {
    begin();
    take(row, context);
  }

  /** After a recovery, watermarks may begin before the checkpoint's. They say nothing new. */
  @Override
  public final void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    begin();
    if (mark.getTimestamp() > watermark) {
      watermark = mark.getTimestamp();
      reached(mark);
    }
  }

  /** The rows of the writers before are looked up when none can come any more. */
  private void begin() throws IOException, InterruptedException {
    if (!recovers) {
      return;
    }
    recovers = false;
    rows.claim();
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      recover(connection, watermark);
      connection.commit();
    } catch (SQLException e) {
      throw connections.failed(
          "recovering what was written to %s after the checkpoint".formatted(name), e);
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    rows.flush(endOfInput);
  }

  /** Once for each key group, see {@link RecoveringSink}. */
  @Override
  public List<Long> snapshotState(long checkpointId) {
    return Collections.nCopies(takeover.keyGroups().getNumberOfKeyGroups(), watermark);
  }

  @Override
  public void close() throws Exception {
    rows.close();
  }
}
