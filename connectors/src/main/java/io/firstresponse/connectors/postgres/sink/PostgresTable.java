package io.firstresponse.connectors.postgres.sink;

import static java.util.stream.Collectors.joining;

import io.firstresponse.connectors.postgres.connection.Identifier;
import io.firstresponse.connectors.postgres.connection.SqlFailure;
import io.firstresponse.connectors.postgres.connection.SqlState;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.BinaryOperator;
import java.util.function.ToIntFunction;
import org.apache.flink.annotation.PublicEvolving;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * A table to upsert into: its name, its columns, its key, and what happens to a row whose key the
 * table has. Immutable and serializable.
 *
 * <pre>{@code
 * record Order(long id, long placedAtMicros, String state) {}
 *
 * PostgresTable<Order> orders =
 *     PostgresTable.<Order>named("orders")
 *         .schema("shop")
 *         .key(Column.bigint("id", Order::id))
 *         .column(Column.timestamptz("placed_at", Order::placedAtMicros))
 *         .column(Column.text("state", Order::state))
 *         .onConflictUpdate()
 *         .build();
 * }</pre>
 *
 * <p>Rows with equal key columns are the same row: of several in one batch, one is sent. {@link
 * Builder#phase}, {@link Builder#deleteIf} and {@link Builder#expectNew} decide on the order of the
 * rows of a batch; inside each part of it, rows are sent in the order of their key.
 *
 * @param <T> the type of a row
 */
@PublicEvolving
public final class PostgresTable<T> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** A serializable {@link BinaryOperator}. */
  @FunctionalInterface
  public interface Merge<T> extends BinaryOperator<T>, Serializable {}

  /** A serializable {@link ToIntFunction}. */
  @FunctionalInterface
  public interface IntOf<T> extends ToIntFunction<T>, Serializable {}

  private final String name;
  private final String unqualifiedName;
  private final List<Column<T>> columns;
  private final List<Column<T>> key;
  private final Column.Condition<T> groupEnd;
  private final RowOrder<T> order;
  private final TableSql sql;

  private PostgresTable(Builder<T> builder) {
    this.name = builder.qualifiedName();
    this.unqualifiedName = builder.table.value();
    this.columns = List.copyOf(builder.columns);
    this.key = List.copyOf(builder.key);
    this.groupEnd = builder.groupEnd;
    this.order =
        new RowOrder<>(
            key,
            builder.phase,
            builder.merge,
            builder.expectedNew,
            builder.cleared,
            builder.deleted);
    this.sql =
        TableSql.of(
            name,
            columns,
            key,
            new TableSql.OnConflict(
                builder.update, builder.guard, builder.stamp, builder.deleteGuard));
  }

  /**
   * Starts the description of a table.
   *
   * @param name the table's name without its schema, in its exact case; never parsed
   */
  public static <T> Builder<T> named(String name) {
    return new Builder<>(new Identifier(name));
  }

  /**
   * Passes if a schema, a table or a column can have this name.
   *
   * @throws IllegalArgumentException if it is empty or too long for PostgreSQL
   */
  public static void checkName(String name) {
    new Identifier(name);
  }

  /** The table's name in SQL: quoted, with its schema if one was given. */
  public String name() {
    return name;
  }

  /** The table's name without its schema, as it was given. */
  String unqualifiedName() {
    return unqualifiedName;
  }

  /** A row as a JSON object, for a person. */
  String json(T row) {
    return columns.stream()
        .map(column -> Column.quoted(column.name().value()) + ": " + column.json(row))
        .collect(joining(", ", "{", "}"));
  }

  /** The key of a row, as {@code name=value} separated by blanks. Text is in quotes. */
  String key(T row) {
    StringJoiner text = new StringJoiner(" ");
    for (Column<T> column : key) {
      text.add(column.name().value() + "=" + column.plain(row));
    }
    return text.toString();
  }

  /** The statements that write the table. */
  TableSql sql() {
    return sql;
  }

  /** The order in which rows are sent. */
  RowOrder<T> order() {
    return order;
  }

  /** Whether a batch may end with a row. */
  boolean endsGroup(T row) {
    return groupEnd.test(row);
  }

  /** The server's message on a failed statement, and what to do, in one line. */
  String advice(SQLException failure) {
    return switch (String.valueOf(failure.getSQLState())) {
      case SqlState.UNDEFINED_COLUMN, SqlState.DATATYPE_MISMATCH ->
          SqlFailure.advice(
              failure,
              "The table does not have the columns that are written: "
                  + names(columns)
                  + ". Bring it to the schema of this release.");
      case SqlState.INVALID_COLUMN_REFERENCE ->
          SqlFailure.advice(
              failure,
              "The table needs a primary key or a unique constraint on exactly "
                  + names(key)
                  + ".");
      case SqlState.CARDINALITY_VIOLATION ->
          SqlFailure.advice(
              failure,
              "Rows that were taken for different ones have the same key in the database.");
      default -> SqlFailure.advice(failure);
    };
  }

  private static <T> String names(List<Column<T>> columns) {
    return columns.stream().map(column -> column.name().quoted()).collect(joining(", "));
  }

  /** Sets the parameters of a statement to rows. */
  void bind(PreparedStatement statement, List<T> rows, RowOrder.Action action) throws SQLException {
    Connection connection = statement.getConnection();
    BaseConnection postgres = connection.unwrap(BaseConnection.class);
    List<Column<T>> sent = action.isByKey() ? key : columns;
    for (int i = 0; i < sent.size(); i++) {
      Column<T> column = sent.get(i);
      // Not createArrayOf: the driver would send timestamps as text, which costs both sides more.
      statement.setArray(i + 1, new PgArray(postgres, column.arrayOid(), column.encode(rows)));
    }
  }

  /** Rows for {@link TableSql#copy}. */
  BinaryRows encode(List<T> rows) throws SQLException {
    BinaryRows encoded = new BinaryRows(rows.size(), columns.size());
    for (T row : rows) {
      encoded.begin(columns.size());
      for (Column<T> column : columns) {
        column.encode(row, encoded);
      }
    }
    return encoded;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Describes a table. Contradictions are refused with an {@link IllegalArgumentException}. */
  @PublicEvolving
  public static final class Builder<T> {

    private final Identifier table;
    private Optional<Identifier> schema = Optional.empty();
    private final List<Column<T>> columns = new ArrayList<>();
    private final List<Column<T>> key = new ArrayList<>();
    private IntOf<T> phase = row -> 0;
    private Column.Condition<T> expectedNew = row -> false;
    private Merge<T> merge = (earlier, later) -> later;
    private Column.Condition<T> cleared = row -> false;
    private Column.Condition<T> deleted = row -> false;
    private Column.Condition<T> groupEnd = row -> true;
    private Optional<String> deleteGuard = Optional.empty();
    private Optional<Identifier> stamp = Optional.empty();
    private boolean update;
    private Optional<String> guard = Optional.empty();

    private Builder(Identifier table) {
      this.table = table;
    }

    /** The schema; without it, the user's search path decides. */
    public Builder<T> schema(String schema) {
      this.schema = Optional.of(new Identifier(schema));
      return this;
    }

    /** A column of the key. The table needs a primary key or unique constraint on exactly these. */
    public Builder<T> key(Column<T> column) {
      if (column.nullable()) {
        throw new IllegalArgumentException(
            "column " + column.name().value() + " may be null and so cannot be part of the key");
      }
      key.add(column);
      return column(column);
    }

    /** A further column. */
    public Builder<T> column(Column<T> column) {
      columns.add(column);
      return this;
    }

    /**
     * Sends rows of a lower phase before those of a higher one, inside one transaction: for
     * constraints between rows, such as at most one open row for each customer.
     */
    public Builder<T> phase(IntOf<T> phase) {
      this.phase = Objects.requireNonNull(phase);
      return this;
    }

    /**
     * Sets which rows are expected to be new. They are sent by a plain insert or COPY, which costs
     * PostgreSQL a third less. If the table has one of them, as in a recovery, the batch is sent
     * again by upsert, and so are all batches up to the next checkpoint; the server logs an error
     * for it. By default no row is expected to be new.
     */
    public Builder<T> expectNew(Column.Condition<T> expectedNew) {
      this.expectedNew = Objects.requireNonNull(expectedNew);
      return this;
    }

    /**
     * Sets which rows are deleted instead of written. They are deleted before other rows of their
     * batch are written. By default none is.
     *
     * @param guard a condition in SQL for deleting, the present row being {@code t}. It is used
     *     unchanged, so it must come from the program, never from input
     */
    public Builder<T> deleteIf(Column.Condition<T> deleted, String guard) {
      this.deleted = Objects.requireNonNull(deleted);
      this.deleteGuard = Optional.of(guard);
      return this;
    }

    /** Sets which row is sent of two in one batch with the same key. By default the later one. */
    public Builder<T> merge(Merge<T> merge) {
      this.merge = Objects.requireNonNull(merge);
      return this;
    }

    /**
     * Sets for which rows the row that the table has is deleted first, without any condition. Such
     * a row is then inserted, unless {@link #deleteIf} applies to it too. By default none is.
     */
    public Builder<T> clearIf(Column.Condition<T> cleared) {
      this.cleared = Objects.requireNonNull(cleared);
      return this;
    }

    /**
     * Sets which rows end a group: the rows up to and including such a row are written in one
     * transaction, unless PostgreSQL refuses one of them. By default each row is a group.
     */
    public Builder<T> endGroupWhen(Column.Condition<T> groupEnd) {
      this.groupEnd = Objects.requireNonNull(groupEnd);
      return this;
    }

    /** A {@code timestamptz} that is set to the time of the transaction when a row is updated. */
    public Builder<T> stampUpdates(String column) {
      stamp = Optional.of(new Identifier(column));
      return this;
    }

    /** A row whose key the table has changes nothing. This is the default. */
    public Builder<T> onConflictDoNothing() {
      update = false;
      guard = Optional.empty();
      return this;
    }

    /** A row whose key the table has updates all other columns. */
    public Builder<T> onConflictUpdate() {
      update = true;
      guard = Optional.empty();
      return this;
    }

    /**
     * A row whose key the table has updates all other columns, if a condition holds.
     *
     * @param guard the condition in SQL, the present row being {@code t} and the new one {@code
     *     excluded}. It is used unchanged, so it must come from the program, never from input
     */
    public Builder<T> onConflictUpdateIf(String guard) {
      update = true;
      this.guard = Optional.of(guard);
      return this;
    }

    /**
     * Builds the table.
     *
     * @throws IllegalArgumentException if there is no key, nothing to update, or a column twice
     */
    public PostgresTable<T> build() {
      if (key.isEmpty()) {
        throw new IllegalArgumentException("table " + qualifiedName() + " needs a key column");
      }
      if (update && key.size() == columns.size()) {
        throw new IllegalArgumentException(
            "table " + qualifiedName() + " has nothing to update: all its columns are its key");
      }
      Set<Identifier> names = new HashSet<>();
      for (Column<T> column : columns) {
        if (!names.add(column.name())) {
          throw new IllegalArgumentException(
              "table " + qualifiedName() + " has column " + column.name().quoted() + " twice");
        }
      }
      return new PostgresTable<>(this);
    }

    private String qualifiedName() {
      return schema.map(s -> s.quoted() + ".").orElse("") + table.quoted();
    }
  }
}
