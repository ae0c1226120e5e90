package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import org.apache.flink.cep.EventComparator;

/**
 * The order of a customer's messages, by microseconds and then by the job's rules for equal times.
 * Flink's own order has milliseconds only.
 */
final class MessageOrder implements EventComparator<Message> {

  private static final long serialVersionUID = 1L;

  @Override
  public int compare(Message one, Message other) {
    int order = Long.compare(one.ts(), other.ts());
    if (order == 0) {
      order = Boolean.compare(one.direct(), other.direct());
    }
    return order == 0 ? Long.compare(one.a(), other.a()) : order;
  }
}
