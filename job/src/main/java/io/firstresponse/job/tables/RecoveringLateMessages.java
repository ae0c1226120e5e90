package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.domain.LateMessage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.apache.flink.api.common.eventtime.Watermark;

/**
 * Forgets, after a recovery, which messages were late between the checkpoint and the crash: all of
 * them come again, and those that are in time now take part.
 */
final class RecoveringLateMessages extends RecoveringWriter<LateMessage> {

  RecoveringLateMessages(
      FencedWriter<LateMessage> rows,
      PostgresConnections connections,
      Fence fence,
      Takeover.OfTask takeover,
      String name) {
    super(rows, connections, fence, takeover, name);
  }

  @Override
  void take(LateMessage late, Context context) throws IOException, InterruptedException {
    rows().write(late, context);
  }

  @Override
  void reached(Watermark mark) {}

  /** Messages that were late for an earlier watermark are as late for it. */
  @Override
  void recover(Connection connection, long checkpointed) throws SQLException, IOException {
    fence().hold(connection);
    boolean restored = takeover().restored();
    boolean all = !restored && takeover().start().adopts();
    OffsetDateTime since =
        restored ? ResultDatabase.firstAfter(checkpointed) : takeover().start().submitted();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select b, a, ts, direct from %s where %s or %s >= ?"
                    .formatted(name(), all, restored ? "watermark" : "arrived_at"));
        PreparedStatement delete =
            connection.prepareStatement(
                "delete from %s where b = ? and a = ? and ts = ? and direct = ?"
                    .formatted(name()))) {
      select.setObject(1, since);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          if (takeover().isOwn(row.getLong(1), row.getLong(2))) {
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
  }
}
