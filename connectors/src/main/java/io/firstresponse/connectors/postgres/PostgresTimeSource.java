package io.firstresponse.connectors.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a table by the time of its rows: a range of time, cut into splits that several readers
 * share; or from a time on without end, by one reader that looks again and again for rows that have
 * been committed since.
 *
 * <p>Each row is delivered at least once; again after a recovery or a lost connection, and in an
 * endless reading while a transaction that writes stays open. A row that comes again is never
 * further behind the latest row delivered than the overlap: a watermark that allows for so much
 * out-of-orderness has not passed it.
 *
 * <p>Not the JDBC connector's own {@code JdbcSource}: its builder (4.0.0-2.0) replaces the
 * connection provider that it is given by one that carries the password in the job graph, and the
 * windows of its endless reading come again, whole, behind the watermark.
 *
 * @param <T> what is delivered
 */
public final class PostgresTimeSource<T> implements Source<T, TimeRangeSplit, TimeRangeState> {

  private static final long serialVersionUID = 1L;

  private final PostgresConnections connections;
  private final TimedTable table;
  private final RowMapper<T> mapper;
  private final List<TimeRangeSplit> splits;
  private final Duration overlap;
  private final Duration pollInterval;
  private final Duration retryTimeout;

  private PostgresTimeSource(Builder<T> builder, List<TimeRangeSplit> splits) {
    this.connections = Objects.requireNonNull(builder.connections, "connections");
    this.table = Objects.requireNonNull(builder.table, "table");
    this.mapper = Objects.requireNonNull(builder.mapper, "mapper");
    this.splits = List.copyOf(splits);
    this.overlap = builder.overlap;
    this.pollInterval = builder.pollInterval;
    this.retryTimeout = builder.retryTimeout;
  }

  public static <T> Builder<T> builder() {
    return new Builder<>();
  }

  @Override
  public Boundedness getBoundedness() {
    return isBounded() ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<T, TimeRangeSplit> createReader(SourceReaderContext context) {
    return PostgresTimeReader.create(
        () ->
            new TimeRangeReader<>(
                connections.another(),
                table,
                mapper,
                TimeUnit.MICROSECONDS.convert(overlap),
                pollInterval,
                retryTimeout),
        isBounded(),
        context);
  }

  @Override
  public SplitEnumerator<TimeRangeSplit, TimeRangeState> createEnumerator(
      SplitEnumeratorContext<TimeRangeSplit> context) {
    return restoreEnumerator(context, new TimeRangeState(end(), splits));
  }

  @Override
  public SplitEnumerator<TimeRangeSplit, TimeRangeState> restoreEnumerator(
      SplitEnumeratorContext<TimeRangeSplit> context, TimeRangeState state) {
    return new TimeRangeEnumerator(context, end(), state);
  }

  @Override
  public SimpleVersionedSerializer<TimeRangeSplit> getSplitSerializer() {
    return new TimeRangeSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<TimeRangeState> getEnumeratorCheckpointSerializer() {
    return new TimeRangeStateSerializer(end());
  }

  /** Without a split there is nothing to read, and that ends at once. */
  private long end() {
    return splits.stream().mapToLong(TimeRangeSplit::to).max().orElse(Long.MIN_VALUE);
  }

  private boolean isBounded() {
    return splits.stream().noneMatch(TimeRangeSplit::isEndless);
  }

  /** Describes the source. Times are microseconds since 1970-01-01T00:00:00Z. */
  public static final class Builder<T> {

    private PostgresConnections connections;
    private TimedTable table;
    private RowMapper<T> mapper;
    private Duration overlap = Duration.ofMinutes(1);
    private Duration pollInterval = Duration.ofSeconds(1);
    private Duration retryTimeout = Duration.ofSeconds(60);

    private Builder() {}

    public Builder<T> connections(PostgresConnections how) {
      connections = how;
      return this;
    }

    public Builder<T> table(TimedTable which) {
      table = which;
      return this;
    }

    public Builder<T> mapper(RowMapper<T> how) {
      mapper = how;
      return this;
    }

    /**
     * In endless reading, how much later than its time a row may be committed and still be read,
     * clocks that differ included. A minute by default.
     */
    public Builder<T> overlap(Duration duration) {
      overlap = duration;
      return this;
    }

    /** In endless reading, how often to look for new rows. A second by default. */
    public Builder<T> pollInterval(Duration interval) {
      pollInterval = interval;
      return this;
    }

    /** How long to go on trying when the server cannot be reached. A minute by default. */
    public Builder<T> retryTimeout(Duration timeout) {
      retryTimeout = timeout;
      return this;
    }

    /**
     * A source that ends.
     *
     * @param from the first time to read; if not given, from the beginning, and rows without a time
     * @param to the first time not to read
     * @param first about the first time there is, to cut evenly
     * @param last about the last time there is
     * @param splits into how many parts to cut, at most
     */
    public PostgresTimeSource<T> bounded(
        OptionalLong from, long to, long first, long last, int splits) {
      return new PostgresTimeSource<>(
          this, TimeRangeSplit.cut(from.orElse(TimeRangeSplit.BEGINNING), to, first, last, splits));
    }

    /**
     * A source that never ends.
     *
     * @param from the first time to read; if not given, from the beginning, and rows without a time
     */
    public PostgresTimeSource<T> endless(OptionalLong from) {
      return new PostgresTimeSource<>(
          this,
          List.of(
              new TimeRangeSplit(
                  0,
                  from.orElse(TimeRangeSplit.BEGINNING),
                  TimeRangeSplit.NO_END,
                  from.isEmpty())));
    }
  }
}
