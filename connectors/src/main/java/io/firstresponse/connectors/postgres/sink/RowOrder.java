package io.firstresponse.connectors.postgres.sink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The order in which the rows of a batch are sent: one row for each key, deletions first, then by
 * phase, in each phase those that are expected to be new last, and then by key. Two writers that
 * send in this order do not lock the same rows in opposite orders.
 *
 * @param <T> the type of a row
 */
final class RowOrder<T> implements Serializable {

  private static final long serialVersionUID = 1L;

  // An array, because each comparison of a sort goes through it.
  private final Column<T>[] key;
  private final PostgresTable.IntOf<T> phase;
  private final PostgresTable.Merge<T> merge;
  private final Column.Condition<T> expectedNew;
  private final Column.Condition<T> cleared;
  private final Column.Condition<T> deleted;

  @SuppressWarnings({"unchecked", "rawtypes"})
  RowOrder(
      List<Column<T>> key,
      PostgresTable.IntOf<T> phase,
      PostgresTable.Merge<T> merge,
      Column.Condition<T> expectedNew,
      Column.Condition<T> cleared,
      Column.Condition<T> deleted) {
    this.key = key.toArray(new Column[0]);
    this.phase = phase;
    this.merge = merge;
    this.expectedNew = expectedNew;
    this.cleared = cleared;
    this.deleted = deleted;
  }

  /** What is done with rows. */
  enum Action {
    /** They are deleted by their key, whatever the table has. */
    CLEAR,
    /** They are deleted by their key, if the table's condition holds. */
    DELETE,
    UPSERT,
    /** They are inserted: the table is expected not to have them. */
    INSERT;

    boolean isByKey() {
      return this == CLEAR || this == DELETE;
    }
  }

  /** Rows that one statement sends. */
  record Part<T>(List<T> rows, Action action) {}

  /** A row and the number of its first key column, which makes most comparisons cheap. */
  private record Numbered<T>(long number, T row) {}

  /** The rows to send, in their order: one of each key. */
  List<T> sorted(List<T> rows) {
    List<Numbered<T>> byKey = new ArrayList<>(rows.size());
    for (T row : rows) {
      byKey.add(new Numbered<>(key[0].number(row), row));
    }
    byKey.sort(
        (one, other) -> {
          int order = Long.compare(one.number, other.number);
          return order != 0 ? order : compareKeys(one.row, other.row);
        });
    List<T> merged = new ArrayList<>(byKey.size());
    for (Numbered<T> numbered : byKey) {
      T row = numbered.row;
      int last = merged.size() - 1;
      if (last >= 0 && compareKeys(merged.get(last), row) == 0) {
        merged.set(last, merge.apply(merged.get(last), row));
      } else {
        merged.add(row);
      }
    }
    Map<Long, List<T>> parts = new TreeMap<>();
    for (T row : merged) {
      parts.computeIfAbsent(partOf(row), part -> new ArrayList<>()).add(row);
    }
    List<T> ordered = new ArrayList<>(merged.size());
    parts.values().forEach(ordered::addAll);
    return ordered;
  }

  /** Divides rows that are in this order: each part is one statement. */
  List<Part<T>> parts(List<T> rows) {
    List<Part<T>> parts = new ArrayList<>(4);
    List<T> clearing = rows.stream().filter(cleared).toList();
    if (!clearing.isEmpty()) {
      parts.add(new Part<>(clearing, Action.CLEAR));
    }
    int start = 0;
    for (int i = 1; i <= rows.size(); i++) {
      if (i == rows.size() || partOf(rows.get(i)) != partOf(rows.get(i - 1))) {
        parts.add(new Part<>(rows.subList(start, i), action(rows.get(start))));
        start = i;
      }
    }
    return parts;
  }

  /** Deletions are first: they may make room for other rows. */
  private long partOf(T row) {
    return switch (action(row)) {
      case CLEAR, DELETE -> Long.MIN_VALUE;
      case UPSERT -> 2L * phase.applyAsInt(row);
      case INSERT -> 2L * phase.applyAsInt(row) + 1;
    };
  }

  private Action action(T row) {
    if (deleted.test(row)) {
      return Action.DELETE;
    }
    return expectedNew.test(row) ? Action.INSERT : Action.UPSERT;
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
}
