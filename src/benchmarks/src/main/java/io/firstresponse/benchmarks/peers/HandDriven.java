package io.firstresponse.benchmarks.peers;

import io.firstresponse.benchmarks.setup.BinaryCopy;
import io.firstresponse.benchmarks.setup.Clients;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.SinkRows;
import io.firstresponse.job.domain.Session;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * The highest rate that PostgreSQL accepts: the statement of the job's sink with arrays that were
 * built before the measurement, in transactions of 5,000 rows as the sink's. Within a transaction,
 * answers come before new sessions, in the order of keys.
 */
public final class HandDriven {

  private static final String UPSERT =
      "insert into tbl_result as t (b, b_ts, a, a_ts, asked_a) select * from unnest("
          + "?::bigint[], ?::timestamptz[], ?::bigint[], ?::timestamptz[], ?::bigint[])"
          + " on conflict (b, b_ts) do update"
          + " set a = excluded.a, a_ts = excluded.a_ts, asked_a = excluded.asked_a where (t.a = -1)";

  private static final int TRANSACTION_ROWS = 5_000;
  private static final int CONNECTIONS = 2;

  /** The parameters of one statement, one array per column. */
  private record Batch(List<Parameter> parameters) {

    static Batch of(List<Session> rows) {
      BigintArray b = new BigintArray(Oid.INT8, Oid.INT8_ARRAY, rows.size());
      BigintArray openedAt = new BigintArray(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY, rows.size());
      BigintArray responder = new BigintArray(Oid.INT8, Oid.INT8_ARRAY, rows.size());
      BigintArray answeredAt = new BigintArray(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY, rows.size());
      BigintArray asked = new BigintArray(Oid.INT8, Oid.INT8_ARRAY, rows.size());
      for (Session row : rows) {
        b.add(row.b());
        openedAt.add(row.openedAt() - BinaryCopy.EPOCH_MICROS);
        responder.add(row.responder());
        if (row.isOpen()) {
          answeredAt.addNull();
        } else {
          answeredAt.add(row.endedAt() - BinaryCopy.EPOCH_MICROS);
        }
        asked.add(row.asked());
      }
      return new Batch(
          Stream.of(b, openedAt, responder, answeredAt, asked).map(BigintArray::made).toList());
    }

    void bind(PreparedStatement upsert) throws SQLException {
      BaseConnection connection = upsert.getConnection().unwrap(BaseConnection.class);
      for (int i = 0; i < parameters.size(); i++) {
        upsert.setArray(i + 1, parameters.get(i).of(connection));
      }
    }
  }

  /** An array that is encoded already. */
  private interface Parameter {
    Array of(BaseConnection connection) throws SQLException;
  }

  /** An array of 64-bit values in PostgreSQL's binary format. */
  private static final class BigintArray {

    private final int arrayType;
    private final ByteBuffer bytes;

    BigintArray(int type, int arrayType, int elements) {
      this.arrayType = arrayType;
      bytes = ByteBuffer.allocate(5 * Integer.BYTES + elements * (Integer.BYTES + Long.BYTES));
      bytes.putInt(1).putInt(1).putInt(type).putInt(elements).putInt(1);
    }

    void add(long value) {
      bytes.putInt(Long.BYTES).putLong(value);
    }

    void addNull() {
      bytes.putInt(-1);
    }

    Parameter made() {
      byte[] written = new byte[bytes.position()];
      bytes.get(0, written);
      return connection -> new PgArray(connection, arrayType, written);
    }
  }

  private HandDriven() {}

  /** Writes the rows of a range of numbers and returns the seconds that PostgreSQL took. */
  public static double write(Postgres postgres, String schema, SinkRows rows, int from, int to)
      throws Exception {
    List<List<List<Batch>>> transactions = new ArrayList<>();
    int share = (to - from) / CONNECTIONS;
    for (int c = 0; c < CONNECTIONS; c++) {
      transactions.add(transactions(rows, from + c * share, from + (c + 1) * share));
    }
    long start = System.nanoTime();
    Clients.run(CONNECTIONS, number -> send(postgres, schema, transactions.get(number)));
    return Seed.seconds(start);
  }

  private static List<List<Batch>> transactions(SinkRows rows, int from, int to) {
    List<List<Batch>> transactions = new ArrayList<>();
    for (int begin = from; begin < to; begin += TRANSACTION_ROWS) {
      List<Session> closing = new ArrayList<>();
      List<Session> opening = new ArrayList<>();
      for (int i = begin; i < Math.min(to, begin + TRANSACTION_ROWS); i++) {
        Session row = rows.row(i);
        (row.isOpen() ? opening : closing).add(row);
      }
      List<Batch> transaction = new ArrayList<>();
      for (List<Session> phase : List.of(closing, opening)) {
        if (!phase.isEmpty()) {
          phase.sort(Comparator.comparingLong(Session::b));
          transaction.add(Batch.of(phase));
        }
      }
      transactions.add(transaction);
    }
    return transactions;
  }

  private static long send(Postgres postgres, String schema, List<List<Batch>> transactions)
      throws SQLException {
    long rows = 0;
    try (Connection connection = postgres.connect(schema);
        PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      connection.setAutoCommit(false);
      for (List<Batch> transaction : transactions) {
        for (Batch batch : transaction) {
          batch.bind(upsert);
          rows += upsert.executeUpdate();
        }
        connection.commit();
      }
    }
    return rows;
  }
}
