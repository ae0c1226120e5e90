package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.sessions.ShardKey;
import io.firstresponse.job.types.JobTypes;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Measures Flink alone: messages are sent to their shards and dropped there. */
public final class NoOperator {

  private NoOperator() {}

  /** A stream without sessions. */
  public static DataStream<SessionChange> sessions(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    env.setMaxParallelism(OurFunction.MAX_PARALLELISM);
    return messages
        .keyBy(new ShardKey(ResponseMode.ANY_AGENT, OurFunction.MAX_PARALLELISM), Types.INT)
        .process(new Nothing(), JobTypes.SESSION_CHANGE);
  }

  private static final class Nothing extends KeyedProcessFunction<Integer, Message, SessionChange> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Message message, Context context, Collector<SessionChange> out) {}
  }
}
