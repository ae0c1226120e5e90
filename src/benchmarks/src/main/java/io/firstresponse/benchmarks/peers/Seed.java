package io.firstresponse.benchmarks.peers;

import io.firstresponse.benchmarks.setup.BinaryCopy;
import io.firstresponse.benchmarks.setup.Clients;
import io.firstresponse.benchmarks.setup.Postgres;
import io.firstresponse.benchmarks.setup.Sql;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.source.datagen.Workload;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The system that the project is compared with: the seed's tables and functions in a schema, fed
 * with messages in the order of delivery.
 */
public final class Seed {

  /**
   * The number of messages per COPY, each in a transaction of its own; small, so that results are
   * available early.
   */
  private static final int COPY_MESSAGES = 10_000;

  /** The time until the connections of a loader are warm. */
  private static final long WARM_UP_MILLIS = 1_000;

  private final Postgres postgres;
  private final String schema;

  private Seed(Postgres postgres, String schema) {
    this.postgres = postgres;
    this.schema = schema;
  }

  /** Sets up method 1: a trigger on the table of messages. */
  public static Seed trigger(Postgres postgres, ResponseMode mode, String schema)
      throws SQLException {
    Seed seed = tables(postgres, mode, schema);
    postgres.execute(schema, Sql.resource("/seed/trigger.sql"));
    return seed;
  }

  /** Sets up method 2: messages are stored first and consumed later. */
  public static Seed delayed(Postgres postgres, ResponseMode mode, String schema)
      throws SQLException {
    Seed seed = tables(postgres, mode, schema);
    postgres.execute(schema, Sql.resource("/seed/delayed.sql"));
    return seed;
  }

  private static Seed tables(Postgres postgres, ResponseMode mode, String schema)
      throws SQLException {
    postgres.freshSchema(schema);
    postgres.execute(schema, Sql.resource("/seed/" + mode.code() + ".sql"));
    return new Seed(postgres, schema);
  }

  /**
   * Inserts row by row with a prepared statement, each row in a transaction of its own. Several
   * clients share the stream. This replaces pgbench, which need not be installed.
   *
   * @return messages per second, after the connections are warm
   */
  public double insertRowByRow(Workload workload, int clients, int seconds) throws Exception {
    AtomicLong next = new AtomicLong();
    long begin = System.nanoTime() + WARM_UP_MILLIS * 1_000_000;
    long end = begin + seconds * 1_000_000_000L;
    return Clients.run(clients, client -> insertUntil(end, begin, workload, next))
        / (double) seconds;
  }

  /** Inserts until a time, and returns the number of messages since {@code begin}. */
  private long insertUntil(long end, long begin, Workload workload, AtomicLong next)
      throws SQLException {
    try (Connection connection = postgres.connect(schema);
        PreparedStatement insert =
            connection.prepareStatement("insert into tbl (a, b, ts, direct) values (?, ?, ?, ?)")) {
      long counted = 0;
      for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
        Message message = workload.message(next.getAndIncrement());
        insert.setLong(1, message.a());
        insert.setLong(2, message.b());
        insert.setObject(3, time(message), Types.TIMESTAMP_WITH_TIMEZONE);
        insert.setBoolean(4, message.direct());
        insert.executeUpdate();
        if (now >= begin) {
          counted++;
        }
      }
      return counted;
    }
  }

  private static OffsetDateTime time(Message message) {
    return Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /**
   * Feeds all messages through COPY. Each client has its own customers, so that clients do not
   * deadlock.
   *
   * @return messages per second
   */
  public double copy(Workload workload, int clients) throws Exception {
    long start = System.nanoTime();
    return Clients.run(clients, client -> copyShare(workload, client, clients)) / seconds(start);
  }

  private long copyShare(Workload workload, int share, int shares) throws SQLException {
    long copied = 0;
    try (Connection connection = postgres.connect(schema)) {
      BinaryCopy copy = null;
      for (long i = 0; i < workload.end(); i++) {
        Message message = workload.message(i);
        if (message.b() % shares != share) {
          continue;
        }
        if (copy == null) {
          copy = new BinaryCopy(connection, "tbl (a, b, ts, direct)");
        }
        copy.message(message);
        copied++;
        if (copied % COPY_MESSAGES == 0) {
          copy.end();
          copy = null;
        }
      }
      if (copy != null) {
        copy.end();
      }
    }
    return copied;
  }

  /**
   * Consumes the stored messages, at most a million at a time.
   *
   * @return messages per second
   */
  public double consume(Workload workload) throws SQLException {
    String step = Sql.resource("/seed/delayed-step.sql");
    postgres.execute(schema, "analyze tbl");
    long start = System.nanoTime();
    do {
      postgres.execute(schema, step);
    } while (postgres.number(schema, "select count(*) from (select from tbl limit 1) x") > 0);
    return workload.end() / seconds(start);
  }

  /** The seconds since a time of {@link System#nanoTime}. */
  public static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
