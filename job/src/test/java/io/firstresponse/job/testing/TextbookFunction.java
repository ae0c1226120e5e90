package io.firstresponse.job.testing;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.types.JobTypes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * What the job computes, written as a textbook on Flink would write it: messages wait in keyed
 * state until the watermark has passed them, are sorted, and go through the state machine. The key
 * is the customer in any-agent mode, the customer and the agent in addressed-agent mode.
 *
 * <p>A row is emitted when a session opens and again when it is answered or closed; the second row
 * replaces the first. Tests hold the job's own function against this one. It is not used in
 * production, since each customer costs objects in state and each millisecond a timer.
 */
public final class TextbookFunction
    extends KeyedProcessFunction<ConversationKey, Message, Session> {

  /** Messages at or behind the watermark, with that watermark. */
  public static final OutputTag<LateMessage> LATE = new OutputTag<>("late", JobTypes.LATE_MESSAGE);

  private static final long serialVersionUID = 1;

  /**
   * By time; at the same time customers' messages, agents', and closes; then by agent; then by
   * labels.
   */
  private static final Comparator<Message> TOTAL_ORDER =
      Comparator.comparingLong(Message::ts)
          .thenComparing(Message::kind)
          .thenComparingLong(Message::a)
          .thenComparing(message -> message.labels() == Message.NO_LABELS)
          .thenComparingLong(Message::labels);

  private transient ListState<Message> waiting;
  private transient ValueState<OpenSession> open;

  @Override
  public void open(OpenContext context) {
    waiting =
        getRuntimeContext().getListState(new ListStateDescriptor<>("waiting", JobTypes.MESSAGE));
    open = getRuntimeContext().getState(new ValueStateDescriptor<>("open", JobTypes.OPEN_SESSION));
  }

  @Override
  public void processElement(Message message, Context context, Collector<Session> rows)
      throws Exception {
    long watermark = context.timerService().currentWatermark();
    if (message.millis() <= watermark) {
      context.output(LATE, new LateMessage(message, watermark));
      return;
    }
    waiting.add(message);
    context.timerService().registerEventTimeTimer(message.millis());
  }

  @Override
  public void onTimer(long millis, OnTimerContext context, Collector<Session> rows)
      throws Exception {
    List<Message> due = new ArrayList<>();
    List<Message> later = new ArrayList<>();
    for (Message message : waiting.get()) {
      (message.millis() <= millis ? due : later).add(message);
    }
    waiting.update(later);
    due.sort(TOTAL_ORDER);
    OpenSession session = open.value();
    for (Message message : due) {
      boolean asks = message.kind() == MessageKind.CUSTOMER;
      if (asks && session == null) {
        session = new OpenSession(message.ts(), message.a(), message.labels());
        rows.collect(open(message.b(), session));
      } else if (!asks && session != null) {
        Session row = open(message.b(), session);
        rows.collect(
            message.closes()
                ? row.closed(message.ts())
                : row.answeredBy(message.a(), message.ts()));
        session = null;
      }
    }
    open.update(session);
  }

  private static Session open(long b, OpenSession session) {
    return Session.open(b, session.openedAt(), session.asked(), session.labels());
  }
}
