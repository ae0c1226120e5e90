package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/** First responses by a process table function of Flink SQL. It finds answered sessions only. */
public final class TableFunction {

  private TableFunction() {}

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    MessagesTable table = new MessagesTable(env, messages);
    table.tables().createTemporarySystemFunction("first_responses", FirstResponses.class);
    return table.answers("/peers/process-table-function.sql");
  }

  /**
   * Keeps the messages of a customer until the watermark has passed them, with one timer per
   * customer.
   */
  @DataTypeHint("ROW<b_ts BIGINT, a BIGINT, a_ts BIGINT, asked_a BIGINT>")
  public static final class FirstResponses extends ProcessTableFunction<Row> {

    private static final long serialVersionUID = 1L;

    /** A timer replaces the previous one of the same name. */
    private static final String TIMER = "earliest";

    /** Processes a message. */
    public void eval(
        Context context,
        @StateHint CustomerState customer,
        @ArgumentHint({ArgumentTrait.SET_SEMANTIC_TABLE, ArgumentTrait.REQUIRE_ON_TIME})
            Row message) {
      long a = message.<Long>getFieldAs("a");
      long ts = message.<Long>getFieldAs("ts");
      if (customer.add(a, ts, message.<Boolean>getFieldAs("direct"))) {
        context.timeContext(Long.class).registerOnTime(TIMER, customer.timer);
      }
    }

    /** Processes the messages that the watermark has passed. */
    public void onTimer(OnTimerContext context, CustomerState customer) {
      TimeContext<Long> time = context.timeContext(Long.class);
      // The function does not emit the customer: SQL adds the partition key.
      customer.settle(0, time.currentWatermark(), this::emit);
      if (!customer.isEmpty()) {
        time.registerOnTime(TIMER, customer.timer);
      }
    }

    private void emit(Session session) {
      collect(Row.of(session.openedAt(), session.responder(), session.endedAt(), session.asked()));
    }
  }
}
