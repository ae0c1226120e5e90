package io.firstresponse.connectors.postgres.source;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.io.Serializable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.annotation.PublicEvolving;

/**
 * A table or view whose rows have a time, and the queries that read it in the order of time.
 *
 * @param schema its schema, unquoted
 * @param name its name, unquoted
 * @param time the column of the time
 * @param zoned whether that is a {@code timestamptz}; if not, a {@code timestamp}, taken as UTC
 * @param columns the other columns to read
 */
@PublicEvolving
public record TimedTable(
    String schema, String name, String time, boolean zoned, List<String> columns)
    implements Serializable {

  private static final long MICROS_A_SECOND = 1_000_000;

  /** Refuses what cannot be a name, with an {@link IllegalArgumentException}. */
  public TimedTable {
    columns = List.copyOf(columns);
    new Identifier(schema);
    new Identifier(name);
    new Identifier(time);
    columns.forEach(Identifier::new);
  }

  /** Schema and name in SQL, quoted. */
  public String quotedName() {
    return quoted(schema) + "." + quoted(name);
  }

  /**
   * The query for rows that have a time, in the order of time. It has a parameter for each argument
   * that is true, in their order. Times are as {@link #parameter} writes them.
   *
   * @param from whether only times from a parameter on are read
   * @param to whether only times before a parameter are read
   * @param written whether only rows of a transaction, whose id is a parameter, and of later
   *     transactions are read
   */
  public String timedQuery(boolean from, boolean to, boolean written) {
    String column = "t." + quoted(time);
    return select()
        + " where "
        + column
        + " is not null"
        + (from ? " and " + column + " >= " + timeParameter() : "")
        + (to ? " and " + column + " < " + timeParameter() : "")
        + (written ? writtenCondition() : "")
        + " order by "
        + column;
  }

  /** The query for rows whose time is null. */
  public String untimedQuery(boolean written) {
    return select() + " where t." + quoted(time) + " is null" + (written ? writtenCondition() : "");
  }

  /** The query for the first and the last time in a range; both null if there is none. */
  public String extentQuery(boolean from, boolean to) {
    String column = "t." + quoted(time);
    String expression = zoned ? column : column + " at time zone 'UTC'";
    return "select min("
        + expression
        + "), max("
        + expression
        + ") from "
        + quotedName()
        + " t where "
        + column
        + " > '-infinity' and "
        + column
        + " < 'infinity'"
        + (from ? " and " + column + " >= " + timeParameter() : "")
        + (to ? " and " + column + " < " + timeParameter() : "");
  }

  /** A time as a parameter of the queries. */
  static String parameter(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  /** Microseconds since 1970; the least or greatest {@code long} for times beyond its range. */
  public static long micros(OffsetDateTime time) {
    long second = time.toEpochSecond();
    if (Math.abs(second) > Long.MAX_VALUE / MICROS_A_SECOND - 1) {
      return second < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return second * MICROS_A_SECOND + time.getNano() / 1000;
  }

  private String select() {
    String timeColumn = "t." + quoted(time);
    return "select "
        + (zoned ? timeColumn : timeColumn + " at time zone 'UTC'")
        + columns.stream().map(column -> ", t." + quoted(column)).collect(Collectors.joining())
        + " from "
        + quotedName()
        + " t";
  }

  private String timeParameter() {
    return zoned ? "cast(? as timestamptz)" : "(cast(? as timestamptz) at time zone 'UTC')";
  }

  /** By age, because transaction ids wrap around at 2^32. */
  private static String writtenCondition() {
    return " and age(t.xmin) <= (select age(cast(? as xid)))";
  }

  private static String quoted(String name) {
    return new Identifier(name).quoted();
  }
}
