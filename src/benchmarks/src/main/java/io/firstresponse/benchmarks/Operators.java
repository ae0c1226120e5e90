package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.sessions.FirstResponseFunction;
import io.firstresponse.job.types.JobTypes;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/** The ways of finding first responses that Flink offers, and ours; any-agent. */
final class Operators {

  private Operators() {}

  /** The job's own operator. Whatever replaces it is put in here. */
  static DataStream<Session> ours(StreamExecutionEnvironment env, DataStream<Message> messages) {
    return messages
        .keyBy(ResponseMode.ANY_AGENT::keyOf, JobTypes.CONVERSATION_KEY)
        .process(new FirstResponseFunction(), JobTypes.SESSION)
        .uid("sessions")
        .name("First responses");
  }

  /** What Flink takes for bringing messages to their customers, with nothing done there. */
  static DataStream<Session> nothing(StreamExecutionEnvironment env, DataStream<Message> messages) {
    return messages
        .keyBy(ResponseMode.ANY_AGENT::keyOf, JobTypes.CONVERSATION_KEY)
        .process(new Nothing(), JobTypes.SESSION);
  }

  private static final class Nothing
      extends KeyedProcessFunction<ConversationKey, Message, Session> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Message message, Context context, Collector<Session> out) {}
  }

  /** Flink SQL. It finds answered sessions only. */
  static DataStream<Row> matchRecognize(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    DataStream<Row> rows =
        messages
            .map(message -> Row.of(message.a(), message.b(), message.ts(), message.direct()))
            .returns(
                Types.ROW_NAMED(
                    new String[] {"a", "b", "ts", "direct"},
                    Types.LONG,
                    Types.LONG,
                    Types.LONG,
                    Types.BOOLEAN));
    tables.createTemporaryView(
        "messages",
        rows,
        Schema.newBuilder()
            .column("a", DataTypes.BIGINT().notNull())
            .column("b", DataTypes.BIGINT().notNull())
            .column("ts", DataTypes.BIGINT().notNull())
            .column("direct", DataTypes.BOOLEAN().notNull())
            .columnByMetadata("sent", DataTypes.TIMESTAMP_LTZ(3), "rowtime")
            .watermark("sent", "source_watermark()")
            .build());
    return tables.toDataStream(tables.sqlQuery(Sql.resource("/peers/match-recognize.sql")));
  }

  /** Flink CEP. It finds answered sessions only. */
  static DataStream<Session> cep(StreamExecutionEnvironment env, DataStream<Message> messages) {
    Pattern<Message, Message> pattern =
        Pattern.<Message>begin("opened", AfterMatchSkipStrategy.skipPastLastEvent())
            .where(SimpleCondition.of(message -> !message.direct()))
            .followedBy("answered")
            .where(SimpleCondition.of(Message::direct));
    return CEP.pattern(messages.keyBy(Message::b, Types.LONG), pattern, new TotalOrder())
        .inEventTime()
        .process(new Answer(), JobTypes.SESSION);
  }

  /** The order inside a millisecond, which is as fine as Flink's timestamps are. */
  private static final class TotalOrder implements EventComparator<Message> {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Message one, Message other) {
      int order = Long.compare(one.ts(), other.ts());
      if (order == 0) {
        order = Boolean.compare(one.direct(), other.direct());
      }
      return order == 0 ? Long.compare(one.a(), other.a()) : order;
    }
  }

  private static final class Answer extends PatternProcessFunction<Message, Session> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processMatch(
        Map<String, List<Message>> match, Context context, Collector<Session> out) {
      Message opened = match.get("opened").get(0);
      Message answered = match.get("answered").get(0);
      out.collect(
          Session.open(opened.b(), opened.ts(), opened.a())
              .answeredBy(answered.a(), answered.ts()));
    }
  }
}
