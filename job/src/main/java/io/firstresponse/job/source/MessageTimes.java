package io.firstresponse.job.source;

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

  /** A dead letter has no time that could be trusted: {@link Long#MIN_VALUE}. */
  @Override
  public long applyAsLong(Received received) {
    return received instanceof Message message
        ? message.millis() - outOfOrderMillis - 1
        : Long.MIN_VALUE;
  }
}
