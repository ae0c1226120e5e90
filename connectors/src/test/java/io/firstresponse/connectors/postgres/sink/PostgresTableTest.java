package io.firstresponse.connectors.postgres.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.firstresponse.connectors.postgres.connection.Identifier;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresTableTest {

  private record Row(long id, long at, String text, boolean last) {}

  private static PostgresTable.Builder<Row> table() {
    return PostgresTable.<Row>named("rows")
        .schema("app")
        .key(Column.bigint("id", Row::id))
        .key(Column.timestamptz("at", Row::at));
  }

  @Test
  void updatesEverythingButTheKey() {
    assertThat(
            table()
                .column(Column.text("text", Row::text))
                .column(Column.bool("last", Row::last))
                .column(Column.bytea("raw", row -> null))
                .column(Column.jsonb("json", Row::text))
                .onConflictUpdateIf("t.last is null")
                .build()
                .sql()
                .upsert())
        .isEqualTo(
            "insert into \"app\".\"rows\" as t (\"id\", \"at\", \"text\", \"last\", \"raw\", \"json\")"
                + " select * from unnest(?::bigint[], ?::timestamptz[], ?::text[], ?::boolean[],"
                + " ?::bytea[], ?::jsonb[]) on conflict (\"id\", \"at\") do update set"
                + " \"text\" = excluded.\"text\", \"last\" = excluded.\"last\","
                + " \"raw\" = excluded.\"raw\", \"json\" = excluded.\"json\" where (t.last is null)");
  }

  @Test
  void updatesAColumnToAnotherValue() {
    assertThat(
            table()
                .column(
                    Column.text("text", Row::text)
                        .updatedTo("coalesce(t.text, excluded.text)")
                        .nullWhen(Row::last))
                .onConflictUpdate()
                .build()
                .sql()
                .upsert())
        .endsWith("do update set \"text\" = coalesce(t.text, excluded.text)");
  }

  @Test
  void leavesExistingRowsByDefault() {
    assertThat(table().build().sql().upsert())
        .isEqualTo(
            "insert into \"app\".\"rows\" as t (\"id\", \"at\") select * from"
                + " unnest(?::bigint[], ?::timestamptz[]) on conflict (\"id\", \"at\") do nothing");
  }

  @Test
  void leavesTheSchemaToTheSearchPath() {
    assertThat(PostgresTable.<Row>named("rows").key(Column.bigint("id", Row::id)).build().name())
        .isEqualTo("\"rows\"");
  }

  @Test
  void quotesEveryName() {
    PostgresTable<Row> table =
        PostgresTable.<Row>named("x\"; drop table y; --")
            .schema("Ünïcode")
            .key(Column.bigint("a\"b", Row::id))
            .build();
    assertThat(table.sql().upsert())
        .startsWith("insert into \"Ünïcode\".\"x\"\"; drop table y; --\" as t (\"a\"\"b\")");
  }

  @Test
  void refusesNamesThatPostgresWouldNotTake() {
    assertThatIllegalArgumentException().isThrownBy(() -> PostgresTable.named(""));
    assertThatIllegalArgumentException().isThrownBy(() -> PostgresTable.named(null));
    assertThatIllegalArgumentException().isThrownBy(() -> PostgresTable.named("a\0b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PostgresTable.named("ü".repeat(32)))
        .withMessageContaining("63 bytes");
    assertThat(new Identifier("n".repeat(63)).value()).hasSize(63);
  }

  @Test
  void refusesTablesThatCannotBeUpserted() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PostgresTable.<Row>named("r").column(Column.bigint("id", Row::id)).build())
        .withMessageContaining("needs a key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table().onConflictUpdate().build())
        .withMessageContaining("nothing to update");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table().column(Column.bigint("id", Row::id)).build())
        .withMessageContaining("twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table().key(Column.bigint("k", Row::id).nullWhen(Row::last)))
        .withMessageContaining("cannot be part of the key");
  }

  @Test
  void insertsWhatIsNewWithoutLooking() {
    assertThat(table().onConflictDoNothing().build().sql().insert())
        .isEqualTo(
            "insert into \"app\".\"rows\" as t (\"id\", \"at\") select * from"
                + " unnest(?::bigint[], ?::timestamptz[])");
  }

  @Test
  void sendsTheLastRowOfEachKeyByPhaseAndNewnessAndKey() {
    PostgresTable<Row> table =
        table()
            .column(Column.text("text", Row::text))
            .phase(row -> row.last() ? 1 : 0)
            .expectNew(row -> row.id() != 1)
            .build();
    Row a = new Row(2, 1, "a", true);
    Row b = new Row(1, 2, "b", true);
    Row c = new Row(2, 1, "c", false);
    Row d = new Row(1, 1, "d", true);
    Row e = new Row(3, 0, "e", false);
    Row f = new Row(0, 9, "f", true);
    List<Row> sent = table.order().sorted(List.of(a, b, c, d, e, f));
    assertThat(sent).containsExactly(c, e, d, b, f);
    assertThat(table.order().parts(sent))
        .containsExactly(
            new RowOrder.Part<>(List.of(c, e), RowOrder.Action.INSERT),
            new RowOrder.Part<>(List.of(d, b), RowOrder.Action.UPSERT),
            new RowOrder.Part<>(List.of(f), RowOrder.Action.INSERT));
  }
}
