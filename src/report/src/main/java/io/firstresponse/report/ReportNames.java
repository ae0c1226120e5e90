package io.firstresponse.report;

import io.firstresponse.job.options.BadOptionException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The targets, teams and agents that a request names, as the database has them. */
final class ReportNames {

  private static final String USUAL_TARGET = "3 minutes";

  /** How many of the names that there are an error has. */
  private static final int NAMED = 20;

  private ReportNames() {}

  /**
   * The target to show first, of those for all sessions, or null if there are none.
   *
   * @throws BadOptionException when there is no such target
   */
  static String target(Connection connection, ReportRequest request) throws SQLException {
    List<String> all =
        array(
            connection,
            "select array_agg(name order by within, name) from response_target join target_rule using (name)"
                + " where is_for_all");
    if (request.target().isPresent()) {
      String asked = request.target().get();
      if (!all.contains(asked)) {
        throw missing(ReportOptions.TARGET, asked, "response_target for all sessions", all);
      }
      return asked;
    }
    return all.contains(USUAL_TARGET) ? USUAL_TARGET : all.stream().findFirst().orElse(null);
  }

  /**
   * The team of the filter, or null for all.
   *
   * @throws BadOptionException when there is no such team
   */
  static String team(Connection connection, ReportFilter filter) throws SQLException {
    if (filter.team().isEmpty()) {
      return null;
    }
    String asked = filter.team().get();
    List<String> all =
        array(connection, "select array_agg(distinct team order by team) from agent_team");
    if (!all.contains(asked)) {
      throw missing(ReportOptions.TEAM, asked, "agent_team", all);
    }
    return asked;
  }

  /**
   * The number of the agent of the filter, or null for all.
   *
   * @throws BadOptionException when there is no such agent, or several have the name
   */
  static Long agent(Connection connection, ReportFilter filter) throws SQLException {
    if (filter.agent().isEmpty()) {
      return null;
    }
    String asked = filter.agent().get();
    List<String> found = array(connection, Report.resource("agent.sql"), asked);
    if (found.isEmpty()) {
      throw new BadOptionException(
          "%s: '%s' is no number, and no id or name in tbl_agent."
              .formatted(ReportOptions.AGENT, asked));
    }
    if (found.size() > 1) {
      throw new BadOptionException(
          "%s: %d agents have the name '%s'; their numbers are %s."
              .formatted(ReportOptions.AGENT, found.size(), asked, listed(found)));
    }
    return Long.valueOf(found.get(0));
  }

  private static BadOptionException missing(
      String option, String asked, String table, List<String> all) {
    return new BadOptionException(
        "%s: there is no '%s' in %s; there is %s."
            .formatted(option, asked, table, all.isEmpty() ? "none" : listed(all)));
  }

  private static String listed(List<String> all) {
    return all.stream().limit(NAMED).collect(Collectors.joining(", "))
        + (all.size() > NAMED ? " and %d others".formatted(all.size() - NAMED) : "");
  }

  /** The elements of the array that is the value of a query. */
  private static List<String> array(Connection connection, String query, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Array array = row.getArray(1);
        return array == null
            ? List.of()
            : Arrays.stream((Object[]) array.getArray()).map(String::valueOf).toList();
      }
    }
  }
}
