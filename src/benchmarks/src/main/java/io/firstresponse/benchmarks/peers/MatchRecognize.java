package io.firstresponse.benchmarks.peers;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.SessionChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** First responses by MATCH_RECOGNIZE of Flink SQL. It finds answered sessions only. */
public final class MatchRecognize {

  private MatchRecognize() {}

  /** Computes answered sessions. */
  public static DataStream<SessionChange> answers(
      StreamExecutionEnvironment env, DataStream<Message> messages) {
    return new MessagesTable(env, messages).answers("/peers/match-recognize.sql");
  }
}
