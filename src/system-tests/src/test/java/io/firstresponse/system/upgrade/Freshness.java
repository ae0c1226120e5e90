package io.firstresponse.system.upgrade;

import io.firstresponse.connectors.postgres.Await;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures for how long a reader of the database sees no progress: of the time through which data
 * is complete, and of the newest session. Both are read about twenty times a second.
 */
final class Freshness implements AutoCloseable {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Returns both times in microseconds since the epoch; 0 while there is none. */
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

  /** The latest value of a time, and when it last advanced. */
  private static final class Mark {
    private long furthest;
    private long movedAt = System.nanoTime();
    private long longest;
    private int moves;

    /** Records a value. A value that is not later than the latest one is no progress. */
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

    /**
     * The longest time without progress since the last call, including the time before it in which
     * there was none.
     */
    synchronized Duration longest() {
      Duration stood = Duration.ofNanos(longest);
      longest = 0;
      return stood;
    }
  }

  /** Starts to read the tables of a job. */
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

  /** Waits until both have advanced. */
  void awaitMove() throws Exception {
    int first = complete.moves();
    int second = newest.moves();
    Await.until(
        "figures to move on",
        FlinkCluster.LIMIT,
        () -> {
          if (failure != null) {
            throw failure;
          }
          return complete.moves() > first && newest.moves() > second;
        });
  }

  /** The longest time since the last call in which {@code complete_through} did not advance. */
  Duration completeStood() {
    return complete.longest();
  }

  /** The longest time since the last call in which no newer session appeared. */
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
