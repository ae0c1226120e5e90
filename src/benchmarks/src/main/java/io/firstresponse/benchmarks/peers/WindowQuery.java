package io.firstresponse.benchmarks.peers;

import io.firstresponse.benchmarks.setup.BinaryCopy;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Sql;
import io.firstresponse.benchmarks.setup.Traffic;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * PostgreSQL's window query over all messages of a run, in a schema of its own. It is the reference
 * that all results are compared with.
 */
public final class WindowQuery {

  private final Postgres postgres;
  private final ResponseMode mode;
  private final String schema;

  private WindowQuery(Postgres postgres, ResponseMode mode, String schema) {
    this.postgres = postgres;
    this.mode = mode;
    this.schema = schema;
  }

  /** Stores the messages and runs the query over them. */
  public static WindowQuery over(Postgres postgres, Traffic traffic, String schema)
      throws SQLException {
    WindowQuery query = new WindowQuery(postgres, traffic.mode(), schema);
    postgres.freshSchema(schema);
    query.load(traffic);
    query.store();
    postgres.execute(schema, "drop table tbl", "analyze expected");
    return query;
  }

  /** Stores the messages only. The caller runs {@link #store} or {@link #storeKeyed} later. */
  public static WindowQuery loaded(Postgres postgres, Traffic traffic, String schema)
      throws SQLException {
    WindowQuery query = new WindowQuery(postgres, traffic.mode(), schema);
    postgres.freshSchema(schema);
    query.load(traffic);
    return query;
  }

  private void load(Traffic traffic) throws SQLException {
    postgres.execute(
        schema, "create table tbl (a bigint, b bigint, ts timestamptz, direct boolean)");
    try (Connection connection = postgres.connect(schema)) {
      BinaryCopy copy = new BinaryCopy(connection, "tbl (a, b, ts, direct)");
      Workload workload = traffic.workload();
      for (long i = 0; i < workload.end(); i++) {
        copy.message(workload.message(i));
      }
      copy.end();
    }
  }

  /** Runs the query and stores its rows. */
  public void store() throws SQLException {
    postgres.execute(schema, "create table expected as " + statement());
  }

  private String statement() {
    return statement(mode);
  }

  /** The query over a table whose messages have no closes and no labels. */
  static String statement(ResponseMode mode) {
    String query = Sql.resource("/sql/mode/" + mode.code() + "/window-query.sql");
    String without = query.replace("when closes then 2 when direct", "when direct");
    if (without.equals(query)) {
      throw new IllegalStateException("the window query reads closes in another way: " + query);
    }
    return without.replaceAll(",\\s+labels\\b", "");
  }

  /** Runs the query and stores its rows in a table with the keys of the job's table. */
  public void storeKeyed() throws SQLException {
    postgres.execute(schema, Sql.resource("/peers/window-query-keyed.sql").formatted(statement()));
  }

  /** The number of sessions. */
  public long sessions() throws SQLException {
    return postgres.number(schema, "select count(*) from expected");
  }

  /** Whether the table of a job has exactly these sessions, with equal values in all fields. */
  public boolean isTableOf(String jobSchema) throws SQLException {
    boolean anyAgent = mode == ResponseMode.ANY_AGENT;
    postgres.execute(jobSchema, "analyze tbl_result");
    return postgres.number(
            schema,
            """
            select count(*) from expected e full join %s.tbl_result r using (%s)
            where (e.%3$s, e.a_ts, e.%4$s) is distinct from (r.%3$s, r.a_ts, r.%4$s)
            """
                .formatted(
                    jobSchema,
                    anyAgent ? "b, b_ts" : "b, a, b_ts",
                    anyAgent ? "a" : "rsp_a",
                    anyAgent ? "asked_a" : "rsp_a"))
        == 0;
  }

  /** The share of the answered sessions that are missing from the seed's table or differ there. */
  public double shareWrongIn(String seedSchema) throws SQLException {
    postgres.execute(seedSchema, "analyze tbl_result");
    long answered = postgres.number(schema, "select count(*) from expected where a_ts is not null");
    long wrong =
        postgres.number(
            schema,
            """
            select count(*) from expected e where a_ts is not null and not exists (
              select from %s.tbl_result r
              where (r.b, r.b_ts, r.a, r.a_ts) = (e.b, e.b_ts, e.a, e.a_ts))
            """
                .formatted(seedSchema));
    return (double) wrong / answered;
  }
}
