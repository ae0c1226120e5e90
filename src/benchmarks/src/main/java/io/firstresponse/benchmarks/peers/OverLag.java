package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.SessionChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * First responses by OVER and LAG of Flink SQL. It finds answered sessions only. Flink SQL orders a
 * stream by its time attribute alone, which has milliseconds. The order of a customer's messages
 * within a millisecond is unknown, so some answers are wrong.
 */
public final class OverLag {

  private OverLag() {}

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return new MessagesTable(env, messages).answers("/peers/over-lag.sql");
  }
}
