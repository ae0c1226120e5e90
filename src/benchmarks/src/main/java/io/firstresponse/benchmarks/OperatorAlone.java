package io.firstresponse.benchmarks;

import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.OpenTable;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.WaitingMessages;
import io.firstresponse.job.source.datagen.DatagenSource;
import io.firstresponse.job.source.datagen.Workload;
import io.firstresponse.job.types.JobTypes;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * One way of finding first responses, between the generator and nothing. The rate is that between
 * the half and the end of the stream as they leave the source: the code is compiled by then, and
 * the buffer as full as it gets.
 */
final class OperatorAlone implements Bench.Measurement {

  /** Whoever finds first responses: from messages to one element an answer, or more. */
  interface Contestant {
    DataStream<?> answers(StreamExecutionEnvironment env, DataStream<Message> messages)
        throws Exception;
  }

  private static final String SINK = "Nowhere";

  private final Contestant contestant;
  private final ToLongFunction<Scale> messages;
  private final String backend;
  private final Figure figure;

  /**
   * @param messages how long a stream it gets
   * @param backend Flink's state backend
   */
  OperatorAlone(
      Contestant contestant, ToLongFunction<Scale> messages, String backend, Figure figure) {
    this.contestant = contestant;
    this.messages = messages;
    this.backend = backend;
    this.figure = figure;
  }

  @Override
  public void run(Bench bench) throws Exception {
    Traffic traffic = Traffic.of(ResponseMode.ANY_AGENT, messages.applyAsLong(bench.scale()));
    long count = traffic.workload().end();
    try (Flink flink = Flink.start(settings(backend))) {
      FlinkJob job = flink.run(env -> define(env, traffic));
      FlinkJob.Times times = bench.scale().drain() ? job.await(count) : job.awaitRead(count);
      bench.say(
          "%,d messages read in %.1f s, the second half in %.1f s",
          count,
          (times.lastRead() - times.firstRead()) / 1e9,
          (times.lastRead() - times.halfRead()) / 1e9);
      bench.rate(figure, (count - count / 2) / ((times.lastRead() - times.halfRead()) / 1e9));
      if (bench.scale().drain()) {
        compareAnswers(bench, job, traffic);
      } else {
        job.cancel();
      }
    }
  }

  private static void compareAnswers(Bench bench, FlinkJob job, Traffic traffic)
      throws IOException {
    // Ours also tells of sessions that are open, so it is asked itself.
    long answers = job.count("", "sessionsAnswered");
    if (answers == 0) {
      answers = job.count(SINK, "numRecordsIn");
    }
    if (answers > 0) {
      boolean agrees = answers == plainlyAnswered(traffic.workload());
      bench.results().putAll(Figure.OPERATORS_AGREE, agrees);
      bench.say("%,d answers, %s", answers, agrees ? "as in a plain program" : "WRONG");
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
        .answers(env, messages(env, traffic, Duration.ofSeconds(60)))
        .sinkTo(new DiscardingSink<>())
        .name(SINK);
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

  /** How many answers there are, by the state machine and nothing else. */
  private static long plainlyAnswered(Workload workload) throws IOException {
    WaitingMessages waiting = new WaitingMessages();
    for (long i = 0; i < workload.end(); i++) {
      waiting.add(workload.message(i));
    }
    DueMessages all = new DueMessages(ResponseMode.ANY_AGENT);
    waiting.takeThrough(Long.MAX_VALUE, all);
    FinalSessions sessions = new FinalSessions(session -> {});
    sessions.settle(all, new OpenTable(ResponseMode.ANY_AGENT));
    return sessions.answered();
  }
}
