package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * First responses by a function keyed by customer, with one value of state and one event-time timer
 * per customer: the form that keeps the costs of state and timers low.
 */
public final class TimerPerCustomer extends KeyedProcessFunction<Long, Message, SessionChange> {

  private static final long serialVersionUID = 1L;

  private transient ValueState<CustomerState> customer;

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return messages
        .keyBy(Message::b, Types.LONG)
        .process(new TimerPerCustomer(), JobTypes.SESSION_CHANGE);
  }

  @Override
  public void open(OpenContext context) {
    customer =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("customer", Types.POJO(CustomerState.class)));
  }

  @Override
  public void processElement(Message message, Context context, Collector<SessionChange> out)
      throws Exception {
    CustomerState state = customer.value();
    if (state == null) {
      state = new CustomerState();
    }
    TimerService timers = context.timerService();
    boolean waited = !state.isEmpty();
    long timer = state.timer;
    if (state.add(message.a(), message.ts(), message.direct())) {
      if (waited) {
        timers.deleteEventTimeTimer(timer);
      }
      timers.registerEventTimeTimer(state.timer);
    }
    customer.update(state);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<SessionChange> out)
      throws Exception {
    TimerService timers = context.timerService();
    CustomerState state = customer.value();
    state.settle(
        context.getCurrentKey(),
        timers.currentWatermark(),
        session -> out.collect(SessionChange.settled(session, true)));
    if (!state.isEmpty()) {
      timers.registerEventTimeTimer(state.timer);
    }
    if (state.isEmpty() && !state.isOpen) {
      customer.clear();
    } else {
      customer.update(state);
    }
  }
}
