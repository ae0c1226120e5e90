package io.firstresponse.connectors.postgres;

import java.io.Serializable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table (or view) whose rows have a time, and the queries that read it by that.
 *
 * @param schema its schema, unquoted
 * @param name its name, unquoted
 * @param time the column of the time
 * @param zoned whether that is a {@code timestamptz}; if not, a {@code timestamp}, taken as UTC
 * @param columns the columns to read besides
 */
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

  /** Schema and name, quoted, as SQL has them. */
  public String quotedName() {
    return quoted(schema) + "." + quoted(name);
  }

  /**
   * The query for rows that have a time, in its order. Its parameters are those of the conditions
   * asked for, in their order; times are given as by {@link #parameter}.
   *
   * @param from times from a parameter on
   * @param to times before a parameter
   * @param written rows written by a parameter's transaction, or one that began to write after it
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

  /** The query for the first and the last time in a range, both null if there is none. */
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

  /** Microseconds since 1970, or the least or greatest {@code long} for what is beyond them. */
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

  /** By age, for transaction ids start again at 2^32: the same age is the same, less is younger. */
  private static String writtenCondition() {
    return " and age(t.xmin) <= (select age(cast(? as xid)))";
  }

  private static String quoted(String name) {
    return new Identifier(name).quoted();
  }
}
