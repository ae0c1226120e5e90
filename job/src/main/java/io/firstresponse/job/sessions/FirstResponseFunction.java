package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Conversation;
import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.tally.Tally;
import io.firstresponse.job.types.JobTypes;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Per customer (and agent, in addressed-agent mode): buffers messages until the watermark passes
 * them, orders them, takes them through the state machine, and emits each session when it opens and
 * when it is answered; what opens and is answered in one step of the watermark comes once.
 *
 * <p>The state of a key is one {@link Conversation}, and nothing when no session is open and no
 * message waits. A key has one timer at most: at the millisecond of its first waiting message.
 */
public final class FirstResponseFunction
    extends KeyedProcessFunction<ConversationKey, Message, Session>
    implements CheckpointedFunction {

  /** Messages at or behind the watermark. */
  public static final OutputTag<LateMessage> LATE =
      new OutputTag<>("late-messages", JobTypes.LATE_MESSAGE);

  private static final long serialVersionUID = 1;

  private transient ValueState<Conversation> conversations;
  private transient Tally tally;

  @Override
  public void open(OpenContext context) {
    conversations =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("conversation", JobTypes.CONVERSATION));
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    tally =
        new Tally(
            getRuntimeContext(),
            context.getOperatorStateStore(),
            Count.LATE,
            Count.USED,
            Count.OPENED,
            Count.ANSWERED);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    tally.snapshot();
  }

  @Override
  public void processElement(Message message, Context context, Collector<Session> out)
      throws Exception {
    TimerService timers = context.timerService();
    long watermark = timers.currentWatermark();
    if (message.millis() <= watermark) {
      tally.add(Count.LATE, 1);
      context.output(LATE, new LateMessage(message, watermark));
      return;
    }
    Conversation conversation = conversations.value();
    if (conversation == null) {
      conversation = new Conversation();
    }
    long pendingSince = conversation.firstPendingMillis();
    conversation.add(message);
    if (message.millis() < pendingSince) {
      if (pendingSince != Conversation.NOTHING_PENDING) {
        timers.deleteEventTimeTimer(pendingSince);
      }
      timers.registerEventTimeTimer(message.millis());
    }
    conversations.update(conversation);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Session> out)
      throws Exception {
    Conversation conversation = conversations.value();
    boolean wasOpen = conversation.isOpen();
    SessionCounter counter = new SessionCounter(out);
    // All that the watermark has passed, not only what the timer was set for: one row a session.
    int used =
        conversation.settle(
            context.getCurrentKey().b(), context.timerService().currentWatermark(), counter);
    tally.add(Count.USED, used);
    tally.add(Count.ANSWERED, counter.answered);
    tally.add(Count.OPENED, counter.changed - (wasOpen && counter.changed > 0 ? 1 : 0));

    if (conversation.isForgettable()) {
      conversations.clear();
      return;
    }
    if (conversation.firstPendingMillis() != Conversation.NOTHING_PENDING) {
      context.timerService().registerEventTimeTimer(conversation.firstPendingMillis());
    }
    conversations.update(conversation);
  }

  private static final class SessionCounter implements Consumer<Session> {

    private final Collector<Session> out;
    private int changed;
    private int answered;

    SessionCounter(Collector<Session> out) {
      this.out = out;
    }

    @Override
    public void accept(Session session) {
      changed++;
      if (!session.isOpen()) {
        answered++;
      }
      out.collect(session);
    }
  }
}
