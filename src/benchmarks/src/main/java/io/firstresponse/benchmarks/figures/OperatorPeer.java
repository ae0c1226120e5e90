package io.firstresponse.benchmarks.figures;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The other ways of computing first responses that the job's operator is compared with. */
public enum OperatorPeer {
  TIMER_PER_CUSTOMER(
      "a keyed process function, one value of state and one timer for each customer",
      Figure.TIMER_PER_CUSTOMER_ROWS_PER_S,
      Figure.TIMER_PER_CUSTOMER_ROCKSDB_ROWS_PER_S),
  TIMER_PER_MESSAGE(
      "a keyed process function, `ListState` and a timer for each message",
      Figure.TIMER_PER_MESSAGE_ROWS_PER_S,
      Figure.TIMER_PER_MESSAGE_ROCKSDB_ROWS_PER_S),
  KAFKA_STREAMS("Kafka Streams", Figure.KAFKA_STREAMS_ROWS_PER_S),
  PROCESS_TABLE_FUNCTION(
      "a process table function of Flink SQL, one timer for each customer",
      Figure.PROCESS_TABLE_FUNCTION_ROWS_PER_S),
  CEP("Flink CEP", Figure.CEP_ROWS_PER_S, Figure.CEP_ROCKSDB_ROWS_PER_S),
  SQL_OVER("Flink SQL `OVER` and `LAG`, not exact", Figure.SQL_OVER_ROWS_PER_S),
  MATCH_RECOGNIZE(
      "Flink SQL `MATCH_RECOGNIZE`",
      Figure.MATCH_RECOGNIZE_ROWS_PER_S,
      Figure.MATCH_RECOGNIZE_ROCKSDB_ROWS_PER_S);

  private final String label;
  private final Figure heap;
  private final Figure rocksDb;

  OperatorPeer(String label, Figure heap) {
    this(label, heap, null);
  }

  OperatorPeer(String label, Figure heap, Figure rocksDb) {
    this.label = label;
    this.heap = heap;
    this.rocksDb = rocksDb;
  }

  /** The description of the peer on the page. */
  public String label() {
    return label;
  }

  /** The figure of its rate with state on the heap. */
  public Figure heap() {
    return heap;
  }

  /** The figure of its rate with state in RocksDB, if that is measured. */
  public Optional<Figure> rocksDb() {
    return Optional.ofNullable(rocksDb);
  }

  /** The peers that the results have a figure of, the fastest first. */
  public static List<OperatorPeer> ranked(Results results) {
    return Arrays.stream(values())
        .filter(peer -> results.has(peer.heap))
        .sorted(
            Comparator.comparingDouble((OperatorPeer peer) -> results.get(peer.heap)).reversed())
        .toList();
  }

  /** The fastest peer that is exact. */
  public static Optional<OperatorPeer> strongest(Results results) {
    return ranked(results).stream().filter(peer -> peer != SQL_OVER).findFirst();
  }
}
