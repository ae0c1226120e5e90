package io.firstresponse.benchmarks.figures;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The figures that the benchmarks measure. The names, in lower case, are the keys of {@code
 * results.json}; they are never changed, because other programs read them. A share is between 0 and
 * 1; a yes is 1, a no is 0.
 */
public enum Figure {
  TRIGGER_ROWS_PER_S("the seed's trigger, single-row inserts, best client count"),
  TRIGGER_CLIENTS("that client count"),
  TRIGGER_COPY_ROWS_PER_S("the seed's trigger under COPY, the better of one and two clients"),
  TRIGGER_COPY1_ROWS_PER_S("the seed's trigger under COPY, one client"),
  TRIGGER_COPY2_ROWS_PER_S("the seed's trigger under COPY, two clients that split the customers"),
  TRIGGER_WRONG_SHARE("answered sessions that the trigger got wrong or missed"),
  DELAYED_BATCH_ROWS_PER_S("the seed's delayed batch, consumption only"),
  DELAYED_BATCH_WRONG_SHARE("answered sessions that the delayed batch got wrong or missed"),
  JOB_ROWS_PER_S("the job from datagen to PostgreSQL, any-agent"),
  JOB_COLD_ROWS_PER_S("the first job of its JVM, shorter"),
  JOB_LIVE_ROWS_PER_S("the job from datagen to PostgreSQL, any-agent, live results"),
  JOB_FINAL_OVER_LIVE("job_rows_per_s / job_live_rows_per_s: what live results cost"),
  JOB_1H_ROWS_PER_S("the job with a bound of 1 h, so that all is written at the end"),
  JOB_LIVE_1H_ROWS_PER_S("the same with live results, so that all is written before, too"),
  JOB_FINAL_OVER_LIVE_1H("job_1h_rows_per_s / job_live_1h_rows_per_s"),
  JOB_FILES_ROWS_PER_S("the job from JSON lines, any-agent"),
  JOB_KAFKA_ROWS_PER_S("the job from JSON in a Kafka beside it, 4 partitions, any-agent"),
  JOB_ADDRESSED_ROWS_PER_S("the job from datagen, addressed-agent"),
  JOB_PARALLEL_GC_ROWS_PER_S("the job, warm, ParallelGC"),
  JOB_PARALLEL_GC_LONGEST_MS("its longest pause for garbage collection"),
  JOB_G1_GC_ROWS_PER_S("the job, warm, G1"),
  JOB_G1_GC_LONGEST_MS("its longest pause for garbage collection"),
  JOB_Z_GC_ROWS_PER_S("the job, warm, ZGC"),
  JOB_Z_GC_LONGEST_MS("its longest pause for garbage collection"),
  JOB_EXACT("whether every row of every job run was as the window query has it"),
  JOB_OVER_TRIGGER("job_rows_per_s / trigger_rows_per_s"),
  JOB_OVER_TRIGGER_COPY("job_rows_per_s / trigger_copy_rows_per_s"),
  JOB_FLINK_CORES("processor cores that Flink kept busy during the job"),
  JOB_POSTGRES_CORES("processor cores that PostgreSQL kept busy during the job"),
  TRIGGER_ADDRESSED_ROWS_PER_S("the seed's trigger, addressed-agent, single-row inserts"),
  JOB_ADDRESSED_OVER_TRIGGER("job_addressed_rows_per_s / trigger_addressed_rows_per_s"),

