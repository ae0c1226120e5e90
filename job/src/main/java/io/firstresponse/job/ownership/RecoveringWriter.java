package io.firstresponse.job.ownership;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/**
 * A writer that, if its attempt recovers, first looks at the rows that earlier attempts have
 * written. Its state is the watermark.
 *
 * @param <T> what the writer takes
 * @param <R> the type of a row
 */
public abstract class RecoveringWriter<T, R> implements StatefulSinkWriter<T, Long> {

  private final GuardedWriter<R> rows;
  private final PostgresConnections connections;
  private final Fence fence;
  private final TaskTakeover takeover;
  private final String name;
  private long watermark;
  // Whether the rows of earlier attempts have yet to be looked at.
  private boolean recovers;

  /**
   * @param rows where rows go
   * @param connections to the table
   * @param name the table's name in SQL
   */
  protected RecoveringWriter(
      GuardedWriter<R> rows,
      PostgresConnections connections,
      Fence fence,
      TaskTakeover takeover,
      String name) {
    this.rows = rows;
    this.connections = connections;
    this.fence = fence;
    this.takeover = takeover;
    this.name = name;
    this.watermark = takeover.checkpointed();
    this.recovers = takeover.recovery().isNeeded();
  }

  /**
   * Looks at the rows of earlier attempts, or corrects them. It is called once, before the first
   * row and the first watermark, and only if the attempt recovers.
   *
   * @param connection whose transaction is committed afterwards
   */
  protected abstract void recover(Connection connection) throws SQLException, IOException;

  /** Takes an element. */
  protected abstract void take(T element, Context context) throws IOException, InterruptedException;

  /** Takes notice of a watermark that is not earlier than those before. */
  protected abstract void advance(Watermark mark) throws IOException, InterruptedException;

  protected final SinkWriter<R> rows() {
    return rows;
  }

  protected final Fence fence() {
    return fence;
  }

  protected final TaskTakeover takeover() {
    return takeover;
  }

  protected final String name() {
    return name;
  }

  /** The watermark, in milliseconds: that of the checkpoint until a later one has come. */
  protected final long watermark() {
    return watermark;
  }

  /**
   * Makes the rows those of this job, if it adopts them: state of the job that wrote them no longer
   * fits. All tasks write the same row, so this is done last.
   */
  protected final void adoptRows(Connection connection) throws SQLException {
    if (takeover.recovery() == Recovery.ALL_ROWS) {
      new TableIdentity(takeover.schema()).set(connection, takeover.start().tables());
    }
  }

  @Override
  public final void write(T element, Context context) throws IOException, InterruptedException {
    begin();
    take(element, context);
  }

  /** After a recovery, watermarks may begin before that of the checkpoint. They are ignored. */
  @Override
  public final void writeWatermark(Watermark mark) throws IOException, InterruptedException {
    begin();
    if (mark.getTimestamp() >= watermark) {
      watermark = mark.getTimestamp();
      advance(mark);
    }
  }

  /** Claims the table first, so that earlier attempts add no rows afterwards. */
  private void begin() throws IOException, InterruptedException {
    if (!recovers) {
      return;
    }
    recovers = false;
    rows.claim();
    try (connections) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      recover(connection);
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

  /** The watermark, once for each key group, see {@link RecoveringSink}. */
  @Override
  public List<Long> snapshotState(long checkpointId) {
    return Collections.nCopies(takeover.keyGroups().getNumberOfKeyGroups(), watermark);
  }

  @Override
  public void close() throws Exception {
    rows.close();
  }
}
