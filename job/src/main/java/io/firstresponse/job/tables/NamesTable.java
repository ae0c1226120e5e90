package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.Column;
import io.firstresponse.connectors.postgres.sink.PostgresTable;

/** The tables that say what a key stands for: which id, and which name, or which labels. */
enum NamesTable {
  AGENT("tbl_agent", "agent", "required/10-agent.sql", "id", "text"),
  CUSTOMER("tbl_customer", "customer", "required/11-customer.sql", "id", "text"),
  LABELS("tbl_labels", "labels", "required/13-labels.sql", "label", "jsonb");

  /** The name is later than the one that is there. One without a time was written by a person. */
  private static final String NEWER =
      "excluded.name is not null and (t.name_ts is null or excluded.name_ts > t.name_ts"
          + " or excluded.name_ts = t.name_ts and excluded.name collate \"C\" > t.name collate \"C\")";

  /** The key has no other id, which would be a collision. */
  private static final String SAME_ID =
      "(t.id is null or excluded.id is null or t.id = excluded.id)";

  private final String table;
  private final String key;
  private final String script;
  private final String text;
  private final String type;

  /**
   * @param key the column with the key
   * @param script the file of {@code conf/sql} that creates the table
   * @param text the column with what the key stands for
   * @param type the type of that column
   */
  NamesTable(String table, String key, String script, String text, String type) {
    this.table = table;
    this.key = key;
    this.script = script;
    this.text = text;
    this.type = type;
  }

  String table() {
    return table;
  }

  /** The file of {@code conf/sql} that creates the table. */
  String script() {
    return script;
  }

  /** The column with the key. */
  String key() {
    return key;
  }

  /** The column with what the key stands for. */
  String text() {
    return text;
  }

  /** The type of that column. */
  String type() {
    return type;
  }

  /** What its keys stand for, for people. */
  String noun() {
    return this == LABELS ? "label sets" : "ids";
  }

  /** The reason of dead letters that report two texts with one key. */
  String collision() {
    return this == LABELS ? "label-collision" : "id-collision";
  }

  /** The table as the sink writes it. */
  PostgresTable<NamingRow> in(String schema) {
    return this == LABELS ? labels(schema) : names(schema);
  }

  /** What a label set is never changes. */
  private PostgresTable<NamingRow> labels(String schema) {
    return PostgresTable.<NamingRow>named(table)
        .schema(schema)
        .key(Column.bigint(key, NamingRow::key))
        .column(Column.jsonb(text, row -> row.naming().id()))
        .merge(NamingRow::merged)
        .expectNew(NamingRow::isNew)
        .onConflictDoNothing()
        .build();
  }

  /**
   * An id that is there stays; a name is replaced by a later one. So rows may come in any order,
   * and more than once.
   */
  private PostgresTable<NamingRow> names(String schema) {
    return PostgresTable.<NamingRow>named(table)
        .schema(schema)
        .key(Column.bigint(key, NamingRow::key))
        .column(
            Column.<NamingRow>text("id", row -> row.naming().id())
                .updatedTo("coalesce(t.id, excluded.id)"))
        .column(
            Column.<NamingRow>text("name", row -> row.naming().name())
                .updatedTo("case when %s then excluded.name else t.name end".formatted(NEWER)))
        .column(
            Column.<NamingRow>timestamptz("name_ts", row -> row.naming().ts())
                .nullWhen(row -> row.naming().name() == null)
                .updatedTo(
                    "case when %s then excluded.name_ts else t.name_ts end".formatted(NEWER)))
        .merge(NamingRow::merged)
        .expectNew(NamingRow::isNew)
        .onConflictUpdateIf(
            "%s and (t.id is null and excluded.id is not null or %s)".formatted(SAME_ID, NEWER))
        .build();
  }
}
