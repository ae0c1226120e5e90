package io.firstresponse.connectors.postgres.sink;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** The metrics of a writer. Dashboards use their names. */
final class SinkMetrics {

  /** Rows in committed transactions, records of refused rows included. */
  static final String ROWS_SENT = "rowsSent";

  /** Batches. */
  static final String FLUSHES = "flushes";

  /** Milliseconds that batches took, waits between attempts included. */
  static final String FLUSH_MILLIS = "flushMillis";

  /** Histogram of the rows of a batch, one for each key. */
  static final String ROWS_PER_FLUSH = "rowsPerFlush";

  /** Histogram of the milliseconds that a batch took. */
  static final String FLUSH_TIME = "flushTimeMillis";

  /** Attempts after a failure that may pass. */
  static final String RETRIES = "retries";

  /** Connections given up after a failure. */
  static final String CONNECTION_LOSSES = "connectionLosses";

  /** Rows that PostgreSQL refused. */
  static final String ROWS_REFUSED = "rowsRefused";

  /** How many batches the histograms cover. */
  private static final int LAST_FLUSHES = 500;

  final Counter rowsSent;
  final Counter retries;
  final Counter connectionLosses;
  final Counter rowsRefused;
  private final Counter flushes;
  private final Counter flushMillis;
  private final Histogram rowsPerFlush;
  private final Histogram flushTime;

  SinkMetrics(SinkWriterMetricGroup group) {
    rowsSent = group.counter(ROWS_SENT);
    flushes = group.counter(FLUSHES);
    flushMillis = group.counter(FLUSH_MILLIS);
    retries = group.counter(RETRIES);
    connectionLosses = group.counter(CONNECTION_LOSSES);
    rowsRefused = group.counter(ROWS_REFUSED);
    rowsPerFlush =
        group.histogram(ROWS_PER_FLUSH, new DescriptiveStatisticsHistogram(LAST_FLUSHES));
    flushTime = group.histogram(FLUSH_TIME, new DescriptiveStatisticsHistogram(LAST_FLUSHES));
  }

  void flushed(int rows, long millis) {
    flushes.inc();
    flushMillis.inc(millis);
    rowsPerFlush.update(rows);
    flushTime.update(millis);
  }
}
