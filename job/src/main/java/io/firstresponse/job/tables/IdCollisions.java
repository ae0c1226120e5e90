package io.firstresponse.job.tables;

import io.firstresponse.connectors.postgres.sink.RowsWritten;
import io.firstresponse.job.domain.Naming;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds ids that have the key of another id, in the transaction that writes them: the table keeps
 * the id that came first, so the rows of other ids change nothing. It is the place where the ids of
 * all tasks and of all runs meet. Each is reported as a dead letter with both ids; the position of
 * the letter is a hash of the id, so that an id has one letter however often it comes. Label sets
 * are treated in the same way.
 */
final class IdCollisions implements RowsWritten<NamingRow> {

  /** The metric with the number of ids that were found. */
  static final String METRIC = "idCollisions";

  private static final Logger LOG = LoggerFactory.getLogger(IdCollisions.class);

  private final NamesTable table;
  private final OffsetDateTime submitted;
  private final Counter found;
  private final String look;
  private final String report;

  /**
   * @param table the table of ids
   * @param name its name in SQL
   * @param deadLetters the name of the table of dead letters in SQL
   * @param submitted when the job was
   * @param found counts them
   */
  IdCollisions(
      NamesTable table, String name, String deadLetters, OffsetDateTime submitted, Counter found) {
    this.table = table;
    this.submitted = submitted;
    this.found = found;
    this.look =
        "select t.%1$s, t.%3$s::text, g.id from %2$s t join unnest(?::bigint[], ?::text[]) as g (key, id) on g.key = t.%1$s where t.%3$s <> g.id::%4$s"
            .formatted(table.key(), name, table.text(), table.type());
    this.report =
        """
        insert into %s as t (origin, position, reason, detail, raw, raw_length, submitted_at)
        values (?, ?, '%s', ?, ?, ?, ?)
        on conflict (origin, position) do update set
          detail = excluded.detail, submitted_at = excluded.submitted_at, arrived_at = now()
        where t.submitted_at <= excluded.submitted_at
        """
            .formatted(deadLetters, table.collision());
  }

  @Override
  public void in(Connection connection, List<NamingRow> rows, int changed) throws SQLException {
    if (changed == rows.size()) {
      return;
    }
    List<Naming> identified =
        rows.stream().map(NamingRow::naming).filter(naming -> naming.id() != null).toList();
    if (identified.isEmpty()) {
      return;
    }
    Array keys = connection.createArrayOf("bigint", identified.stream().map(Naming::key).toArray());
    Array ids = connection.createArrayOf("text", identified.stream().map(Naming::id).toArray());
    try (PreparedStatement select = connection.prepareStatement(look)) {
      select.setArray(1, keys);
      select.setArray(2, ids);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          report(connection, row.getLong(1), row.getString(2), row.getString(3));
        }
      }
    }
  }

  private void report(Connection connection, long key, String known, String given)
      throws SQLException {
    found.inc();
    LOG.warn("{}: two {} have the key {}; see tbl_dead_letter", table.table(), table.noun(), key);
    byte[] raw = given.getBytes(StandardCharsets.UTF_8);
    try (PreparedStatement insert = connection.prepareStatement(report)) {
      insert.setString(1, table.table() + " " + key);
      insert.setLong(2, SeenNamings.secondHash(given));
      insert.setString(
          3,
          "the "
              + table.noun()
              + " '"
              + known
              + "' and '"
              + given
              + "' have the same key, "
              + key
              + ": the job takes them for one");
      insert.setBytes(4, raw);
      insert.setLong(5, raw.length);
      insert.setObject(6, submitted);
      insert.executeUpdate();
    }
  }
}
