package io.firstresponse.connectors.postgres.connection;

import java.io.IOException;
import java.io.Serializable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.annotation.Internal;

/**
 * How long, and how often, work on the database is tried again after failures that may pass. {@link
 * SqlFailure} says which failures these are.
 *
 * <p>The first wait is 100 ms. Each further one is twice as long, up to 5 s, and up to a tenth
 * longer at random, so that tasks do not all try at the same moment.
 *
 * @param timeout how long after the first failure work is tried again; 0 for a single attempt
 * @param maxRetries how many attempts follow the first one at most
 */
@Internal
public record RetryPolicy(Duration timeout, int maxRetries) implements Serializable {

  private static final long FIRST_WAIT_MILLIS = 100;
  private static final long MAX_WAIT_MILLIS = 5_000;

  /** Tries again for a time, however often. */
  public static RetryPolicy within(Duration timeout) {
    return new RetryPolicy(timeout, Integer.MAX_VALUE);
  }

  /** Starts to count the failures of some work. */
  public Failures failures() {
    return new Failures(this);
  }

  /** The failures of some work since it last succeeded. Not thread-safe. */
  public static final class Failures {

    private final RetryPolicy policy;
    private int count;
    private long firstNanos;

    private Failures(RetryPolicy policy) {
      this.policy = policy;
    }

    /** The work has succeeded, or has come further than before. */
    public void reset() {
      count = 0;
    }

    /**
     * Counts a failure that may pass.
     *
     * @param kind of the failure
     * @param what was tried, and where, as in "reading a table in a database"
     * @param advice what to do if this was the last attempt, in one sentence or more
     * @return how many milliseconds to wait before the next attempt
     * @throws io.firstresponse.connectors.PermanentFailure if there is no next attempt, and the
     *     server refuses the user
     * @throws IOException if there is no next attempt for another reason
     */
    public long waitMillis(SqlFailure kind, SQLException failure, String what, String advice)
        throws IOException {
      count++;
      if (count == 1) {
        firstNanos = System.nanoTime();
      }
      Duration failing = Duration.ofNanos(System.nanoTime() - firstNanos);
      Duration left = policy.timeout.minus(failing);
      if (left.isNegative() || left.isZero() || count > policy.maxRetries) {
        String gaveUp =
            "Gave up %s after %d attempts in %.1f s. The last failure was SQLSTATE %s: %s. "
                .formatted(
                    what,
                    count,
                    failing.toMillis() / 1000.0,
                    failure.getSQLState(),
                    SqlFailure.line(failure));
        if (kind == SqlFailure.LOGIN) {
          throw SqlFailure.permanent(gaveUp + SqlFailure.remedy(failure), failure);
        }
        throw new IOException(gaveUp + advice, failure);
      }
      long wait = Math.min(MAX_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(count - 1, 10));
      long jitter = ThreadLocalRandom.current().nextLong(wait / 10 + 1);
      return Math.min(wait + jitter, left.toMillis() + 1);
    }
  }
}
