package io.firstresponse.job.source;

import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.ToLongFunction;

/** The watermark of a record by the rule of bounded out-of-orderness. */
public final class MessageTimes implements ToLongFunction<Received>, Serializable {

  @Serial private static final long serialVersionUID = 1;

  private final long outOfOrderMillis;

  /**
   * @param maxOutOfOrderness how long the watermark stays behind the latest message
   */
  public MessageTimes(Duration maxOutOfOrderness) {
    this.outOfOrderMillis = maxOutOfOrderness.toMillis();
  }

  /**
   * The time of the record's latest message. {@link Long#MIN_VALUE} for a dead letter, whose time
   * cannot be trusted.
   */
  @Override
  public long applyAsLong(Received received) {
    if (received instanceof Message message) {
      return after(message);
    }
    return received instanceof Mapped mapped
        ? mapped.messages().stream().mapToLong(this::after).max().orElse(Long.MIN_VALUE)
        : Long.MIN_VALUE;
  }

  private long after(Message message) {
    return message.millis() - outOfOrderMillis - 1;
  }
}
