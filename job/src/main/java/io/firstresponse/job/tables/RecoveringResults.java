package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.sink.GuardedWriter;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.ownership.Fence;
import io.firstresponse.job.ownership.RecoveringWriter;
import io.firstresponse.job.ownership.Recovery;
import io.firstresponse.job.ownership.TaskTakeover;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * Writes published sessions to {@code tbl_result}, and after a recovery first makes the table what
 * is published.
 *
 * <p>After a recovery the table has rows that the job does not know: those written between the
 * checkpoint and the crash. They will be published again, but not always as before: messages may
 * come in another order, and another message may be late. So nothing is written of a key that has
 * such rows until the replay of the key, or the watermark, has caught up with them. Then rows that
 * differ from the replay are corrected and rows that the replay does not produce are deleted, in
 * one transaction. See {@link KeyRecovery}.
 *
 * <p>A checkpoint writes what is decided by then. What is undecided is found again by a recovery
 * from that checkpoint. There is one moment at which a reader may see fewer rows than before the
 * crash: if a checkpoint comes while a key catches up, and an open session is published that
 * replaces one from before the crash.
 */
final class RecoveringResults extends RecoveringWriter<SessionChange, ResultRow> {

  /** Rows that are held back have no time of their own. */
  static final SinkWriter.Context NO_CONTEXT =
      new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
          return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
          return null;
        }
      };

  private final ResultLayout layout;
  // The changes of a group that has not ended.
  private final List<SessionChange> group = new ArrayList<>();
  private final Map<ConversationKey, KeyRecovery> recoveries = new HashMap<>();

  RecoveringResults(
      GuardedWriter<ResultRow> rows,
      PostgresConnections connections,
      Fence fence,
      TaskTakeover takeover,
      String name) {
    super(rows, connections, fence, takeover, name);
    this.layout = ResultLayout.of(takeover.mode());
  }

  @Override
  protected void take(SessionChange change, Context context)
      throws IOException, InterruptedException {
    boolean replays = change.kind() == Kind.REPLAY_START || !group.isEmpty();
    if (!replays && recoveries.isEmpty()) {
      rows().write(ResultRow.of(change), context);
      return;
    }
    group.add(change);
    if (change.endsGroup()) {
      Session session = change.session();
      KeyRecovery recovery = recoveries.get(takeover().mode().key(session.b(), session.asked()));
      if (recovery == null) {
        group.removeIf(one -> one.kind() == Kind.REPLAY_START || one.kind() == Kind.SAME);
        writeGroup(group.stream().map(ResultRow::of).toList(), context);
      } else {
        group.forEach(recovery::publish);
        if (recovery.hasCaughtUp(watermark())) {
          settle(recovery, context);
        }
      }
      group.clear();
    }
  }

  /** The watermark is not forwarded while published sessions of some key are not in the table. */
  @Override
  protected void advance(Watermark mark) throws IOException, InterruptedException {
    boolean caughtUp = true;
    for (KeyRecovery recovery : List.copyOf(recoveries.values())) {
      if (recovery.hasCaughtUp(watermark())) {
        settle(recovery, NO_CONTEXT);
      } else {
        caughtUp = false;
      }
    }
    if (caughtUp) {
      rows().writeWatermark(mark);
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    for (KeyRecovery recovery : List.copyOf(recoveries.values())) {
      settle(recovery, NO_CONTEXT);
    }
    super.flush(endOfInput);
  }

  private void settle(KeyRecovery recovery, Context context)
      throws IOException, InterruptedException {
    writeGroup(recovery.decide(watermark()), context);
    if (recovery.isDone()) {
      recoveries.remove(recovery.key());
    }
  }

  private void writeGroup(List<ResultRow> written, Context context)
      throws IOException, InterruptedException {
    int last = written.size() - 1;
    for (int i = 0; i <= last; i++) {
      rows().write(written.get(i).endingGroup(i == last), context);
    }
  }

  /** Loads the rows of this task's keys that have to be compared with the replay. */
  @Override
  protected void recover(Connection connection) throws SQLException, IOException {
    // What came after the checkpoint may be published otherwise, so it is not complete any more.
    fence().limitProgress(connection, takeover().checkpointed());
    Recovery.Selection selection =
        takeover().rowsToCompare("updated_at", "b_ts", "a_ts", "closed_ts");
    try (PreparedStatement statement =
        connection.prepareStatement(layout.query(name(), selection.condition()))) {
      // Without it the driver fetches all rows at once.
      statement.setFetchSize(10_000);
      selection.bind(statement);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ResultLayout.Stored stored = ResultLayout.read(row);
          Session session = stored.session();
          ConversationKey key = takeover().mode().key(session.b(), session.asked());
          if (takeover().isOwn(key)) {
            recoveries
                .computeIfAbsent(key, missing -> new KeyRecovery(key, takeover().checkpointed()))
                .find(stored);
          }
        }
      }
    }
    adoptRows(connection);
  }
}
