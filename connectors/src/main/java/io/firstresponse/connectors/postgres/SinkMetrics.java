package io.firstresponse.connectors.postgres;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** What a writer counts, under names that dashboards rely on. */
final class SinkMetrics {

  /** Rows in committed transactions, refused rows' records included. */
  static final String ROWS_SENT = "rowsSent";

  /** Batches delivered. */
  static final String FLUSHES = "flushes";

  /** Milliseconds spent delivering batches, waits between attempts included. */
  static final String FLUSH_MILLIS = "flushMillis";

  /** Rows of the last batch, after rows of the same key were made one. */
  static final String LAST_FLUSH_ROWS = "lastFlushRows";

  /** Milliseconds that the last batch took. */
  static final String LAST_FLUSH_MILLIS = "lastFlushMillis";

  /** Attempts after a failure that may pass. */
  static final String RETRIES = "retries";

  /** Connections given up after a failure. */
  static final String CONNECTION_LOSSES = "connectionLosses";

  /** Rows that PostgreSQL refused and that were recorded elsewhere. */
  static final String ROWS_REFUSED = "rowsRefused";

  final Counter rowsSent;
  final Counter retries;
  final Counter connectionLosses;
  final Counter rowsRefused;
  private final Counter flushes;
  private final Counter flushMillis;
  private volatile long lastFlushRows;
  private volatile long lastFlushMillis;

  SinkMetrics(SinkWriterMetricGroup group) {
    rowsSent = group.counter(ROWS_SENT);
    flushes = group.counter(FLUSHES);
    flushMillis = group.counter(FLUSH_MILLIS);
    retries = group.counter(RETRIES);
    connectionLosses = group.counter(CONNECTION_LOSSES);
    rowsRefused = group.counter(ROWS_REFUSED);
    group.gauge(LAST_FLUSH_ROWS, () -> lastFlushRows);
    group.gauge(LAST_FLUSH_MILLIS, () -> lastFlushMillis);
  }

  void flushed(int rows, long millis) {
    flushes.inc();
    flushMillis.inc(millis);
    lastFlushRows = rows;
    lastFlushMillis = millis;
  }
}
