package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.PostgresConnections;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.SessionChange.Kind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Makes the table hold what is told of sessions before they are final.
 *
 * <p>After a recovery the table knows more than the job, which has yet to take in again what came
 * after its checkpoint, in another order perhaps. Of the keys that this concerns nothing is written
 * until what is told of them has caught up with the rows that were final, or the watermark has.
 * Then their rows are made what is told, and what is left of rows that were not final is deleted.
 */
final class LiveResults implements Sink<SessionChange> {

  private static final long serialVersionUID = 1;

  /** Rows that are held back have no time of their own. */
  private static final SinkWriter.Context NO_CONTEXT =
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

  private final Sink<SessionChange> table;
  private final PostgresConnections connections;
  private final ResponseMode mode;
  private final String name;

  /**
   * @param table where rows go
   * @param connections to the table
   * @param name the table's name in SQL
   */
  LiveResults(
      Sink<SessionChange> table, PostgresConnections connections, ResponseMode mode, String name) {
    this.table = table;
    this.connections = connections;
    this.mode = mode;
    this.name = name;
  }

  @Override
  public SinkWriter<SessionChange> createWriter(WriterInitContext context) throws IOException {
    return new Writer(table.createWriter(context), context.getTaskInfo());
  }

  /** A key of which the table may know more than the job. */
  private static final class Recovering {

    private final Map<Long, Session> settled = new HashMap<>();
    private final Set<Long> provisional = new HashSet<>();
    private final Map<Long, SessionChange> told = new TreeMap<>();
    private long settledUntil = Long.MIN_VALUE;

    /** A row of the table. */
    void there(Session session, boolean isFinal) {
      if (isFinal) {
        settled.put(session.openedAt(), session);
        settledUntil =
            Math.max(settledUntil, session.isOpen() ? session.openedAt() : session.answeredAt());
      } else {
        provisional.add(session.openedAt());
      }
    }

    void tell(SessionChange change) {
      long openedAt = change.session().openedAt();
      switch (change.kind()) {
        case WHOLE -> told.clear();
        case NEW, CHANGED, SAME -> told.put(openedAt, change);
        case GONE -> told.remove(openedAt);
      }
    }

    boolean hasCaughtUp() {
      return settled.values().stream()
          .allMatch(
              session -> {
                SessionChange change = told.get(session.openedAt());
                return change != null && change.session().equals(session);
              });
    }

    /** What makes the table what is told. */
    List<SessionChange> rows() {
      List<SessionChange> rows = new ArrayList<>();
      for (SessionChange change : told.values()) {
        provisional.remove(change.session().openedAt());
        rows.add(change.as(Kind.CHANGED).completing(false));
      }
      return rows;
    }
  }

  private final class Writer implements SinkWriter<SessionChange> {

    private final SinkWriter<SessionChange> rows;
    private final TaskInfo task;
    // Changes of a key that belong together.
    private final List<SessionChange> together = new ArrayList<>();
    // Empty until the first word after a recovery.
    private Optional<Map<ConversationKey, Recovering>> recovering = Optional.empty();

    Writer(SinkWriter<SessionChange> rows, TaskInfo task) {
      this.rows = rows;
      this.task = task;
    }

    @Override
    public void write(SessionChange change, Context context)
        throws IOException, InterruptedException {
      if (recovering.isEmpty() && change.kind() == Kind.WHOLE) {
        recovering = Optional.of(load(change.session().openedAt()));
      }
      boolean isOfWhole = change.kind() == Kind.WHOLE || !together.isEmpty();
      if (!isOfWhole && (recovering.isEmpty() || recovering.get().isEmpty())) {
        rows.write(change, context);
        return;
      }
      together.add(change);
      if (change.completes()) {
        Session keyed = change.session();
        ConversationKey key = mode.key(keyed.b(), keyed.asked());
        Recovering held = recovering.get().get(key);
        if (held == null) {
          together.removeIf(one -> one.kind() == Kind.WHOLE || one.kind() == Kind.SAME);
          writeTogether(together, context);
        } else {
          together.forEach(held::tell);
          if (held.hasCaughtUp()) {
            release(key, held, context);
          }
        }
        together.clear();
      }
    }

    /** What the watermark has passed is as it will stay, whatever the table has. */
    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
      if (recovering.isPresent() && !recovering.get().isEmpty()) {
        Map<ConversationKey, Recovering> passed = new HashMap<>();
        recovering
            .get()
            .forEach(
                (key, held) -> {
                  if (Math.floorDiv(held.settledUntil, 1000L) <= watermark.getTimestamp()
                      && !held.told.isEmpty()) {
                    passed.put(key, held);
                  }
                });
        for (Map.Entry<ConversationKey, Recovering> each : passed.entrySet()) {
          release(each.getKey(), each.getValue(), NO_CONTEXT);
        }
      }
      rows.writeWatermark(watermark);
    }

    private void release(ConversationKey key, Recovering held, Context context)
        throws IOException, InterruptedException {
      recovering.orElseThrow().remove(key);
      List<SessionChange> changes = held.rows();
      for (long openedAt : held.provisional) {
        Session gone = Session.open(key.b(), openedAt, key.a());
        changes.add(new SessionChange(gone, Kind.GONE, false, false));
      }
      writeTogether(changes, context);
    }

    private void writeTogether(List<SessionChange> changes, Context context)
        throws IOException, InterruptedException {
      int last = changes.size() - 1;
      for (int i = 0; i <= last; i++) {
        rows.write(changes.get(i).completing(i == last), context);
      }
    }

    /** The rows of this task's keys that are not settled since before the recovery. */
    private Map<ConversationKey, Recovering> load(long from) throws IOException {
      Map<ConversationKey, Recovering> found = new HashMap<>();
      String columns =
          switch (mode) {
            case ANY_AGENT -> "asked_a, a";
            case ADDRESSED_AGENT -> "a, rsp_a";
          };
      String query =
          """
          select b, (extract(epoch from b_ts) * 1000000)::bigint, %s,
            coalesce((extract(epoch from a_ts) * 1000000)::bigint, 0), final
          from %s
          where not final or b_ts >= ? or a_ts >= ?
          """
              .formatted(columns, name);
      try (connections) {
        Connection connection = connections.getOrEstablishConnection();
        // Otherwise all rows are fetched at once.
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(query)) {
          OffsetDateTime since =
              Instant.EPOCH.plus(from, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
          statement.setFetchSize(10_000);
          statement.setObject(1, since);
          statement.setObject(2, since);
          try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              Session session =
                  new Session(
                      row.getLong(1),
                      row.getLong(2),
                      row.getLong(3),
                      row.getLong(4),
                      row.getLong(5));
              ConversationKey key = mode.key(session.b(), session.asked());
              if (isOurs(key)) {
                found
                    .computeIfAbsent(key, missing -> new Recovering())
                    .there(session, row.getBoolean(6));
              }
            }
          }
        }
      } catch (SQLException e) {
        throw new IOException(
            "reading the rows that are not settled from %s in %s failed"
                .formatted(name, connections),
            e);
      }
      return found;
    }

    private boolean isOurs(ConversationKey key) {
      return KeyGroupRangeAssignment.assignKeyToParallelOperator(
              key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
          == task.getIndexOfThisSubtask();
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
