package io.firstresponse.connectors.postgres.sink;

import io.firstresponse.connectors.postgres.connection.PostgresConnections;
import io.firstresponse.connectors.postgres.connection.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.InstantiationUtil;

/**
 * Upserts rows into a PostgreSQL table in bulk. Delivery is at least once; with a key, and rows
 * that do not depend on when they are sent, readers of the table see each row exactly once.
 *
 * <pre>{@code
 * Sink<Order> sink =
 *     PostgresUpsertSink.<Order>builder()
 *         .connections(
 *             PostgresConnections.to("jdbc:postgresql://localhost:5432/shop", "writer")
 *                 .passwordFile("/etc/shop/password")
 *                 .build())
 *         .table(
 *             PostgresTable.<Order>named("orders")
 *                 .key(Column.bigint("id", Order::id))
 *                 .column(Column.text("state", Order::state))
 *                 .onConflictUpdate()
 *                 .build())
 *         .build();
 * orders.sinkTo(sink);
 * }</pre>
 *
 * <p>Rows are gathered and sent as one transaction when there are {@code maxRows} of them, or as
 * many as the database takes in {@code maxTime}, when the first one has waited as long as the last
 * batch took, {@code maxDelay} at most, and at each checkpoint. Rows given to the sink must not
 * change afterwards. While PostgreSQL is away the sink waits, with backpressure, for up to {@code
 * retryTimeout}; then the job fails and restarts from its last checkpoint. A row that PostgreSQL
 * refuses goes to the table of refused rows, and the other rows are written.
 *
 * <p>It uses the Flink JDBC connector's {@link JdbcConnectionProvider} and options, but not its
 * {@code JdbcSink}, which does not accept an executor: that sink cannot send arrays, find a refused
 * row by halving, order the rows of a transaction, or retry a failed reconnect. Its writer also
 * throws a failure once more from {@code close()}, which ends the TaskManager.
 *
 * @param <T> the type of a row
 */
