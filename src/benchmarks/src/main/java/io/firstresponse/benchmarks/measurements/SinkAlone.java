package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.peers.HandDriven;
import io.firstresponse.benchmarks.peers.Seed;
import io.firstresponse.benchmarks.setup.BinaryCopy;
import io.firstresponse.benchmarks.setup.Clients;
import io.firstresponse.benchmarks.setup.Flink;
import io.firstresponse.benchmarks.setup.FlinkJob;
import io.firstresponse.benchmarks.setup.JobTables;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.SinkRows;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.tables.ResultDatabase;
import io.firstresponse.job.types.JobTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.postgresql.Driver;

/**
 * Rows per second into the job's own table through two connections. First all rows open sessions;
 * then half of the rows answer those, and half open others.
 */
final class SinkAlone implements Bench.Measurement {

  private static final String INSERT =
      "insert into tbl_result as t (b, b_ts, a, a_ts, asked_a) values (?, ?, ?, ?, ?)"
          + " on conflict (b, b_ts) do update"
          + " set a = excluded.a, a_ts = excluded.a_ts, asked_a = excluded.asked_a where (t.a = -1)";

  @Override
  public void run(Bench bench) throws Exception {
    try (Postgres postgres = Postgres.start()) {
      new Run(bench, postgres, new SinkRows(bench.scale().sinkRows())).all();
    }
  }

  private record Run(Bench bench, Postgres postgres, SinkRows rows) {

    void all() throws Exception {
      int count = rows.count();

      Sink<SessionChange> ours = new ResultDatabase(tables("ours")).results();
      double[] seconds = write(ours, "ours");
      bench.rate(Figure.SINK_NEW_ROWS_PER_S, count / seconds[0]);
      bench.rate(Figure.SINK_UPDATED_ROWS_PER_S, count / seconds[1]);
      bench.rate(Figure.SINK_ROWS_PER_S, 2 * count / (seconds[0] + seconds[1]));

      tables("by_hand");
      double opening = HandDriven.write(postgres, "by_hand", rows, 0, count);
      double updating = HandDriven.write(postgres, "by_hand", rows, count, 2 * count);
      check("by_hand");
      bench.rate(Figure.SINK_LIMIT_NEW_ROWS_PER_S, count / opening);
      bench.rate(Figure.SINK_LIMIT_UPDATED_ROWS_PER_S, count / updating);
      bench.rate(Figure.SINK_LIMIT_ROWS_PER_S, 2 * count / (opening + updating));

      tables("jdbc_sink");
      seconds = write(jdbcSink("jdbc_sink"), "jdbc_sink");
      bench.rate(Figure.JDBC_SINK_ROWS_PER_S, 2 * count / (seconds[0] + seconds[1]));

      bench.rate(Figure.COPY_ROWS_PER_S, 2 * count / copy());
    }

    /** Creates the job's tables and returns the options to write to them. */
    private Configuration tables(String schema) throws SQLException {
      return JobTables.create(postgres, Traffic.of(ResponseMode.ANY_AGENT, 1), schema);
    }

    /** The seconds for new rows, and for rows with updates, after warm-up. */
    private double[] write(Sink<SessionChange> sink, String schema) throws Exception {
      try (Flink flink = Flink.start(Flink.FOREIGN_OPERATORS)) {
        write(flink, sink, 0, rows.count() / 4);
        postgres.execute(schema, "truncate tbl_result", "checkpoint");
        double opening = write(flink, sink, 0, rows.count());
        double updating = write(flink, sink, rows.count(), 2 * rows.count());
        check(schema);
        return new double[] {opening, updating};
      }
    }

    private double write(Flink flink, Sink<SessionChange> sink, int from, int to) throws Exception {
      SinkRows made = rows;
      FlinkJob job =
          flink.run(
              env ->
                  env.fromSequence(from, to - 1)
                      .map(made::change)
                      .returns(JobTypes.SESSION_CHANGE)
                      .sinkTo(sink));
      FlinkJob.Times times = job.await(to - from);
      job.forget();
      return (times.ended() - times.firstRead()) / 1e9;
    }

    private JdbcSink<SessionChange> jdbcSink(String schema) {
      return JdbcSink.<SessionChange>builder()
          .withExecutionOptions(
              JdbcExecutionOptions.builder()
                  .withBatchSize(5_000)
                  .withBatchIntervalMs(1_000)
                  .build())
          .withQueryStatement(INSERT, SinkAlone::bind)
          .buildAtLeastOnce(
              new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                  .withUrl(postgres.url() + "?reWriteBatchedInserts=true&currentSchema=" + schema)
                  .withUsername(Postgres.USER)
                  .withDriverName(Driver.class.getName())
                  .build());
    }

    private double copy() throws Exception {
      postgres.freshSchema("bare");
      postgres.execute(
          "bare",
          "create table tbl_result"
              + " (b bigint, b_ts timestamptz, a bigint, a_ts timestamptz, asked_a bigint)");
      long start = System.nanoTime();
      Clients.run(2, half -> copyHalf(half));
      double seconds = Seed.seconds(start);
      postgres.dropSchema("bare");
      return seconds;
    }

    private long copyHalf(int half) throws SQLException {
      long from = (long) half * rows.count();
      long to = from + rows.count();
      try (Connection connection = postgres.connect("bare")) {
        BinaryCopy copy = new BinaryCopy(connection, "tbl_result (b, b_ts, a, a_ts, asked_a)");
        for (long i = from; i < to; i++) {
          Session row = rows.row(i);
          copy.row(5).bigint(row.b()).timestamp(row.openedAt()).bigint(row.responder());
          if (row.isOpen()) {
            copy.none();
          } else {
            copy.timestamp(row.endedAt());
          }
          copy.bigint(row.asked());
        }
        copy.end();
      }
      return to - from;
    }

    /** Checks that all rows are there: a sink that loses some is not comparable. */
    private void check(String schema) throws SQLException {
      long half = rows.count() / 2;
      long answered = postgres.number(schema, "select count(*) from tbl_result where a <> -1");
      long open = postgres.number(schema, "select count(*) from tbl_result where a = -1");
      if (answered != half || open != 2 * half) {
        throw new IllegalStateException(
            "%s has %,d answered and %,d open sessions".formatted(schema, answered, open));
      }
      postgres.dropSchema(schema);
    }
  }

  private static void bind(PreparedStatement statement, SessionChange change) throws SQLException {
    Session session = change.session();
    statement.setLong(1, session.b());
    statement.setTimestamp(2, timestamp(session.openedAt()));
    statement.setLong(3, session.responder());
    if (session.isOpen()) {
      statement.setNull(4, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setTimestamp(4, timestamp(session.endedAt()));
    }
    statement.setLong(5, session.asked());
  }

  private static Timestamp timestamp(long micros) {
    return Timestamp.from(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
