package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.testing.TestDatabase;
import java.sql.Connection;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;

class IdCollisionsIT {

  @Test
  void eachIdIsCountedAndHasOneLetter() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      var options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      database.execute(
          "insert into tbl_agent (agent, id) values (1, 'a'), (2, 'b''\\'), (3, null)");
      SimpleCounter found = new SimpleCounter();
      IdCollisions collisions =
          new IdCollisions(
              NamesTable.AGENT,
              "tbl_agent",
              "tbl_dead_letter",
              OffsetDateTime.now(ZoneOffset.UTC),
              found);
      List<NamingRow> rows =
          List.of(
              row(new Naming(1, "a", null, 0)),
              row(new Naming(2, "другой \"id\"", null, 0)),
              row(new Naming(3, "c", null, 0)),
              row(new Naming(4, "d", null, 0)));
      try (Connection connection = database.connect()) {
        collisions.in(connection, rows, rows.size());
        assertThat(found.getCount()).as("all were inserted").isZero();
        collisions.in(connection, rows, 1);
        collisions.in(connection, rows, 1);
        collisions.in(connection, List.of(row(new Naming(2, null, "no id", 0))), 0);
      }
      assertThat(found.getCount()).isEqualTo(2);
      assertThat(database.strings("select origin, reason, detail from tbl_dead_letter"))
          .containsExactly(
              "tbl_agent 2 id-collision the ids 'b'\\' and 'другой \"id\"' have the same key, 2: the"
                  + " job takes them for one");
    }
  }

  /** The table has its own form of an object, which is not the canonical one. */
  @Test
  void labelSetsAreComparedAsObjects() throws Exception {
    try (TestDatabase database = TestDatabase.create(ResponseMode.ANY_AGENT)) {
      var options = database.options("--source.type", "datagen");
      new TableCheck(new ResultDatabase(options), options).run();
      database.execute(
          "insert into tbl_labels values (1, '{\"b\":  \"2\", \"aa\": \"1\"}'), (2, '{\"a\": \"1\"}')");
      SimpleCounter found = new SimpleCounter();
      IdCollisions collisions =
          new IdCollisions(
              NamesTable.LABELS,
              "tbl_labels",
              "tbl_dead_letter",
              OffsetDateTime.now(ZoneOffset.UTC),
              found);
      try (Connection connection = database.connect()) {
        collisions.in(
            connection,
            List.of(
                row(new Naming(1, "{\"aa\":\"1\",\"b\":\"2\"}", null, 0)),
                row(new Naming(2, "{\"a\":\"2\"}", null, 0)),
                row(new Naming(3, "{}", null, 0))),
            1);
      }
      assertThat(found.getCount()).isEqualTo(1);
      assertThat(database.strings("select origin, reason, detail from tbl_dead_letter"))
          .containsExactly(
              "tbl_labels 2 label-collision the label sets '{\"a\": \"1\"}' and '{\"a\":\"2\"}' have"
                  + " the same key, 2: the job takes them for one");
    }
  }

  private static NamingRow row(Naming naming) {
    return new NamingRow(naming, false);
  }
}