  DECODE_PLAIN_RECORDS_PER_S("plain JSON lines decoded by one core"),
  DECODE_MAPPED_RECORDS_PER_S("webhooks decoded by the preset chatwoot, one core"),
  DECODE_MAPPED_OVER_PLAIN("decode_mapped_records_per_s / decode_plain_records_per_s"),
  FEED_PLAIN_ROWS_PER_S("the job from JSON lines with integer ids"),
  FEED_TEXT_IDS_ROWS_PER_S("the job from JSON lines with text ids"),
  FEED_LABELS_ROWS_PER_S("the job from JSON lines with labels, a hundred sets"),
  FEED_MAPPED_ROWS_PER_S("the job from webhooks, by the preset chatwoot, text ids and names"),
  FEED_TEXT_IDS_OVER_PLAIN("feed_text_ids_rows_per_s / feed_plain_rows_per_s"),
  FEED_LABELS_OVER_PLAIN("feed_labels_rows_per_s / feed_plain_rows_per_s"),
  FEED_MAPPED_OVER_PLAIN("feed_mapped_rows_per_s / feed_plain_rows_per_s"),

  OPERATOR_ROWS_PER_S("our operator alone, steady, heap"),
  OPERATOR_LABELS_ROWS_PER_S("our operator alone, steady, heap, messages with labels"),
  NOOP_ROWS_PER_S("keyBy and nothing, steady"),
  TIMER_PER_CUSTOMER_ROWS_PER_S("keyed process function, one timer a customer, steady, heap"),
  TIMER_PER_MESSAGE_ROWS_PER_S("keyed process function, a timer a message, steady, heap"),
  KAFKA_STREAMS_ROWS_PER_S("Kafka Streams, from a broker, steady, stores in memory"),
  PROCESS_TABLE_FUNCTION_ROWS_PER_S("Flink SQL process table function, steady, heap"),
  SQL_OVER_ROWS_PER_S("Flink SQL OVER and LAG, steady, heap"),
  SQL_OVER_WRONG_ANSWERS("answers that OVER and LAG got wrong or missed"),
  MATCH_RECOGNIZE_ROWS_PER_S("Flink SQL MATCH_RECOGNIZE, steady, heap"),
  CEP_ROWS_PER_S("Flink CEP, steady, heap"),
  OPERATOR_OVER_NOOP("operator_rows_per_s / noop_rows_per_s"),
  OPERATOR_LABELS_OVER_PLAIN("operator_labels_rows_per_s / operator_rows_per_s"),
  OPERATOR_OVER_MATCH_RECOGNIZE("operator_rows_per_s / match_recognize_rows_per_s"),
  OPERATOR_OVER_CEP("operator_rows_per_s / cep_rows_per_s"),
  OPERATOR_OVER_BEST_PEER("operator_rows_per_s / the best rate of an exact peer"),
  OPERATORS_AGREE("whether all of them but OVER and LAG found the answers of a plain program"),
  OPERATOR_ROCKSDB_ROWS_PER_S("our operator alone, steady, RocksDB"),
  TIMER_PER_CUSTOMER_ROCKSDB_ROWS_PER_S("one timer a customer, steady, RocksDB"),
  TIMER_PER_MESSAGE_ROCKSDB_ROWS_PER_S("a timer a message, steady, RocksDB"),
  MATCH_RECOGNIZE_ROCKSDB_ROWS_PER_S("Flink SQL MATCH_RECOGNIZE, steady, RocksDB"),
  CEP_ROCKSDB_ROWS_PER_S("Flink CEP, steady, RocksDB"),

  SINK_ROWS_PER_S("our sink, new rows and then half updates"),
  SINK_NEW_ROWS_PER_S("our sink, new rows only"),
  SINK_UPDATED_ROWS_PER_S("our sink, half of the rows updates"),
  SINK_LIMIT_ROWS_PER_S("the same statement by hand, two connections, arrays made before"),
  SINK_LIMIT_NEW_ROWS_PER_S("the statement by hand, new rows only"),
  SINK_LIMIT_UPDATED_ROWS_PER_S("the statement by hand, half of the rows updates"),
  SINK_OVER_LIMIT("sink_rows_per_s / sink_limit_rows_per_s"),
  JDBC_SINK_ROWS_PER_S("Flink's JdbcSink, rewritten batches of 5000"),
  COPY_ROWS_PER_S("binary COPY into a bare table, two connections"),

