package io.firstresponse.job.tables;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the job that was submitted last has in its table of dead letters, the most frequent reason
 * first. Rows that the database refused are not among them: {@link Gaps} names those.
 *
 * @param schema where the table is
 */
public record DeadLetterSummary(String schema, List<Reason> reasons) {

  private static final int MAX_DETAIL = 160;

  /**
   * The dead letters of one reason.
   *
   * @param origin where the first of them was read
   * @param position its place there
   * @param detail what was wrong with it
   */
  public record Reason(String code, long letters, String origin, long position, String detail) {

    @Override
    public String toString() {
      String shown = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) + "…" : detail;
      return String.format(
          Locale.ROOT, "  %s %,d, such as %s at %,d: %s", code, letters, origin, position, shown);
    }
  }

  /** Looks it up. */
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
                      and submitted_at = (select max(submitted_at) from %1$s where reason <> '%2$s')
                  )
                  select r.reason, r.count, first.origin, first.position, first.detail
                  from (select reason, count(*) from letters group by reason) r
                  cross join lateral (
                    select origin, position, detail from letters l where l.reason = r.reason
                    order by origin, position limit 1) first
                  order by r.count desc, r.reason
                  """
                      .formatted(table, Gaps.REFUSED))) {
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

  /** For a person: how many there are and where, then a line for each reason. */
  public List<String> lines() {
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
