package io.firstresponse.benchmarks.peers;

import io.firstresponse.benchmarks.setup.Sql;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.types.JobTypes;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/**
 * The messages as the table {@code messages (a, b, ts, direct, sent)} of Flink SQL. The time
 * attribute {@code sent} has milliseconds, the highest precision of Flink's time attributes; {@code
 * ts} has microseconds.
 */
final class MessagesTable {

  private final StreamTableEnvironment tables;

  /** Registers the messages. */
  MessagesTable(StreamExecutionEnvironment env, DataStream<Message> messages) {
    tables = StreamTableEnvironment.create(env);
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
  }

  StreamTableEnvironment tables() {
    return tables;
  }

  /**
   * The answered sessions that a query returns.
   *
   * @param query the name of a file with a query of {@code (b, b_ts, a, a_ts, asked_a)}
   */
  DataStream<SessionChange> answers(String query) {
    return tables
        .toDataStream(tables.sqlQuery(Sql.resource(query)))
        .map(MessagesTable::answer)
        .returns(JobTypes.SESSION_CHANGE);
  }

  private static SessionChange answer(Row row) {
    long b = row.<Long>getFieldAs(0);
    long openedAt = row.<Long>getFieldAs(1);
    long responder = row.<Long>getFieldAs(2);
    long answeredAt = row.<Long>getFieldAs(3);
    long asked = row.<Long>getFieldAs(4);
    return SessionChange.settled(
        Session.open(b, openedAt, asked).answeredBy(responder, answeredAt), true);
  }
}