  STATE_BACKEND_BYTES_PER_KEY("a checkpoint's bytes for a key with one byte of state"),
  STATE_BYTES_PER_BUFFERED_MESSAGE("all of a checkpoint's bytes, a buffered message"),
  STATE_BYTES_PER_OPEN_SESSION("a checkpoint's bytes beyond the backend's, an open session"),
  STATE_BYTES_PER_OPEN_SESSION_WITH_KEY("all of a checkpoint's bytes, an open session"),
  STATE_BYTES_PER_SETTLED_CUSTOMER("a checkpoint's bytes for a customer who waits for nothing"),

  HEAP_BYTES_PER_WAITING_MESSAGE("of the heap, a message that waits, final results"),
  HEAP_BYTES_PER_LIVE_MESSAGE("of the heap, a message that waits, live results"),

  BATCH_OVER_WINDOW_QUERY_1M("BATCH job / window query, load included, 1 million messages"),
  BATCH_OVER_WINDOW_QUERY_5M("BATCH job / window query, load included, 5 million messages"),
  BATCH_OVER_WINDOW_QUERY_10M("BATCH job / window query, load included, 10 million messages"),
  BATCH_ROWS_PER_S_1M("the job in BATCH mode, 1 million messages"),
  BATCH_ROWS_PER_S_5M("the job in BATCH mode, 5 million messages"),
  BATCH_ROWS_PER_S_10M("the job in BATCH mode, 10 million messages"),
  WINDOW_QUERY_ROWS_PER_S_1M("COPY and window query into a table, 1 million messages"),
  WINDOW_QUERY_ROWS_PER_S_5M("COPY and window query into a table, 5 million messages"),
  WINDOW_QUERY_ROWS_PER_S_10M("COPY and window query into a table, 10 million messages"),

  WINDOW_QUERY_KEYED_ROWS_PER_S_1M(
      "the same into a table with keys and checks, 1 million messages"),
  WINDOW_QUERY_KEYED_ROWS_PER_S_5M(
      "the same into a table with keys and checks, 5 million messages"),
  WINDOW_QUERY_KEYED_ROWS_PER_S_10M(
      "the same into a table with keys and checks, 10 million messages"),
  BATCH_OVER_WINDOW_QUERY_KEYED_1M("BATCH job / keyed window query, 1 million messages"),
  BATCH_OVER_WINDOW_QUERY_KEYED_5M("BATCH job / keyed window query, 5 million messages"),
  BATCH_OVER_WINDOW_QUERY_KEYED_10M("BATCH job / keyed window query, 10 million messages"),
  BATCH_PEERS_EXACT(
      "whether the peers of the BATCH job wrote every row as the window query has it"),
  BATCH_FILES_ROWS_PER_S_1M("the job in BATCH mode, 1 million JSON lines"),
  BATCH_FILES_ROWS_PER_S_5M("the job in BATCH mode, 5 million JSON lines"),
  BATCH_FILES_ROWS_PER_S_10M("the job in BATCH mode, 10 million JSON lines"),
  DUCKDB_ROWS_PER_S_1M("DuckDB and COPY into the keyed table, 1 million JSON lines"),
  DUCKDB_ROWS_PER_S_5M("DuckDB and COPY into the keyed table, 5 million JSON lines"),
  DUCKDB_ROWS_PER_S_10M("DuckDB and COPY into the keyed table, 10 million JSON lines"),
  BATCH_FILES_OVER_DUCKDB_1M("BATCH job from JSON lines / DuckDB, 1 million messages"),
  BATCH_FILES_OVER_DUCKDB_5M("BATCH job from JSON lines / DuckDB, 5 million messages"),
  BATCH_FILES_OVER_DUCKDB_10M("BATCH job from JSON lines / DuckDB, 10 million messages"),

