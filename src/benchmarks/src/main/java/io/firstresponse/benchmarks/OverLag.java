package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.SessionChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * First responses by OVER and LAG of Flink SQL. It finds answered sessions only. A stream can be
 * ordered by its time attribute only, which has milliseconds: it does not know the order of a
 * customer's messages in the same millisecond, so some answers are wrong.
 */
final class OverLag {

  private OverLag() {}

  /** Answered sessions. */
  static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return new MessagesTable(env, messages).answers("/peers/over-lag.sql");
  }
}
