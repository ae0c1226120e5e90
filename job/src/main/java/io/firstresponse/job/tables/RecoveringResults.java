package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.Fence;
import io.firstresponse.connectors.postgres.FencedWriter;
import io.firstresponse.connectors.postgres.Identifier;
import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * Makes the table hold what is published of sessions, whatever it held.
 *
 * <p>After a recovery the table knows more than the job: what was published between the checkpoint
 * and the crash. All that will be published again, but not always in the same way: messages may
 * come in another order, and be late that were not. So nothing is written of a key with such rows
 * until what is published of it has caught up with them, or the watermark has. Then its rows are
 * made what is published, in one transaction, and what is not published any more goes.
 *
 * <p>A checkpoint decides what the watermark has passed; what comes after is left for the recovery
 * from that checkpoint to find. There is one moment at which a reader can see less than there was:
 * when a checkpoint falls into the time of catching up, and an open session that is published
 * stands against one that was published before the crash.
 */
final class RecoveringResults extends RecoveringWriter<SessionChange> {

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

  // Changes of a key that belong together.
  private final List<SessionChange> together = new ArrayList<>();
  private final Map<ConversationKey, Recovering> recovering = new HashMap<>();

  RecoveringResults(
      FencedWriter<SessionChange> rows,
      PostgresConnections connections,
      Fence fence,
      Takeover.OfTask takeover,
      String name) {
    super(rows, connections, fence, takeover, name);
  }

  /** A row from between the checkpoint and the crash. */
  private record Found(Session session, boolean isFinal) {

    boolean isPassedBy(long watermark) {
      long last = session.isOpen() ? session.openedAt() : session.answeredAt();
      return Math.floorDiv(last, 1000L) <= watermark;
    }
  }

  /** A key of which the table knows more than the job. */
  private static final class Recovering {

    private final ConversationKey key;
    private final long checkpointed;
    private final Map<Long, Found> found = new TreeMap<>();
    private final Map<Long, SessionChange> published = new TreeMap<>();
    // What was published, and may have been written when some of the rows had yet to be decided.
    private final Map<Long, SessionChange> gone = new TreeMap<>();
    private boolean publishedWhole;

    /**
     * @param checkpointed how far the watermark had come at the checkpoint, in milliseconds
     */
    Recovering(ConversationKey key, long checkpointed) {
      this.key = key;
      this.checkpointed = checkpointed;
    }

    void publish(SessionChange change) {
      long openedAt = change.session().openedAt();
      switch (change.kind()) {
        case WHOLE -> {
          // It is about what waits. What the watermark has passed since the restore stays
          // published.
          published.values().removeIf(one -> !one.isFinal());
          publishedWhole = true;
        }
        case NEW, CHANGED, SAME -> {
          published.put(openedAt, change);
          gone.remove(openedAt);
        }
        case GONE -> {
          published.remove(openedAt);
          // Whatever it is: a batch may hold it as published, and the table as it was before the
          // crash.
          gone.put(openedAt, change.as(Kind.WITHDRAWN));
        }
        case REPLACED, WITHDRAWN -> throw new IllegalArgumentException("not published: " + change);
      }
    }

    /** Whether it may still turn out that a row is right as it was found. */
    private boolean isUndecided(Found row, long watermark) {
      SessionChange change = published.get(row.session.openedAt());
      return row.isFinal
          && !row.isPassedBy(watermark)
          && (change == null || !change.session().equals(row.session));
    }

    boolean hasCaughtUp(long watermark) {
      return found.values().stream().noneMatch(row -> isUndecided(row, watermark));
    }

    boolean isDone() {
      return found.isEmpty();
    }

    /** What makes the table what is published, as far as it is decided. */
    List<SessionChange> decide(long watermark) {
      gone.keySet().removeAll(found.keySet());
      List<SessionChange> changes = new ArrayList<>(gone.values());
      gone.clear();
      boolean publishedOpen =
          published.values().stream().anyMatch(change -> change.session().isOpen());
      List<Found> left = new ArrayList<>();
      for (Found row : found.values()) {
        boolean undecided = isUndecided(row, watermark);
        boolean isPublished = published.containsKey(row.session.openedAt());
        boolean known = publishedWhole || row.isPassedBy(watermark);
        // A key has one open session: then what is published takes the place of what was found.
        boolean standsAgainst = row.session.isOpen() && publishedOpen;
        if ((undecided || (!isPublished && !known)) && !standsAgainst) {
          left.add(row);
        } else if (!isPublished) {
          changes.add(withdrawn(row.session));
        }
      }
      found.clear();
      left.forEach(row -> found.put(row.session.openedAt(), row));
      published.forEach(
          (openedAt, change) -> {
            if (!found.containsKey(openedAt)) {
              changes.add(change.as(Kind.REPLACED).completing(false));
            }
          });
      return changes;
    }

