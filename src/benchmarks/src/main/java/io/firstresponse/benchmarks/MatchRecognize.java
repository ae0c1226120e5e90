package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/** First responses by Flink SQL. It finds answered sessions only. */
final class MatchRecognize {

  private MatchRecognize() {}

  /** Answered sessions. */
  static DataStream<Row> answers(StreamExecutionEnvironment env, DataStream<Message> messages) {
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
}
