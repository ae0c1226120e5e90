package io.firstresponse.benchmarks.peers;

import io.firstresponse.benchmarks.setup.BinaryCopy;
import io.firstresponse.benchmarks.setup.Clients;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.job.domain.ResponseMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * Fills the job's keyed table from a file of JSON lines with DuckDB. DuckDB reads the file and runs
 * the window query in memory; two connections write the rows to PostgreSQL in the order of time, by
 * COPY.
 */
public final class DuckDb {

  private static final int CONNECTIONS = 2;

  private static final String MESSAGES =
      """
      create table tbl as select a, b, ts, direct from read_json('%s',
        format = 'newline_delimited',
        columns = {a: 'bigint', b: 'bigint', ts: 'timestamp', direct: 'boolean'})
      """;

  /**
   * Ordered by time, the first column of the table's key, because an index is filled fastest in its
   * own order.
   */
  private static final String SESSIONS =
      """
      create table sessions as
      select b, epoch_us(b_ts) as b_ts, a, epoch_us(a_ts) as a_ts, asked_a from (%s) order by b_ts
      """;

  private static final String SHARE = "select * from sessions where rowid >= ? and rowid < ?";

  private DuckDb() {}

  /** Fills the table of a schema. The table exists and is empty. */
  public static void fill(Postgres postgres, String schema, Path file) throws Exception {
    try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties())) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(MESSAGES.formatted(file));
        statement.execute(SESSIONS.formatted(WindowQuery.statement(ResponseMode.ANY_AGENT)));
      }
      long sessions = count(connection);
      Clients.run(
          CONNECTIONS,
          number -> {
            long from = sessions * number / CONNECTIONS;
            long to = sessions * (number + 1) / CONNECTIONS;
            try (Connection own = connection.unwrap(DuckDBConnection.class).duplicate()) {
              return copy(own, from, to, postgres, schema);
            }
          });
    }
  }

  private static long count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from sessions")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static long copy(Connection duckDb, long from, long to, Postgres postgres, String schema)
      throws SQLException {
    try (Connection connection = postgres.connect(schema);
        PreparedStatement share = duckDb.prepareStatement(SHARE)) {
      share.setLong(1, from);
      share.setLong(2, to);
      BinaryCopy copy = new BinaryCopy(connection, "tbl_result (b, b_ts, a, a_ts, asked_a)");
      try (ResultSet row = share.executeQuery()) {
        while (row.next()) {
          copy.row(5).bigint(row.getLong(1)).timestamp(row.getLong(2)).bigint(row.getLong(3));
          long answeredAt = row.getLong(4);
          if (row.wasNull()) {
            copy.none();
          } else {
            copy.timestamp(answeredAt);
          }
          copy.bigint(row.getLong(5));
        }
      }
      copy.end();
      return to - from;
    }
  }
}
