package io.firstresponse.job.tables;

import io.firstresponse.job.domain.DeadLetter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rows and files that are missing from the tables and not settled, of this run and of earlier
 * runs into the same tables.
 *
 * @param schema where the tables are
 * @param refused how many rows PostgreSQL refused, by table, the most first
 * @param unreadable how many files could not be read
 */
public record Gaps(String schema, Map<String, Long> refused, long unreadable) {

  /** The reason of dead letters that are rows refused by the database. */
  static final String REFUSED = "refused";

  /** The reason of dead letters that are files which could not be opened or read. */
  private static final String UNREADABLE = DeadLetter.Reason.UNREADABLE.code();

  /** Reads the gaps from a database. */
  public static Gaps in(ResultDatabase database) throws SQLException {
    try (var connections = database.connections()) {
      Connection connection = connections.getOrEstablishConnection();
      return in(connection, database.schema());
    }
  }

  private static Gaps in(Connection connection, String schema) throws SQLException {
    Map<String, Long> refused = new LinkedHashMap<>();
    long unreadable = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select reason, case reason when '%1$s' then split_part(origin, ' ', 1) end, count(*)
                from "%3$s".tbl_dead_letter
                where reason in ('%1$s', '%2$s') and settled_at is null
                group by 1, 2
                order by 3 desc, 2
                """
                    .formatted(REFUSED, UNREADABLE, schema.replace("\"", "\"\"")))) {
      while (row.next()) {
        if (row.getString(1).equals(REFUSED)) {
          refused.put(row.getString(2), row.getLong(3));
        } else {
          unreadable = row.getLong(3);
        }
      }
    }
    return new Gaps(schema, refused, unreadable);
  }

  /** Whether nothing is missing. */
  public boolean none() {
    return refused.isEmpty() && unreadable == 0;
  }

  /** One line for a person: what is missing, where it is, and what to do. */
  @Override
  public String toString() {
    if (none()) {
      return "complete";
    }
    List<String> missing = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    refused.forEach(
        (table, rows) ->
            missing.add(
                String.format(
                    Locale.ROOT, "%,d %s refused by %s", rows, rows == 1 ? "row" : "rows", table)));
    if (!refused.isEmpty()) {
      reasons.add("'" + REFUSED + "'");
    }
    if (unreadable > 0) {
      missing.add(
          String.format(
              Locale.ROOT, "%,d %s not read", unreadable, unreadable == 1 ? "file" : "files"));
      reasons.add("'" + UNREADABLE + "'");
    }
    return "not complete: %s; see tbl_dead_letter of schema %s where reason in (%s) and settled_at is null. Mend the cause and read the same input again with sink.take-over true, or set settled_at."
        .formatted(String.join(", ", missing), schema, String.join(", ", reasons));
  }
}
