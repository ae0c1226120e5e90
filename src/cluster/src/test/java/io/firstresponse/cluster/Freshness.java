package io.firstresponse.cluster;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * For how long figures stand still, as a reader of the database sees it: how far they are said to
 * be complete, and the newest session. Each is looked at some twenty times a second.
 */
final class Freshness implements AutoCloseable {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** In microseconds since the epoch; 0 while there is nothing. */
  private static final String QUERY =
      """
      select coalesce(extract(epoch from c.complete_through) * 1000000, 0)::bigint,
        (select coalesce(extract(epoch from max(b_ts)) * 1000000, 0)::bigint from tbl_result)
      from data_complete_through c
      """;

  private final TestDatabase reader;
  private final Mark complete = new Mark();
  private final Mark newest = new Mark();
  private final Thread thread = new Thread(this::look, "freshness");
  private volatile boolean ending;
  private volatile Exception failure;

  /** How far something has come, and when it did. */
  private static final class Mark {
    private long furthest;
    private long movedAt = System.nanoTime();
    private long longest;
    private int moves;

    /** Going back does not count: then it stands still until it is further than before. */
    synchronized void at(long place) {
      long now = System.nanoTime();
      longest = Math.max(longest, now - movedAt);
      if (place > furthest) {
        furthest = place;
        movedAt = now;
        moves++;
      }
    }

    synchronized int moves() {
      return moves;
    }

    /** The longest stand since this was last asked for, or since it last moved before that. */
    synchronized Duration longest() {
      Duration stood = Duration.ofNanos(longest);
      longest = 0;
      return stood;
    }
  }

  /** Looks from now on at the tables of a job. */
  Freshness(TestDatabase database) {
    reader = database.reconnected();
    thread.setDaemon(true);
    thread.start();
  }

  private void look() {
    try {
      while (!ending) {
        String[] places = reader.strings(QUERY).get(0).split(" ", 2);
        complete.at(Long.parseLong(places[0]));
        newest.at(Long.parseLong(places[1]));
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (Exception e) {
      failure = e;
    }
  }

  /** Waits until both have moved on. */
  void awaitMove() throws Exception {
    int first = complete.moves();
    int second = newest.moves();
    Await.until(
        "figures to move on",
        FlinkCluster.SOON,
        () -> {
          if (failure != null) {
            throw failure;
          }
          return complete.moves() > first && newest.moves() > second;
        });
  }

  /** The longest that {@code complete_through} stood still since this was last asked for. */
  Duration completeStood() {
    return complete.longest();
  }

  /** The longest that no newer session came since this was last asked for. */
  Duration newestStood() {
    return newest.longest();
  }

  @Override
  public void close() throws Exception {
    ending = true;
    thread.join();
    reader.close();
  }
}