    /** A row as it was at the checkpoint: open, or none. */
    private SessionChange withdrawn(Session session) {
      Session open = Session.open(key.b(), session.openedAt(), session.asked());
      boolean wasOpen = Math.floorDiv(session.openedAt(), 1000L) <= checkpointed;
      return new SessionChange(open, wasOpen ? Kind.REPLACED : Kind.WITHDRAWN, wasOpen, false);
    }
  }

  @Override
  void take(SessionChange change, Context context) throws IOException, InterruptedException {
    boolean isOfWhole = change.kind() == Kind.WHOLE || !together.isEmpty();
    if (!isOfWhole && recovering.isEmpty()) {
      rows().write(change, context);
      return;
    }
    together.add(change);
    if (change.completes()) {
      Session keyed = change.session();
      Recovering held = recovering.get(takeover().mode().key(keyed.b(), keyed.asked()));
      if (held == null) {
        together.removeIf(one -> one.kind() == Kind.WHOLE || one.kind() == Kind.SAME);
        writeTogether(together, context);
      } else {
        together.forEach(held::publish);
        if (held.hasCaughtUp(watermark())) {
          settle(held, context);
        }
      }
      together.clear();
    }
  }

  /** While keys have not caught up, some of what was published of them is not in the table. */
  @Override
  void reached(Watermark mark) throws IOException, InterruptedException {
    boolean caughtUp = true;
    for (Recovering held : List.copyOf(recovering.values())) {
      if (held.hasCaughtUp(watermark())) {
        settle(held, NO_CONTEXT);
      } else {
        caughtUp = false;
      }
    }
    if (caughtUp) {
      rows().writeWatermark(mark);
    }
  }

  /** What is not decided yet is found again by the recovery from this checkpoint. */
  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    for (Recovering held : List.copyOf(recovering.values())) {
      settle(held, NO_CONTEXT);
    }
    super.flush(endOfInput);
  }

  private void settle(Recovering held, Context context) throws IOException, InterruptedException {
    writeTogether(held.decide(watermark()), context);
    if (held.isDone()) {
      recovering.remove(held.key);
    }
  }

  private void writeTogether(List<SessionChange> changes, Context context)
      throws IOException, InterruptedException {
    int last = changes.size() - 1;
    for (int i = 0; i <= last; i++) {
      rows().write(changes.get(i).completing(i == last), context);
    }
  }

  /** The rows are this job's from now on: state of the job that wrote them before does not fit. */
  private void adopt(Connection connection) throws SQLException {
    String table = new Identifier(takeover().schema()).quoted() + ".tbl_identity";
    try (PreparedStatement update =
        connection.prepareStatement(
            "update %s set id = ?::uuid where id <> ?::uuid".formatted(table))) {
      update.setString(1, takeover().start().tables());
      update.setString(2, takeover().start().tables());
      update.executeUpdate();
    }
  }

  /** Loads the rows of this task's keys that say something of the time after the checkpoint. */
  @Override
  void recover(Connection connection, long checkpointed) throws SQLException, IOException {
    // What came after may be published otherwise now, so nothing more is complete.
    fence().tellNoMoreThan(connection, checkpointed);
    boolean restored = takeover().restored();
    boolean all = !restored && takeover().start().adopts();
    String columns =
        switch (takeover().mode()) {
          case ANY_AGENT -> "asked_a, a";
          case ADDRESSED_AGENT -> "a, rsp_a";
        };
    String query =
        """
        select b, (extract(epoch from b_ts) * 1000000)::bigint, %s,
          coalesce((extract(epoch from a_ts) * 1000000)::bigint, 0), final
        from %s
        where %s
        """
            .formatted(
                columns, name(), restored ? "b_ts >= ? or a_ts >= ?" : all + " or updated_at >= ?");
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      // Otherwise all rows are fetched at once.
      statement.setFetchSize(10_000);
      if (restored) {
        statement.setObject(1, ResultDatabase.firstAfter(checkpointed));
        statement.setObject(2, ResultDatabase.firstAfter(checkpointed));
      } else {
        statement.setObject(1, takeover().start().submitted());
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Session session =
              new Session(
                  row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
          ConversationKey key = takeover().mode().key(session.b(), session.asked());
          if (takeover().isOwn(key)) {
            recovering
                .computeIfAbsent(key, missing -> new Recovering(key, checkpointed))
                .found
                .put(session.openedAt(), new Found(session, row.getBoolean(6)));
          }
        }
      }
    }
    if (all) {
      // Last, for all tasks write the same row.
      adopt(connection);
    }
  }
}