@PublicEvolving
public final class PostgresUpsertSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  private final JdbcConnectionProvider connections;
  private final PostgresTable<T> table;
  private final PostgresTable<RefusedRow<T>> refused;
  private final String unsettled;
  private final int maxRows;
  private final Duration maxTime;
  private final Duration maxDelay;
  private final RetryPolicy retries;

  private PostgresUpsertSink(Builder<T> builder) {
    this.connections = Objects.requireNonNull(builder.connections, "connections are missing");
    this.table = Objects.requireNonNull(builder.table, "the table is missing");
    this.refused = builder.refused;
    this.unsettled = builder.unsettled;
    this.maxRows = builder.maxRows;
    this.maxTime = builder.maxTime;
    this.maxDelay = builder.maxDelay;
    this.retries = new RetryPolicy(builder.retryTimeout, builder.maxRetries);
  }

  /** Starts the description of a sink. */
  public static <T> Builder<T> builder() {
    return new Builder<>();
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return writer(
        context.getProcessingTimeService(),
        context.metricGroup(),
        Optional.empty(),
        (connection, rows, changed) -> {});
  }

  /**
   * Creates a writer with a guard of its own. The writer records its progress about once a second,
   * and at each checkpoint.
   */
  public GuardedWriter<T> createWriter(WriterInitContext context, TransactionGuard guard)
      throws IOException {
    return createWriter(context, guard, (connection, rows, changed) -> {});
  }

  /**
   * Creates a writer with a guard of its own.
   *
   * @param written takes part in each transaction that writes rows
   */
  public GuardedWriter<T> createWriter(
      WriterInitContext context, TransactionGuard guard, RowsWritten<T> written)
      throws IOException {
    return writer(
        context.getProcessingTimeService(), context.metricGroup(), Optional.of(guard), written);
  }

  GuardedWriter<T> writer(
      ProcessingTimeService time,
      SinkWriterMetricGroup group,
      Optional<TransactionGuard> guard,
      RowsWritten<T> written)
      throws IOException {
    SinkMetrics metrics = new SinkMetrics(group);
    return new PostgresUpsertWriter<>(
        new BatchSender<>(
            // A provider has one connection, and writers do not share it.
            new Transactions(copy(connections), retries, metrics),
            table,
            Optional.ofNullable(refused)
                .map(records -> new RefusedRows<>(table, records, Optional.ofNullable(unsettled))),
            guard,
            written,
            metrics),
        time,
        new BatchSize(maxRows, maxTime),
        new BatchWait(maxDelay));
  }

  private static JdbcConnectionProvider copy(JdbcConnectionProvider connections)
      throws IOException {
    try {
      return InstantiationUtil.clone(connections, connections.getClass().getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IOException("the connection provider cannot be copied", e);
    }
  }

  /** Describes a sink. Connections and table are required. */
  @PublicEvolving
  public static final class Builder<T> {

    private JdbcConnectionProvider connections;
    private PostgresTable<T> table;
    private PostgresTable<RefusedRow<T>> refused;
    private String unsettled;
    private int maxRows = 5000;
    private Duration maxTime = Duration.ofSeconds(5);
    private Duration maxDelay = Duration.ofSeconds(1);
    private Duration retryTimeout = Duration.ofMinutes(1);
    private int maxRetries = Integer.MAX_VALUE;

    private Builder() {}

    /** How to connect. */
    public Builder<T> connections(PostgresConnections connections) {
      this.connections = connections;
      return this;
    }

    /**
     * How to connect, by a provider of one's own. Its {@code toString} names the server in messages
     * and must not have a secret in it.
     */
    public Builder<T> connections(JdbcConnectionProvider connections) {
      this.connections = connections;
      return this;
    }

    /**
     * How to connect, in the Flink JDBC connector's own way. The password is then part of the job
     * graph, and timeouts are those of the URL; {@link PostgresConnections} has neither problem.
     */
    public Builder<T> connections(JdbcConnectionOptions options) {
      return connections(new SimpleJdbcConnectionProvider(options));
    }

    /**
     * How rows are sent, in the Flink JDBC connector's own way: {@code batchSize} is {@link
     * #maxRows}, {@code batchIntervalMs} is {@link #maxDelay}, unless it is 0, and {@code
     * maxRetries} limits the retries within {@link #retryTimeout}.
     */
    public Builder<T> execution(JdbcExecutionOptions options) {
      maxRows(options.getBatchSize());
      if (options.getBatchIntervalMs() > 0) {
        maxDelay(Duration.ofMillis(options.getBatchIntervalMs()));
      }
      maxRetries = options.getMaxRetries();
      return this;
    }

    /** The table to write. */
    public Builder<T> table(PostgresTable<T> table) {
      this.table = table;
      return this;
    }

    /**
     * Where refused rows are recorded, in the same database. Without it a refused row fails the
     * job. A record that is refused too fails the job.
     */
    public Builder<T> refused(PostgresTable<RefusedRow<T>> refused) {
      this.refused = refused;
      return this;
    }

    /**
     * Deletes the record of a refused row when a row with its key is written. The key of {@link
     * #refused} has to be a function of the key of the row. By default records stay.
     *
     * @param condition which records may be deleted, in SQL, a record being {@code t}. It is used
     *     unchanged, so it must come from the program, never from input
     */
    public Builder<T> forgetRefusedWhenWritten(String condition) {
      this.unsettled = condition;
      return this;
    }

    /** How many rows a batch has at most. 5000 by default. */
    public Builder<T> maxRows(int maxRows) {
      if (maxRows < 1) {
        throw new IllegalArgumentException("maxRows must be positive, but is " + maxRows);
      }
      this.maxRows = maxRows;
      return this;
    }

    /**
     * How long a transaction should take at most. With a slower or more distant database batches
     * are smaller, down to 1000 rows. 5 s by default.
     */
    public Builder<T> maxTime(Duration maxTime) {
      if (maxTime.isNegative() || maxTime.isZero()) {
        throw new IllegalArgumentException("maxTime must be positive, but is " + maxTime);
      }
      this.maxTime = maxTime;
      return this;
    }

    /** How long a row waits for others at most, in processing time. 1 s by default. */
    public Builder<T> maxDelay(Duration maxDelay) {
      if (maxDelay.isNegative() || maxDelay.isZero()) {
        throw new IllegalArgumentException("maxDelay must be positive, but is " + maxDelay);
      }
      this.maxDelay = maxDelay;
      return this;
    }

    /**
     * How long after its first failure a transaction is tried again, if that may help. The last
     * attempt may end later, by the connection's own timeouts. 1 min by default, 0 for one attempt.
     */
    public Builder<T> retryTimeout(Duration retryTimeout) {
      if (retryTimeout.isNegative()) {
        throw new IllegalArgumentException("retryTimeout must not be negative: " + retryTimeout);
      }
      this.retryTimeout = retryTimeout;
      return this;
    }

    /** Builds the sink. */
    public PostgresUpsertSink<T> build() {
      return new PostgresUpsertSink<>(this);
    }
  }
}
