package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.figures.Scale;
import io.firstresponse.benchmarks.peers.Cep;
import io.firstresponse.benchmarks.peers.MatchRecognize;
import io.firstresponse.benchmarks.peers.NoOperator;
import io.firstresponse.benchmarks.peers.OurFunction;
import io.firstresponse.benchmarks.peers.OverLag;
import io.firstresponse.benchmarks.peers.TableFunction;
import io.firstresponse.benchmarks.peers.TimerPerCustomer;
import io.firstresponse.benchmarks.peers.TimerPerMessage;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A measurement with its name.
 *
 * @param quick whether it is part of the quick run
 * @param jvmOptions options besides those of all measurements
 */
public record Part(
    String name, boolean quick, Bench.Measurement measurement, List<String> jvmOptions) {

  private static final String HEAP = "hashmap";
  private static final String ROCKSDB = "rocksdb";

  /** All measurements, in the order in which they run. */
  public static final List<Part> ALL =
      List.of(
          quick("end-to-end", new EndToEnd(EndToEnd.Run::ways)),
          quick("kafka", new EndToEnd(EndToEnd.Run::kafka)),
          full("decode", new DecodeAlone()),
          full("feeds", new FeedRace()),
          quick(
              "operator",
              operator(
                  OurFunction::sessions,
                  Scale::operatorMessages,
                  HEAP,
                  Figure.OPERATOR_ROWS_PER_S)),
          full(
              "operator-labels",
              new OperatorAlone(
                  OurFunction::sessions,
                  Scale::operatorMessages,
                  HEAP,
                  Figure.OPERATOR_LABELS_ROWS_PER_S,
                  AnswerCheck.NONE,
                  1_000)),
          quick(
              "noop",
              new OperatorAlone(
                  NoOperator::sessions,
                  Scale::noopMessages,
                  HEAP,
                  Figure.NOOP_ROWS_PER_S,
                  AnswerCheck.NONE)),
          quick(
              "timer-per-customer",
              operator(
                  TimerPerCustomer::answers,
                  Scale::operatorMessages,
                  HEAP,
                  Figure.TIMER_PER_CUSTOMER_ROWS_PER_S)),
          quick(
              "timer-per-message",
              operator(
                  TimerPerMessage::answers,
                  Scale::operatorMessages,
                  HEAP,
                  Figure.TIMER_PER_MESSAGE_ROWS_PER_S)),
          quick("kafka-streams", new KafkaStreamsAlone()),
          full(
              "process-table-function",
              operator(
                  TableFunction::answers,
                  Scale::peerMessages,
                  HEAP,
                  Figure.PROCESS_TABLE_FUNCTION_ROWS_PER_S)),
          full(
              "sql-over",
              new OperatorAlone(
                  OverLag::answers,
                  Scale::peerMessages,
                  HEAP,
                  Figure.SQL_OVER_ROWS_PER_S,
                  AnswerCheck.COUNT_WRONG)),
          full(
              "match-recognize",
              operator(
                  MatchRecognize::answers,
                  Scale::peerMessages,
                  HEAP,
                  Figure.MATCH_RECOGNIZE_ROWS_PER_S)),
          full("cep", operator(Cep::answers, Scale::peerMessages, HEAP, Figure.CEP_ROWS_PER_S)),
          quick("sink", new SinkAlone()),
          quick("state-bytes", new StateBytes()),
          full("waiting-heap", new WaitingHeap()),
          full("batch", new BatchRace()),
          full("growth-messages", new Growth(Growth.Run::messages)),
          full("growth-customers", new Growth(Growth.Run::customers)),
          full("growth-disorder", new Growth(Growth.Run::disorder)),
          new Part(
              "long-wait-live",
              false,
              new LongWait(
                  36_000_000, HEAP, Duration.ofSeconds(1), Figure.LONG_WAIT_LIVE_ROWS_PER_S),
              List.of("-Xmx2500m")),
          new Part(
              "long-wait-rocksdb",
              false,
              new LongWait(
                  100_000_000, ROCKSDB, Duration.ZERO, Figure.LONG_WAIT_ROCKSDB_ROWS_PER_S),
              List.of("-Xmx1g")),
          full("checkpoints", new Growth(Growth.Run::checkpoints)),
          full("freshness", new Freshness()),
          new Part(
              "parallel-gc",
              false,
              new CollectorChoice(
                  Figure.JOB_PARALLEL_GC_ROWS_PER_S, Figure.JOB_PARALLEL_GC_LONGEST_MS),
              List.of("-XX:+UseParallelGC")),
          new Part(
              "g1-gc",
              false,
              new CollectorChoice(Figure.JOB_G1_GC_ROWS_PER_S, Figure.JOB_G1_GC_LONGEST_MS),
              List.of("-XX:+UseG1GC")),
          new Part(
              "z-gc",
              false,
              new CollectorChoice(Figure.JOB_Z_GC_ROWS_PER_S, Figure.JOB_Z_GC_LONGEST_MS),
              List.of("-XX:+UseZGC")),
          full(
              "operator-rocksdb",
              operator(
                  OurFunction::sessions,
                  Scale::peerMessages,
                  ROCKSDB,
                  Figure.OPERATOR_ROCKSDB_ROWS_PER_S)),
          full(
              "timer-per-customer-rocksdb",
              operator(
                  TimerPerCustomer::answers,
                  Scale::peerMessages,
                  ROCKSDB,
                  Figure.TIMER_PER_CUSTOMER_ROCKSDB_ROWS_PER_S)),
          full(
              "timer-per-message-rocksdb",
              operator(
                  TimerPerMessage::answers,
                  Scale::peerMessages,
                  ROCKSDB,
                  Figure.TIMER_PER_MESSAGE_ROCKSDB_ROWS_PER_S)),
          full(
              "match-recognize-rocksdb",
              operator(
                  MatchRecognize::answers,
                  Scale::peerMessages,
                  ROCKSDB,
                  Figure.MATCH_RECOGNIZE_ROCKSDB_ROWS_PER_S)),
          full(
              "cep-rocksdb",
              operator(Cep::answers, Scale::peerMessages, ROCKSDB, Figure.CEP_ROCKSDB_ROWS_PER_S)));

  private static Part quick(String name, Bench.Measurement measurement) {
    return new Part(name, true, measurement, List.of());
  }

  private static Part full(String name, Bench.Measurement measurement) {
    return new Part(name, false, measurement, List.of());
  }

  private static OperatorAlone operator(
      OperatorAlone.Contestant contestant,
      ToLongFunction<Scale> messages,
      String backend,
      Figure figure) {
    return new OperatorAlone(contestant, messages, backend, figure, AnswerCheck.EXACT);
  }
}
