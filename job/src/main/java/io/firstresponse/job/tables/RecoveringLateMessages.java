package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.ownership.Fence;
import io.firstresponse.job.ownership.RecoveringWriter;
import io.firstresponse.job.ownership.Recovery;
import io.firstresponse.job.ownership.TaskTakeover;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.apache.flink.api.common.eventtime.Watermark;

/**
 * Writes late messages to {@code tbl_late}. A recovery first deletes those that were late between
 * the checkpoint and the crash: all of them come again, and some may be in time then.
 */
final class RecoveringLateMessages extends RecoveringWriter<LateMessage, LateMessage> {

  RecoveringLateMessages(
      GuardedWriter<LateMessage> rows,
      PostgresConnections connections,
      Fence fence,
      TaskTakeover takeover,
      String name) {
    super(rows, connections, fence, takeover, name);
  }

  @Override
  protected void take(LateMessage late, Context context) throws IOException, InterruptedException {
    rows().write(late, context);
  }

  @Override
  protected void advance(Watermark mark) {}

  /** Messages that were late for an earlier watermark are late again, so their rows stay. */
  @Override
  protected void recover(Connection connection) throws SQLException, IOException {
    fence().check(connection);
    Recovery.Selection selection = takeover().rowsToCompare("arrived_at", "watermark");
    try (PreparedStatement select =
            connection.prepareStatement(
                "select b, a, ts, direct, closes from %s where %s"
                    .formatted(name(), selection.condition()));
        PreparedStatement delete =
            connection.prepareStatement(
                "delete from %s where b = ? and a = ? and ts = ? and direct = ? and closes = ?"
                    .formatted(name()))) {
      selection.bind(select);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          if (takeover().isOwn(row.getLong(1), row.getLong(2))) {
            delete.setLong(1, row.getLong(1));
            delete.setLong(2, row.getLong(2));
            delete.setObject(3, row.getObject(3, OffsetDateTime.class));
            delete.setBoolean(4, row.getBoolean(4));
            delete.setBoolean(5, row.getBoolean(5));
            delete.addBatch();
          }
        }
      }
      delete.executeBatch();
    }
  }
}
