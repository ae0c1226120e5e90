package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.domain.LateMessage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Forgets, after a recovery, which messages were late between the checkpoint and the crash: all of
 * them come again, and those that are in time now take part.
 */
final class RecoveringLateMessages implements Sink<LateMessage> {

  private static final long serialVersionUID = 1;

  private final Sink<LateMessage> table;
  private final PostgresConnections connections;
  private final Takeover takeover;
  private final String name;

  RecoveringLateMessages(
      Sink<LateMessage> table, PostgresConnections connections, Takeover takeover, String name) {
    this.table = table;
    this.connections = connections;
    this.takeover = takeover;
    this.name = name;
  }

  @Override
  public SinkWriter<LateMessage> createWriter(WriterInitContext context) throws IOException {
    return new Writer(table.createWriter(context), takeover.of(context));
  }

  private final class Writer implements SinkWriter<LateMessage> {

    private final SinkWriter<LateMessage> rows;
    private final Takeover.OfTask takeover;
    // Whether the watermark of the checkpoint has yet to come: it is the first one.
    private boolean recovers;

    Writer(SinkWriter<LateMessage> rows, Takeover.OfTask takeover) {
      this.rows = rows;
      this.takeover = takeover;
      this.recovers = takeover.recovers();
    }

    @Override
    public void write(LateMessage late, Context context) throws IOException, InterruptedException {
      rows.write(late, context);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
      if (recovers) {
        recovers = false;
        forgetAfter(watermark.getTimestamp());
      }
      rows.writeWatermark(watermark);
    }

    /** Messages that were late for an earlier watermark are as late for it. */
    private void forgetAfter(long watermark) throws IOException {
      OffsetDateTime since =
          takeover.restored() ? ResultDatabase.firstAfter(watermark) : takeover.submitted();
      try (connections) {
        Connection connection = connections.getOrEstablishConnection();
        connection.setAutoCommit(false);
        try (PreparedStatement select =
                connection.prepareStatement(
                    "select b, a, ts, direct from %s where %s >= ?"
                        .formatted(name, takeover.restored() ? "watermark" : "arrived_at"));
            PreparedStatement delete =
                connection.prepareStatement(
                    "delete from %s where b = ? and a = ? and ts = ? and direct = ?"
                        .formatted(name))) {
          select.setObject(1, since);
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              if (takeover.isOwn(row.getLong(1), row.getLong(2))) {
                delete.setLong(1, row.getLong(1));
                delete.setLong(2, row.getLong(2));
                delete.setObject(3, row.getObject(3, OffsetDateTime.class));
                delete.setBoolean(4, row.getBoolean(4));
                delete.addBatch();
              }
            }
          }
          delete.executeBatch();
        }
        connection.commit();
      } catch (SQLException e) {
        throw new IOException(
            "forgetting what was late after the checkpoint in %s in %s failed"
                .formatted(name, connections),
            e);
      }
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
}
