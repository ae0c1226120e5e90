package io.firstresponse.job.tables;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.tables.ResultLayout.Stored;
import io.firstresponse.job.tables.ResultRow.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The recovery of one key: the rows that earlier attempts wrote after the checkpoint, and what has
 * been published of the key since. It decides which rows are right, which are replaced and which
 * are deleted.
 *
 * <p>A row that was found is undecided while the replay may still produce it as it is: it is final,
 * the watermark has not passed it, and the replay has not produced it yet.
 */
final class KeyRecovery {

  private final ConversationKey key;
  private final long checkpointed;
  // By the time of opening.
  private final Map<Long, Stored> found = new TreeMap<>();
  private final Map<Long, SessionChange> published = new TreeMap<>();
  // Was published, and may have been written while some of the rows were undecided.
  private final Map<Long, ResultRow> retracted = new TreeMap<>();
  // Whether the replay of the key has begun: then what is not published is no session.
  private boolean replays;

  /**
   * @param checkpointed the watermark of the checkpoint, in milliseconds
   */
  KeyRecovery(ConversationKey key, long checkpointed) {
    this.key = key;
    this.checkpointed = checkpointed;
  }

  ConversationKey key() {
    return key;
  }

  /** Takes a row that an earlier attempt wrote. */
  void find(Stored row) {
    found.put(row.session().openedAt(), row);
  }

  /** Takes a change that the function has published. */
  void publish(SessionChange change) {
    long openedAt = change.session().openedAt();
    switch (change.kind()) {
      case REPLAY_START -> {
        // The replay is of what the watermark has not passed: final sessions stay published.
        published.values().removeIf(one -> !one.isFinal());
        replays = true;
      }
      case NEW, CHANGED, SAME -> {
        published.put(openedAt, change);
        retracted.remove(openedAt);
      }
      case RETRACTED -> {
        published.remove(openedAt);
        // Final or not: the table may have it as an earlier attempt wrote it.
        retracted.put(openedAt, ResultRow.of(change, Write.DELETE));
      }
    }
  }

  /** Whether all rows are decided. */
  boolean hasCaughtUp(long watermark) {
    return found.values().stream().noneMatch(row -> isUndecided(row, watermark));
  }

  /** Whether no row is left to decide. */
  boolean isDone() {
    return found.isEmpty();
  }

  /** Returns the rows that make the table what is published, as far as that is decided. */
  List<ResultRow> decide(long watermark) {
    retracted.keySet().removeAll(found.keySet());
    List<ResultRow> rows = new ArrayList<>(retracted.values());
    retracted.clear();
    boolean publishedOpen =
        published.values().stream().anyMatch(change -> change.session().isOpen());
    List<Stored> undecided = new ArrayList<>();
    for (Stored row : found.values()) {
      boolean isPublished = published.containsKey(row.session().openedAt());
      boolean known = replays || isPassed(row.session(), watermark);
      // A key has one open session, so the published one replaces the one that was found.
      boolean isReplaced = row.session().isOpen() && publishedOpen;
      if ((isUndecided(row, watermark) || (!isPublished && !known)) && !isReplaced) {
        undecided.add(row);
      } else if (!isPublished) {
        rows.add(asAtCheckpoint(row.session()));
      }
    }
    found.clear();
    undecided.forEach(this::find);
    published.forEach(
        (openedAt, change) -> {
          if (!found.containsKey(openedAt)) {
            rows.add(ResultRow.of(change, Write.REPLACE).endingGroup(false));
          }
        });
    return rows;
  }

  private boolean isUndecided(Stored row, long watermark) {
    SessionChange change = published.get(row.session().openedAt());
    return row.isFinal()
        && !isPassed(row.session(), watermark)
        && (change == null || !change.session().equals(row.session()));
  }

  private static boolean isPassed(Session session, long watermark) {
    long last = session.isOpen() ? session.openedAt() : session.endedAt();
    return Math.floorDiv(last, 1000L) <= watermark;
  }

  /** The row of a session as it was at the checkpoint: open, or not there. */
  private ResultRow asAtCheckpoint(Session session) {
    Session open = Session.open(key.b(), session.openedAt(), session.asked(), session.labels());
    boolean wasOpen = Math.floorDiv(session.openedAt(), 1000L) <= checkpointed;
    return new ResultRow(open, wasOpen ? Write.REPLACE : Write.DELETE, wasOpen, false);
  }
}