  GROWTH_IDLE_JOB_MS("a job with a thousand messages, from the first one read to its end"),
  GROWTH_MESSAGES_1M_ROWS_PER_S("operator, complete run, 1 million messages"),
  GROWTH_MESSAGES_10M_ROWS_PER_S("operator, complete run, 10 million messages"),
  GROWTH_MESSAGES_100M_ROWS_PER_S("operator, complete run, 100 million messages"),
  GROWTH_CUSTOMERS_100K_ROWS_PER_S("operator, 10 million messages, 0.1 million customers"),
  GROWTH_CUSTOMERS_1M_ROWS_PER_S("operator, 10 million messages, 1 million customers"),
  GROWTH_CUSTOMERS_10M_ROWS_PER_S("operator, 10 million messages, 10 million customers"),
  GROWTH_DISORDER_1S_ROWS_PER_S("operator, 10 million messages at 1,000/s, 1 s disorder"),
  GROWTH_DISORDER_1MIN_ROWS_PER_S("operator, 10 million messages at 1,000/s, 1 min disorder"),
  GROWTH_DISORDER_1H_ROWS_PER_S("operator, 10 million messages at 1,000/s, 1 h disorder"),
  GROWTH_1H_AT_10K_ROWS_PER_S(
      "operator, a bound of 1 h at 10,000/s: 36 million messages in its buffer"),

  LONG_WAIT_LIVE_ROWS_PER_S(
      "function, 36 million messages wait for an hour, live results, a heap of 2.5 GB"),
  LONG_WAIT_ROCKSDB_ROWS_PER_S(
      "function, 100 million messages wait for an hour on RocksDB, a heap of 1 GB"),

  CHECKPOINT_SYNC_MS_1M("longest synchronous part of a checkpoint, 1 million buffered"),
  CHECKPOINT_SYNC_MS_10M("longest synchronous part of a checkpoint, 10 million buffered"),
  CHECKPOINT_MS_1M("duration of that checkpoint, 1 million buffered"),
  CHECKPOINT_MS_10M("duration of that checkpoint, 10 million buffered"),
  CHECKPOINT_MB_1M("its size, 1 million buffered"),
  CHECKPOINT_MB_10M("its size, 10 million buffered"),
  RESTORE_MS_1M("longest time that a task took to restore it, 1 million buffered"),
  RESTORE_MS_10M("longest time that a task took to restore it, 10 million buffered"),

  FRESHNESS_P50_MS_AT_20K("from the operator to visible, half of the answers, 20,000/s"),
  FRESHNESS_P95_MS_AT_20K("from the operator to visible, 95 % of the answers, 20,000/s"),
  FRESHNESS_P99_MS_AT_20K("from the operator to visible, 99 % of the answers, 20,000/s"),
  FRESHNESS_P50_MS_AT_100K("from the operator to visible, half of the answers, 100,000/s"),
  FRESHNESS_P95_MS_AT_100K("from the operator to visible, 95 % of the answers, 100,000/s"),
  FRESHNESS_P99_MS_AT_100K("from the operator to visible, 99 % of the answers, 100,000/s"),
  FRESHNESS_LIVE_P50_MS_AT_20K("live results, a bound of 1 h, 10 s of disorder, 20,000/s, half"),
  FRESHNESS_LIVE_P95_MS_AT_20K("live results, a bound of 1 h, 10 s of disorder, 20,000/s, 95 %"),
  FRESHNESS_LIVE_P99_MS_AT_20K("live results, a bound of 1 h, 10 s of disorder, 20,000/s, 99 %");

  private final String meaning;

  Figure(String meaning) {
    this.meaning = meaning;
  }

  /** The key in {@code results.json}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The figure with a key, if there is one. */
  public static Optional<Figure> of(String key) {
    return Arrays.stream(values()).filter(figure -> figure.key().equals(key)).findFirst();
  }

  /** Whether the figure is a yes, 1, or a no, 0. */
  boolean isYesOrNo() {
    return this == JOB_EXACT || this == OPERATORS_AGREE || this == BATCH_PEERS_EXACT;
  }

  /** What the figure means, as a phrase for people. */
  public String meaning() {
    return meaning;
  }
}
