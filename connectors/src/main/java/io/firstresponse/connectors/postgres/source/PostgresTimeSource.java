package io.firstresponse.connectors.postgres.source;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a table by the time of its rows: either a range of time, divided into splits that several
 * readers share; or from a time on without end, by one reader that polls for rows that have been
 * committed since.
 *
 * <pre>{@code
 * PostgresTimeSource<Message> messages =
 *     PostgresTimeSource.<Message>builder()
 *         .connections(
 *             PostgresConnections.to("jdbc:postgresql://localhost:5432/chat", "reader")
 *                 .passwordFile("/etc/chat/password")
 *                 .build())
 *         .table(new TimedTable("public", "messages", "sent_at", true, List.of("sender", "text")))
 *         .mapper((row, time) -> new Message(row.getString(2), row.getString(3), time))
 *         .overlap(Duration.ofMinutes(1))
 *         .endless(OptionalLong.empty());
 * env.fromSource(messages, WatermarkStrategy.forBoundedOutOfOrderness(Duration.ofMinutes(1)), "chat");
 * }</pre>
 *
 * <p>Each row is delivered at least once. It is delivered again after a recovery or a lost
 * connection, and in endless reading while a transaction that writes stays open. A row that is
 * delivered again is never further behind the latest row than the overlap, so a watermark that
 * allows for that much out-of-orderness has not passed it.
 *
 * <p>The JDBC connector's own {@code JdbcSource} (4.0.0-2.0) is not used. Its builder replaces the
 * given connection provider by one that has the password in the job graph, and in endless reading
 * it delivers whole windows again behind the watermark.
 *
 * @param <T> what is delivered
 */
@PublicEvolving
public final class PostgresTimeSource<T> implements Source<T, TimeRangeSplit, TimeRangeState> {

  private static final long serialVersionUID = 1L;

  private final PostgresConnections connections;
  private final TimedTable table;
  private final RowMapper<T> mapper;
  private final List<TimeRangeSplit> splits;
  private final Duration overlap;
  private final Duration pollInterval;
  private final RetryPolicy retries;

  private PostgresTimeSource(Builder<T> builder, List<TimeRangeSplit> splits) {
    this.connections = Objects.requireNonNull(builder.connections, "connections");
    this.table = Objects.requireNonNull(builder.table, "table");
    this.mapper = Objects.requireNonNull(builder.mapper, "mapper");
    this.splits = List.copyOf(splits);
    this.overlap = builder.overlap;
    this.pollInterval = builder.pollInterval;
    this.retries = RetryPolicy.within(builder.retryTimeout);
  }

  /** Starts the description of a source. */
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
                retries),
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

  /** The time where reading ends. Without a split it ends at once. */
  private long end() {
    return splits.stream().mapToLong(TimeRangeSplit::to).max().orElse(Long.MIN_VALUE);
  }

  private boolean isBounded() {
    return splits.stream().noneMatch(TimeRangeSplit::isEndless);
  }

  /** Describes the source. Times are microseconds since 1970-01-01T00:00:00Z. */
  @PublicEvolving
  public static final class Builder<T> {

    private PostgresConnections connections;
    private TimedTable table;
    private RowMapper<T> mapper;
    private Duration overlap = Duration.ofMinutes(1);
    private Duration pollInterval = Duration.ofSeconds(1);
    private Duration retryTimeout = Duration.ofSeconds(60);

    private Builder() {}

    /** How to connect. Required. */
    public Builder<T> connections(PostgresConnections how) {
      connections = how;
      return this;
    }

    /** What to read. Required. */
    public Builder<T> table(TimedTable which) {
      table = which;
      return this;
    }

    /** How rows become values. Required. */
    public Builder<T> mapper(RowMapper<T> how) {
      mapper = how;
      return this;
    }

    /**
     * In endless reading, how long after its time a row may be committed and still be read,
     * differences between clocks included. 1 min by default.
     */
    public Builder<T> overlap(Duration duration) {
      overlap = duration;
      return this;
    }

    /** In endless reading, how often to look for new rows. 1 s by default. */
    public Builder<T> pollInterval(Duration interval) {
      pollInterval = interval;
      return this;
    }

    /** How long to try again when the server cannot be reached. 1 min by default. */
    public Builder<T> retryTimeout(Duration timeout) {
      retryTimeout = timeout;
      return this;
    }

    /**
     * A source that ends.
     *
     * @param from the first time to read; if empty, from the beginning, with rows without a time
     * @param to the first time that is not read
     * @param first about the first time of a row, for splits of equal length
     * @param last about the last time of a row
     * @param splits how many splits at most
     */
    public PostgresTimeSource<T> bounded(
        OptionalLong from, long to, long first, long last, int splits) {
      return new PostgresTimeSource<>(
          this, TimeRangeSplit.cut(from.orElse(TimeRangeSplit.BEGINNING), to, first, last, splits));
    }

    /**
     * A source that never ends.
     *
     * @param from the first time to read; if empty, from the beginning, with rows without a time
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
