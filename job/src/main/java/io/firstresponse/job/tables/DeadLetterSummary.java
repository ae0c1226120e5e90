package io.firstresponse.job.tables;

import io.firstresponse.job.ownership.OwnershipTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The dead letters of the last submitted job by reason, the most frequent first. Rows that the
 * database refused are not included: {@link Gaps} names those.
 *
 * @param schema the schema of the table
 * @param reasons the reasons with their counts
 */
public record DeadLetterSummary(String schema, List<Reason> reasons) {

  private static final int MAX_DETAIL = 160;

  /**
   * The dead letters of one reason.
   *
   * @param code the reason
   * @param letters the number of dead letters
   * @param origin the origin of the first of them
   * @param position its position in the origin
   * @param detail the detail of the first
   */
  public record Reason(String code, long letters, String origin, long position, String detail) {

    @Override
    public String toString() {
      String shown = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) + "…" : detail;
      return String.format(
          Locale.ROOT, "  %s %,d, such as %s at %,d: %s", code, letters, origin, position, shown);
    }
  }

  /**
   * Reads the dead letters of the last submitted job.
   *
   * @param database the database with the table
   * @return their summary
   * @throws SQLException if the table cannot be read
   */
  public static DeadLetterSummary in(ResultDatabase database) throws SQLException {
    String table = "\"%s\".tbl_dead_letter".formatted(database.schema().replace("\"", "\"\""));
    List<Reason> reasons = new ArrayList<>();
    try (var connections = database.connections()) {
      Connection connection = connections.getOrEstablishConnection();
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  """
                  with letters as not materialized (
                    select * from %1$s
                    where reason <> '%2$s'
                      and submitted_at = (%3$s)
                  )
                  select r.reason, r.count, first.origin, first.position, first.detail
                  from (select reason, count(*) from letters group by reason) r
                  cross join lateral (
                    select origin, position, detail from letters l where l.reason = r.reason
                    order by origin, position limit 1) first
                  order by r.count desc, r.reason
                  """
                      .formatted(
                          table,
                          Gaps.REFUSED,
                          OwnershipTables.lastSubmission(database.schema())))) {
        while (row.next()) {
          reasons.add(
              new Reason(
                  row.getString(1),
                  row.getLong(2),
                  row.getString(3),
                  row.getLong(4),
                  row.getString(5)));
        }
      }
    }
    return new DeadLetterSummary(database.schema(), reasons);
  }

  /**
   * The text for people.
   *
   * @return a line with the number of dead letters and their table, and a line for each reason;
   *     empty if there are none
   */
  public List<String> lines() {
    if (reasons.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "dead letters: %,d, kept in tbl_dead_letter of schema %s",
            reasons.stream().mapToLong(Reason::letters).sum(),
            schema));
    reasons.forEach(reason -> lines.add(reason.toString()));
    return lines;
  }
}
