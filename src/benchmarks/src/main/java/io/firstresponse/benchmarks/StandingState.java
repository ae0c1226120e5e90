package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * A job that has taken all its messages in and then stands still, so that its state can be looked
 * at: a second source, which hardly delivers anything, never ends and alone decides how far the
 * watermark goes.
 *
 * @param traffic the messages
 * @param which those of them that reach the operator
 * @param watermarkPasses whether the watermark goes past all messages; otherwise they stay in the
 *     buffer
 * @param operator what keeps the state
 */
record StandingState(
    Traffic traffic,
    FilterFunction<Message> which,
    boolean watermarkPasses,
    OperatorAlone.Contestant operator) {

  private static final String FILTER = "Which";

  /** Every message stays in the buffer of our operator. */
  static StandingState buffered(Traffic traffic) {
    return new StandingState(traffic, message -> true, false, OurFunction::sessions);
  }

  /** Starts the job and returns when it stands still. */
  FlinkJob start(Flink flink) throws Exception {
    FlinkJob job = flink.run(this::define);
    awaitStill(job);
    return job;
  }

  /** Waits until the source that ends has ended, which it does after the first checkpoint. */
  static void awaitSourceEnded(FlinkJob job) throws Exception {
    job.awaitThat(() -> job.tasks(ExecutionState.FINISHED) == Flink.PARALLELISM);
  }

  /** The same job, to be restored. */
  FlinkJob restore(Flink flink, String savepoint) throws Exception {
    FlinkJob job = flink.restore(this::define, savepoint);
    job.awaitRunning();
    return job;
  }

  private void awaitStill(FlinkJob job) throws Exception {
    job.awaitRunning();
    long messages = traffic.workload().end();
    job.awaitThat(() -> job.count(FILTER, "numRecordsIn") == messages);
    // What has left the filter has to arrive, and the watermark after it.
    long quiet = System.nanoTime();
    long seen = -1;
    while (System.nanoTime() - quiet < Duration.ofSeconds(1).toNanos()) {
      long now = job.count("", "numRecordsIn") + job.count("", "messagesUsed");
      if (now != seen) {
        seen = now;
        quiet = System.nanoTime();
      }
      job.look();
    }
  }

  private void define(StreamExecutionEnvironment env) throws Exception {
    // The source that ends would end with one of these, at any moment. So it does with the first
    // one that is asked for.
    env.enableCheckpointing(Duration.ofHours(1).toMillis());
    DataStream<Message> messages =
        OperatorAlone.messages(env, traffic, Duration.ofSeconds(60)).filter(which).name(FILTER);
    // A split for each reader: one that delivers nothing would hold the watermark back for ever.
    Traffic nearlyNone =
        Traffic.of(ResponseMode.ANY_AGENT, 0)
            .with(
                "source.datagen.start",
                watermarkPasses ? "2100-01-01T00:00:00Z" : "1970-01-03T00:00:00Z")
            .with("source.datagen.splits", Integer.toString(Flink.PARALLELISM))
            .with("source.datagen.rate", "0.001");
    DataStream<Message> gate =
        OperatorAlone.messages(env, nearlyNone, Duration.ofSeconds(60)).filter(message -> false);
    operator.answers(env, messages.union(gate)).sinkTo(new DiscardingSink<>());
  }

  /** Keeps one byte for each key: what is left is the backend's own. */
  static DataStream<SessionChange> oneByte(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return messages
        .keyBy(ResponseMode.ANY_AGENT::keyOf, JobTypes.CONVERSATION_KEY)
        .process(new OneByte(), JobTypes.SESSION_CHANGE);
  }

  private static final class OneByte
      extends KeyedProcessFunction<ConversationKey, Message, SessionChange> {

    private static final long serialVersionUID = 1L;

    private transient ValueState<Byte> state;

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>("byte", Types.BYTE));
    }

    @Override
    public void processElement(Message message, Context context, Collector<SessionChange> out)
        throws Exception {
      state.update((byte) 1);
    }
  }
}
