package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.figures.Scale;
import io.firstresponse.benchmarks.peers.FoundAnswers;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.Traffic;
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
 * One way of computing first responses, between the generator and a sink that writes nothing. The
 * rate is that of the second half of the stream, as it leaves the source: by then the code is
 * compiled and the buffer is full. The answers are compared with those of a plain program.
 */
final class OperatorAlone implements Bench.Measurement {

  /** A computation from messages to answered sessions; it may also emit open ones. */
  interface Contestant {
    DataStream<SessionChange> answers(StreamExecutionEnvironment env, DataStream<Message> messages)
        throws Exception;
  }

  private final Contestant contestant;
  private final ToLongFunction<Scale> messages;
  private final String backend;
  private final Figure figure;
  private final AnswerCheck check;
  private final int labels;

  /**
   * A measurement of one contestant.
   *
   * @param messages the length of the stream
   * @param backend Flink's state backend
   * @param check the check of the answers
   */
  OperatorAlone(
      Contestant contestant,
      ToLongFunction<Scale> messages,
      String backend,
      Figure figure,
      AnswerCheck check) {
    this(contestant, messages, backend, figure, check, 0);
  }

  /**
   * A measurement of one contestant.
   *
   * @param messages the length of the stream
   * @param backend Flink's state backend
   * @param check the check of the answers
   * @param labels how many label sets customers' messages have; 0 for no labels
   */
  OperatorAlone(
      Contestant contestant,
      ToLongFunction<Scale> messages,
      String backend,
      Figure figure,
      AnswerCheck check,
      int labels) {
    this.contestant = contestant;
    this.messages = messages;
    this.backend = backend;
    this.figure = figure;
    this.check = check;
    this.labels = labels;
  }

  @Override
  public void run(Bench bench) throws Exception {
    Traffic traffic =
        Traffic.of(ResponseMode.ANY_AGENT, messages.applyAsLong(bench.scale()))
            .with("source.datagen.labels", Integer.toString(labels));
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

  /** The settings for a state backend and for operators that are not the job's. */
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

  /** The stream that all contestants get, with the job's own source and watermarks. */
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
