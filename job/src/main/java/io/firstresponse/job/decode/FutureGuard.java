package io.firstresponse.job.decode;

import io.firstresponse.job.domain.DeadLetter.Reason;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.options.EventTimeOptions;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Refuses messages with a timestamp too far ahead of the clock. It comes before the watermark
 * generator, because a single such message would make all following messages late.
 *
 * <p>Not thread-safe. The clock has to be serializable, as {@link InstantSource#system()} and every
 * {@link java.time.Clock} are.
 */
public final class FutureGuard implements Serializable {

  private final long maxSkewMicros;
  private final InstantSource clock;

  /**
   * The latest timestamp that was acceptable when the clock was last read. The clock is read again
   * only for a later timestamp: never for old messages, about once per skew for live ones. A clock
   * that is set back is noticed late by as much.
   */
  private long accepted = Long.MIN_VALUE;

  /**
   * @throws IllegalArgumentException if the skew is negative
   */
  public FutureGuard(Duration maxSkew, InstantSource clock) {
    if (maxSkew.isNegative()) {
      throw new IllegalArgumentException(
          EventTimeOptions.MAX_FUTURE_SKEW.key() + " is " + maxSkew + ": it cannot be negative.");
    }
    // Saturates, so that a skew of all time switches the guard off.
    this.maxSkewMicros = TimeUnit.MICROSECONDS.convert(maxSkew);
    this.clock = clock;
  }

  void check(Message message) throws Unusable {
    if (message.ts() > accepted) {
      long now = TimeUnit.MILLISECONDS.toMicros(clock.millis());
      accepted = maxSkewMicros > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + maxSkewMicros;
      if (message.ts() > accepted) {
        throw new Unusable(
            Reason.FUTURE,
            "stamped "
                + Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS)
                + ", further ahead of the clock ("
                + clock.instant().truncatedTo(ChronoUnit.MILLIS)
                + ") than "
                + EventTimeOptions.MAX_FUTURE_SKEW.key()
                + " allows; set the sender's clock right");
      }
    }
  }
}
