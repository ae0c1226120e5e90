package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** First responses by Flink CEP. It finds answered sessions only. */
public final class Cep {

  private Cep() {}

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    Pattern<Message, Message> pattern =
        Pattern.<Message>begin("opened", AfterMatchSkipStrategy.skipPastLastEvent())
            .where(SimpleCondition.of(message -> !message.direct()))
            .followedBy("answered")
            .where(SimpleCondition.of(Message::direct));
    return CEP.pattern(messages.keyBy(Message::b, Types.LONG), pattern, new MessageOrder())
        .inEventTime()
        .process(new Answer(), JobTypes.SESSION_CHANGE);
  }

  private static final class Answer extends PatternProcessFunction<Message, SessionChange> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processMatch(
        Map<String, List<Message>> match, Context context, Collector<SessionChange> out) {
      Message opened = match.get("opened").get(0);
      Message answered = match.get("answered").get(0);
      out.collect(
          SessionChange.settled(
              Session.open(opened.b(), opened.ts(), opened.a())
                  .answeredBy(answered.a(), answered.ts()),
              true));
    }
  }
}
