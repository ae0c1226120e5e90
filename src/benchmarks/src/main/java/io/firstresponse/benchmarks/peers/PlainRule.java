package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Session;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rule that the peers apply to the messages of a customer, in the order of {@link
 * MessageOrder}: the first unanswered message opens a session, and the first answer closes it.
 */
final class PlainRule {

  private PlainRule() {}

  /**
   * Processes all messages of a customer that the watermark has passed, in any order.
   *
   * @param open the session that is open before these messages, or null
   * @param answered receives the sessions that they answer
   * @return the session that is open after them, or null
   */
  static OpenSession settle(OpenSession open, List<Message> due, Consumer<Session> answered) {
    due.sort(new MessageOrder());
    OpenSession now = open;
    for (Message message : due) {
      now = next(now, message, answered);
    }
    return now;
  }

  /** Processes the next message of a customer. */
  static OpenSession next(OpenSession open, Message message, Consumer<Session> answered) {
    if (open == null) {
      return message.direct() ? null : new OpenSession(message.ts(), message.a());
    }
    if (!message.direct()) {
      return open;
    }
    answered.accept(
        Session.open(message.b(), open.openedAt(), open.asked())
            .answeredBy(message.a(), message.ts()));
    return null;
  }
}
