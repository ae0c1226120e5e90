package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
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
 * A job that has read all its messages and keeps running without work, so that its state can be
 * measured. A second source, which delivers almost nothing and never ends, determines the
 * watermark.
 *
 * @param traffic the messages
 * @param which selects the messages that reach the operator
 * @param watermarkPasses whether the watermark passes all messages; otherwise they stay in the
 *     buffer
 * @param operator keeps the state
 */
record StandingState(
    Traffic traffic,
    FilterFunction<Message> which,
    boolean watermarkPasses,
    OperatorAlone.Contestant operator) {

  private static final String FILTER = "Which";

  /** A job in which all messages stay in the buffer of the job's operator. */
  static StandingState buffered(Traffic traffic) {
    return new StandingState(traffic, message -> true, false, OurFunction::sessions);
  }

  /** Starts the job and returns when it has processed all messages. */
  FlinkJob start(Flink flink) throws Exception {
    FlinkJob job = flink.run(this::define);
    awaitStill(job);
    return job;
  }

  /** Waits until the bounded source has finished, which happens after the first checkpoint. */
  static void awaitSourceEnded(FlinkJob job) throws Exception {
    job.awaitThat(() -> job.tasks(ExecutionState.FINISHED) == Flink.PARALLELISM);
  }

  /** Starts the job from a savepoint. */
  FlinkJob restore(Flink flink, String savepoint) throws Exception {
    FlinkJob job = flink.restore(this::define, savepoint);
    job.awaitRunning();
    return job;
  }

  private void awaitStill(FlinkJob job) throws Exception {
    job.awaitRunning();
    long messages = traffic.workload().end();
    job.awaitThat(() -> job.count(FILTER, "numRecordsIn") == messages);
    // Messages that have left the filter still have to arrive, and the watermark after them.
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
    // The bounded source finishes with a checkpoint. Without periodic ones that is the first one
    // that is requested.
    env.enableCheckpointing(Duration.ofHours(1).toMillis());
    DataStream<Message> messages =
        OperatorAlone.messages(env, traffic, Duration.ofSeconds(60)).filter(which).name(FILTER);
    // A split for each reader: a reader without messages would hold the watermark back forever.
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

  /** Keeps one byte per key, to measure what the backend itself takes per key. */
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
