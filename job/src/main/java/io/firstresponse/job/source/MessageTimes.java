package io.firstresponse.job.source;

import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.ToLongFunction;

/** The watermark that may follow a record, as Flink's bounded out-of-orderness has it. */
public final class MessageTimes implements ToLongFunction<Received>, Serializable {

  @Serial private static final long serialVersionUID = 1;

  private final long outOfOrderMillis;

  /**
   * @param maxOutOfOrderness how much later than messages stamped after it a message may come
   */
  public MessageTimes(Duration maxOutOfOrderness) {
    this.outOfOrderMillis = maxOutOfOrderness.toMillis();
  }

  /**
   * The latest message of a record counts. A dead letter has no time that could be trusted: {@link
   * Long#MIN_VALUE}.
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
