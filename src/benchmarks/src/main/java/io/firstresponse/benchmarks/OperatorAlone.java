package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.source.datagen.DatagenSource;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One way of finding first responses, between the generator and nothing. The rate is that between
 * the half and the end of the stream as they leave the source: the code is compiled by then, and
 * the buffer as full as it gets. The answers are compared with those of a plain program.
 */
final class OperatorAlone implements Bench.Measurement {

  /** Whoever finds first responses: from messages to answered sessions, or open ones as well. */
  interface Contestant {
    DataStream<SessionChange> answers(StreamExecutionEnvironment env, DataStream<Message> messages)
        throws Exception;
  }

  private final Contestant contestant;
  private final ToLongFunction<Scale> messages;
  private final String backend;
  private final Figure figure;
  private final AnswerCheck check;

  /**
   * @param messages how long a stream it gets
   * @param backend Flink's state backend
   * @param check what is expected of the answers
   */
  OperatorAlone(
      Contestant contestant,
      ToLongFunction<Scale> messages,
      String backend,
      Figure figure,
      AnswerCheck check) {
    this.contestant = contestant;
    this.messages = messages;
    this.backend = backend;
    this.figure = figure;
    this.check = check;
  }

  @Override
  public void run(Bench bench) throws Exception {
    Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, messages.applyAsLong(bench.scale()));
    long count = traffic.workload().end();
    try (Flink flink = Flink.start(settings(backend))) {
      FlinkJob job = flink.run(env -> define(env, traffic));
      FlinkJob.Times times = job.await(count);
      bench.say(
          "%,d messages read in %.1f s, the second half in %.1f s",
          count,
          (times.lastRead() - times.firstRead()) / 1e9,
          (times.lastRead() - times.halfRead()) / 1e9);
      bench.rate(figure, (count - count / 2) / ((times.lastRead() - times.halfRead()) / 1e9));
      check.run(bench, traffic.workload());
    }
  }

  /** Settings that suit a state backend and operators that are not the job's. */
  static Map<String, String> settings(String backend) {
    Map<String, String> settings = new HashMap<>(Flink.FOREIGN_OPERATORS);
    settings.put("state.backend.type", backend);
    settings.put("taskmanager.memory.managed.size", "512m");
    return settings;
  }

  private void define(StreamExecutionEnvironment env, Traffic traffic) throws Exception {
    contestant
        .answers(env, messages(env, traffic, OurFunction.DISORDER))
        .sinkTo(new FoundAnswers.Collecting())
        .name("Answers");
  }

  /** The stream that everybody is given: the job's own source and watermarks. */
  static DataStream<Message> messages(
      StreamExecutionEnvironment env, Traffic traffic, Duration outOfOrderness) {
    return env.fromSource(
            DatagenSource.from(traffic.configuration()),
            WatermarkStrategy.forBoundedOutOfOrderness(outOfOrderness),
            "Messages",
            JobTypes.RECEIVED)
        .map(received -> (Message) received)
        .returns(JobTypes.MESSAGE);
  }
}
