package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Session;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rule as the peers apply it, one message after the other in the order of {@link MessageOrder}:
 * the first unanswered message opens a session, the first answer closes it.
 */
final class PlainRule {

  private PlainRule() {}

  /**
   * Takes all messages of a customer that the watermark has passed, in any order.
   *
   * @param open the session that is open before them, or null
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

  /** Takes the next message of a customer. */
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
