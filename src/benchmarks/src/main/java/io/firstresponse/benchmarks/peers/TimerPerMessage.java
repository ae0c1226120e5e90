package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * First responses in the textbook form: a function keyed by customer, which keeps messages in a
 * {@code ListState} until the watermark has passed them, with one event-time timer per message.
 */
public final class TimerPerMessage extends KeyedProcessFunction<Long, Message, SessionChange> {

  private static final long serialVersionUID = 1L;

  private transient ListState<Message> waiting;
  private transient ValueState<OpenSession> open;

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return messages
        .keyBy(Message::b, Types.LONG)
        .process(new TimerPerMessage(), JobTypes.SESSION_CHANGE);
  }

  @Override
  public void open(OpenContext context) {
    waiting =
        getRuntimeContext().getListState(new ListStateDescriptor<>("waiting", JobTypes.MESSAGE));
    open = getRuntimeContext().getState(new ValueStateDescriptor<>("open", JobTypes.OPEN_SESSION));
  }

  @Override
  public void processElement(Message message, Context context, Collector<SessionChange> out)
      throws Exception {
    waiting.add(message);
    context.timerService().registerEventTimeTimer(message.millis());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<SessionChange> out)
      throws Exception {
    long watermark = context.timerService().currentWatermark();
    List<Message> due = new ArrayList<>();
    List<Message> later = new ArrayList<>();
    for (Message message : waiting.get()) {
      (message.millis() <= watermark ? due : later).add(message);
    }
    if (due.isEmpty()) {
      // An earlier timer of the same advance of the watermark has processed the message of this
      // one.
      return;
    }
    if (later.isEmpty()) {
      waiting.clear();
    } else {
      waiting.update(later);
    }
    OpenSession after =
        PlainRule.settle(
            open.value(), due, session -> out.collect(SessionChange.settled(session, true)));
    if (after == null) {
      open.clear();
    } else {
      open.update(after);
    }
  }
}
