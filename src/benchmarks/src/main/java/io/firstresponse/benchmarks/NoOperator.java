package io.firstresponse.benchmarks;

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

/** What Flink takes for bringing messages to their shards, with nothing done there. */
final class NoOperator {

  private NoOperator() {}

  /** No sessions at all. */
  static DataStream<SessionChange> sessions(
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
