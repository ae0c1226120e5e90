package io.firstresponse.connectors.postgres;

import static java.util.stream.Collectors.joining;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.ToIntFunction;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/**
 * A table to upsert into: its name, its columns, its key, and what happens to a row whose key is
 * there already. Immutable and serializable; knows its SQL, but holds no connection.
 *
 * <p>Rows with equal key columns are the same row: of several in one batch one is sent. Rows are
 * sent in the order of their phase, and inside a phase in the order of their key, so that two
 * writers do not lock the same rows in opposite orders. Those that are expected to be new go last
 * in their phase, by COPY or a plain insert.
 *
 * @param <T> the type of a row
 */
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
  // An array, for it is gone through at each comparison of a sort.
  private final Column<T>[] key;
  private final IntOf<T> phase;
  private final Column.Condition<T> expectedNew;
  private final Merge<T> merge;
  private final Column.Condition<T> cleared;
  private final Column.Condition<T> gone;
  private final Column.Condition<T> complete;
  private final String insert;
  private final String copy;
  private final String upsert;
  private final String clear;
  private final String delete;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private PostgresTable(Builder<T> builder) {
    this.name = builder.qualifiedName();
    this.unqualifiedName = builder.table.value();
    this.columns = List.copyOf(builder.columns);
    this.key = builder.key.toArray(new Column[0]);
    this.phase = builder.phase;
    this.expectedNew = builder.expectedNew;
    this.merge = builder.merge;
    this.cleared = builder.cleared;
    this.gone = builder.gone;
    this.complete = builder.complete;
    this.insert = builder.insert();
    this.copy = builder.copy();
    this.upsert = insert + builder.onConflict();
    this.clear = builder.delete();
    this.delete =
        clear + builder.deleteGuard.map(condition -> " and (" + condition + ")").orElse("");
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

  /** The table's name as it stands in SQL: quoted, with its schema if one was given. */
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

  /** The key of a row, as {@code name=value} with blanks between. Text stands in quotes. */
  String key(T row) {
    StringJoiner text = new StringJoiner(" ");
    for (Column<T> column : key) {
      text.add(column.name().value() + "=" + column.plain(row));
    }
    return text.toString();
  }

  /** The statement that sends rows, one array for each column. */
  String upsert() {
    return upsert;
  }

  /** The statement that sends rows none of which is there. */
  String insert() {
    return insert;
  }

  /** The COPY that sends rows none of which is there. */
  String copy() {
    return copy;
  }

  /** The statement that deletes rows if they may be, one array for each column of the key. */
  String delete() {
    return delete;
  }

  /** The statement that deletes rows whatever they are, one array for each column of the key. */
  String clear() {
    return clear;
  }

  /** Whether a batch may end with a row. */
  boolean isComplete(T row) {
    return complete.test(row);
  }

  /** What is done with rows. */
  enum Action {
    CLEAR,
    DELETE,
    UPSERT,
    /** They are expected not to be there. */
    INSERT
  }

  /** Rows that one statement sends. */
  record Part<T>(List<T> rows, Action action) {}

  /** The names of the columns, for messages. */
  String columnNames() {
    return columns.stream().map(column -> column.name().quoted()).collect(joining(", "));
  }

  /** The names of the key's columns, for messages. */
  String keyNames() {
    return Arrays.stream(key).map(column -> column.name().quoted()).collect(joining(", "));
  }

  /** A row and the number of its first key, which is at hand in a sort. */
  private record Numbered<T>(long number, T row) {}

  /** The rows to send, in the order to send them in: one of each key. */
  List<T> inSendingOrder(List<T> rows) {
    List<Numbered<T>> sorted = new ArrayList<>(rows.size());
    for (T row : rows) {
      sorted.add(new Numbered<>(key[0].number(row), row));
    }
    sorted.sort(
        (one, other) -> {
          int order = Long.compare(one.number, other.number);
          return order != 0 ? order : compareKeys(one.row, other.row);
        });
    List<T> result = new ArrayList<>(sorted.size());
    for (Numbered<T> numbered : sorted) {
      T row = numbered.row;
      int last = result.size() - 1;
      if (last >= 0 && compareKeys(result.get(last), row) == 0) {
        result.set(last, merge.apply(result.get(last), row));
      } else {
        result.add(row);
      }
    }
    Map<Long, List<T>> parts = new TreeMap<>();
    for (T row : result) {
      parts.computeIfAbsent(partOf(row), part -> new ArrayList<>()).add(row);
    }
    List<T> ordered = new ArrayList<>(result.size());
    parts.values().forEach(ordered::addAll);
    return ordered;
  }

  /** Deletions go first, for they free a place; then it is by phase. */
  private long partOf(T row) {
    return switch (action(row)) {
      case CLEAR, DELETE -> Long.MIN_VALUE;
      case UPSERT -> 2L * phase.applyAsInt(row);
      case INSERT -> 2L * phase.applyAsInt(row) + 1;
    };
  }

  private Action action(T row) {
    if (gone.test(row)) {
      return Action.DELETE;
    }
    return expectedNew.test(row) ? Action.INSERT : Action.UPSERT;
  }

  /** Cuts rows that are in sending order: each part is one statement. */
  List<Part<T>> parts(List<T> rows) {
    List<Part<T>> result = new ArrayList<>(4);
    List<T> clearing = rows.stream().filter(cleared).toList();
    if (!clearing.isEmpty()) {
      result.add(new Part<>(clearing, Action.CLEAR));
    }
    int start = 0;
    for (int i = 1; i <= rows.size(); i++) {
      if (i == rows.size() || partOf(rows.get(i)) != partOf(rows.get(i - 1))) {
        result.add(new Part<>(rows.subList(start, i), action(rows.get(start))));
        start = i;
      }
    }
    return result;
  }

  /** Puts rows into a statement that does something with them. */
  void bind(PreparedStatement statement, List<T> rows, Action action) throws SQLException {
    Connection connection = statement.getConnection();
    BaseConnection postgres = connection.unwrap(BaseConnection.class);
    boolean byKey = action == Action.CLEAR || action == Action.DELETE;
    List<Column<T>> sent = byKey ? List.of(key) : columns;
    for (int i = 0; i < sent.size(); i++) {
      Column<T> column = sent.get(i);
      // Not createArrayOf: the driver would send timestamps as text, which costs both sides more.
      statement.setArray(i + 1, new PgArray(postgres, column.arrayOid(), column.encode(rows)));
    }
  }

  /** Rows for {@link #copy}. */
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

  private int compareKeys(T one, T other) {
    for (Column<T> column : key) {
      int order = column.compare(one, other);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Describes a table. What makes no sense is refused with an {@link IllegalArgumentException}. */
  public static final class Builder<T> {

    private final Identifier table;
    private Optional<Identifier> schema = Optional.empty();
    private final List<Column<T>> columns = new ArrayList<>();
    private final List<Column<T>> key = new ArrayList<>();
    private IntOf<T> phase = row -> 0;
    private Column.Condition<T> expectedNew = row -> false;
    private Merge<T> merge = (earlier, later) -> later;
    private Column.Condition<T> cleared = row -> false;
    private Column.Condition<T> gone = row -> false;
    private Column.Condition<T> complete = row -> true;
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
     * Sends rows of a lower phase before those of a higher one, inside the same transaction. For
     * constraints that hold between rows: what frees a place goes before what takes it.
     */
    public Builder<T> phase(IntOf<T> phase) {
      this.phase = Objects.requireNonNull(phase);
      return this;
    }

    /**
     * Says which rows are most probably not there yet. They are sent by a plain insert, which costs
     * PostgreSQL a third less; where one is there after all, as in a recovery, its batch is sent
     * once more, and the batches up to the next checkpoint are sent without such expectations. The
     * server logs an error for it. By default no row is expected to be new.
     */
    public Builder<T> expectNew(Column.Condition<T> expectedNew) {
      this.expectedNew = Objects.requireNonNull(expectedNew);
      return this;
    }

    /**
     * Says which rows are to be deleted instead of written, before anything of their batch is
     * written. By default none is.
     *
     * @param guard a condition in SQL that has to hold for it, the present row being {@code t}. It
     *     is taken as it is and must come from the program, never from input
     */
    public Builder<T> deleteIf(Column.Condition<T> gone, String guard) {
      this.gone = Objects.requireNonNull(gone);
      this.deleteGuard = Optional.of(guard);
      return this;
    }

    /** Says what is sent of two rows of one batch with the same key. By default the later one. */
    public Builder<T> merge(Merge<T> merge) {
      this.merge = Objects.requireNonNull(merge);
      return this;
    }

    /**
     * Says which rows go whatever they are, before anything of their batch is written: no condition
     * has to hold for deleting or for replacing them. By default none does.
     */
    public Builder<T> clearIf(Column.Condition<T> cleared) {
      this.cleared = Objects.requireNonNull(cleared);
      return this;
    }

    /**
     * Says which rows complete what belongs together: rows up to one of these are in one
     * transaction with it, unless PostgreSQL refuses one of them. By default each row stands for
     * itself.
     */
    public Builder<T> completeWhen(Column.Condition<T> complete) {
      this.complete = Objects.requireNonNull(complete);
      return this;
    }

    /** A {@code timestamptz} that is set to the time of the transaction when a row is updated. */
    public Builder<T> stampUpdates(String column) {
      stamp = Optional.of(new Identifier(column));
      return this;
    }

    /** A row whose key is there already changes nothing. This is the default. */
    public Builder<T> onConflictDoNothing() {
      update = false;
      guard = Optional.empty();
      return this;
    }

    /** A row whose key is there already replaces all other columns. */
    public Builder<T> onConflictUpdate() {
      update = true;
      guard = Optional.empty();
      return this;
    }

    /**
     * A row whose key is there already replaces all other columns, if a condition holds.
     *
     * @param guard the condition in SQL, the present row being {@code t} and the new one {@code
     *     excluded}. It is taken as it is and must come from the program, never from input
     */
    public Builder<T> onConflictUpdateIf(String guard) {
      update = true;
      this.guard = Optional.of(guard);
      return this;
    }

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

    private String names() {
      return columns.stream().map(c -> c.name().quoted()).collect(joining(", "));
    }

    private String copy() {
      return "copy " + qualifiedName() + " (" + names() + ") from stdin (format binary)";
    }

    private String insert() {
      String arrays = columns.stream().map(Column::parameter).collect(joining(", "));
      return "insert into "
          + qualifiedName()
          + " as t ("
          + names()
          + ") select * from unnest("
          + arrays
          + ")";
    }

    private String delete() {
      String names = key.stream().map(c -> c.name().quoted()).collect(joining(", "));
      String arrays = key.stream().map(Column::parameter).collect(joining(", "));
      return "delete from "
          + qualifiedName()
          + " as t using unnest("
          + arrays
          + ") as gone ("
          + names
          + ") where "
          + key.stream()
              .map(c -> "t." + c.name().quoted() + " = gone." + c.name().quoted())
              .collect(joining(" and "));
    }

    private String onConflict() {
      String keys = key.stream().map(c -> c.name().quoted()).collect(joining(", "));
      String action =
          update
              ? "update set "
                  + columns.stream()
                      .filter(column -> !key.contains(column))
                      .map(c -> c.name().quoted() + " = excluded." + c.name().quoted())
                      .collect(joining(", "))
                  + stamp.map(column -> ", " + column.quoted() + " = now()").orElse("")
                  + guard.map(g -> " where (" + g + ")").orElse("")
              : "nothing";
      return " on conflict (" + keys + ") do " + action;
    }
  }
}
