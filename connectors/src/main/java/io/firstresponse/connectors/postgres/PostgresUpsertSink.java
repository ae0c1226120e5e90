package io.firstresponse.connectors.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.util.InstantiationUtil;

/**
 * Upserts rows into a PostgreSQL table in bulk, at least once; with a key, and rows that do not
 * depend on when they are sent, that is exactly once to whoever reads the table.
 *
 * <p>Rows are gathered and sent as one transaction when there are {@code maxRows} of them, or as
 * many as the database takes in {@code maxTime}, when the first one has waited for as long as the
 * last batch took, {@code maxDelay} at most, and at each checkpoint. Rows given to the sink must
 * not change afterwards. While PostgreSQL is away the sink waits, and so holds the job back, for up
 * to {@code retryTimeout}; then the job fails and goes on from its last checkpoint. A row that
 * PostgreSQL refuses goes to the table of refused rows, and the others are written.
 *
 * <p>It stands on the Flink JDBC connector's {@link JdbcConnectionProvider}. It is a sink of its
 * own because the connector's {@code JdbcSink} has no place for an executor: it cannot send arrays,
 * find a refused row by halving, order a transaction in phases, or retry a failed reconnect; and
 * its writer throws from {@code close()} what was already thrown, which ends the TaskManager.
 *
 * @param <T> the type of a row
 */
public final class PostgresUpsertSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  private final JdbcConnectionProvider connections;
  private final PostgresTable<T> table;
  private final PostgresTable<RefusedRow<T>> refused;
  private final String unsettled;
  private final int maxRows;
  private final Duration maxTime;
  private final Duration maxDelay;
  private final Duration retryTimeout;

  private PostgresUpsertSink(Builder<T> builder) {
    this.connections = Objects.requireNonNull(builder.connections, "connections are missing");
    this.table = Objects.requireNonNull(builder.table, "the table is missing");
    this.refused = builder.refused;
    this.unsettled = builder.unsettled;
    this.maxRows = builder.maxRows;
    this.maxTime = builder.maxTime;
    this.maxDelay = builder.maxDelay;
    this.retryTimeout = builder.retryTimeout;
  }

  public static <T> Builder<T> builder() {
    return new Builder<>();
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    return writer(context, sender(context, Optional.empty()));
  }

  /**
   * Makes a writer that nobody else writes beside, by a fence of its own. It also reports its
   * progress: about once a second, and at each checkpoint.
   */
  public FencedWriter<T> createWriter(WriterInitContext context, Fence fence) throws IOException {
    return writer(context, sender(context, Optional.of(fence)));
  }

  private BatchSender<T> sender(WriterInitContext context, Optional<Fence> fence)
      throws IOException {
    return new BatchSender<>(
        // A provider is one connection, and writers do not share theirs.
        copy(connections),
        table,
        Optional.ofNullable(refused)
            .map(records -> new RefusedRows<>(table, records, Optional.ofNullable(unsettled))),
        retryTimeout,
        fence,
        new SinkMetrics(context.metricGroup()));
  }

  private FencedWriter<T> writer(WriterInitContext context, BatchSender<T> sender) {
    return new PostgresUpsertWriter<>(
        sender,
        context.getProcessingTimeService(),
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
  public static final class Builder<T> {

    private JdbcConnectionProvider connections;
    private PostgresTable<T> table;
    private PostgresTable<RefusedRow<T>> refused;
    private String unsettled;
    private int maxRows = 5000;
    private Duration maxTime = Duration.ofSeconds(5);
    private Duration maxDelay = Duration.ofSeconds(1);
    private Duration retryTimeout = Duration.ofMinutes(1);

    private Builder() {}

    /**
     * How to connect; {@link PostgresConnections} as a rule. Its {@code toString} names the server
     * in messages and must not hold a secret.
     */
    public Builder<T> connections(JdbcConnectionProvider connections) {
      this.connections = connections;
      return this;
    }

    public Builder<T> table(PostgresTable<T> table) {
      this.table = table;
      return this;
    }

    /**
     * Where refused rows are recorded, in the same database. Without it a refused row fails the
     * job. What is refused by this table too fails the job.
     */
    public Builder<T> refused(PostgresTable<RefusedRow<T>> refused) {
      this.refused = refused;
      return this;
    }

    /**
     * Deletes the record of a refused row when a row with its key is written: the table holds it
     * then. The key of {@link #refused} has to follow from that of the row. By default records
     * stay.
     *
     * @param condition the records that are not settled, in SQL, a record being {@code t}. It is
     *     taken as it is and must come from the program, never from input
     */
    public Builder<T> forgetRefusedWhenWritten(String condition) {
      this.unsettled = condition;
      return this;
    }

    /** Rows in a batch at most. 5000 by default. */
    public Builder<T> maxRows(int maxRows) {
      if (maxRows < 1) {
        throw new IllegalArgumentException("maxRows must be positive, but is " + maxRows);
      }
      this.maxRows = maxRows;
      return this;
    }

    /**
     * How long a transaction should take at most. On a database that is slower, or farther away,
     * fewer rows go at once, down to a thousand. 5 s by default.
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
     * How long a transaction is tried again since it first failed, where trying may help. The last
     * try may outlast it by the connection's own timeouts. 1 min by default, 0 for a single try.
     */
    public Builder<T> retryTimeout(Duration retryTimeout) {
      if (retryTimeout.isNegative()) {
        throw new IllegalArgumentException("retryTimeout must not be negative: " + retryTimeout);
      }
      this.retryTimeout = retryTimeout;
      return this;
    }

    public PostgresUpsertSink<T> build() {
      return new PostgresUpsertSink<>(this);
    }
  }
}
