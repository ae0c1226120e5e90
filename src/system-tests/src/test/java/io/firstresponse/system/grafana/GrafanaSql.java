package io.firstresponse.system.grafana;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query as Grafana's PostgreSQL data source sends it: variables are substituted first, then
 * macros are expanded. Only the forms that the dashboards use are known. Others are refused, so
 * that a misspelled one does not reach PostgreSQL.
 */
final class GrafanaSql {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::(\\w+))?}");
  private static final Pattern MACRO = Pattern.compile("\\$(\\w+)\\(([^)]*)\\)");

  /** What the value of a variable is when all are picked. */
  static final String ALL = "$__all";

  /** What Grafana sends for it: the custom value of the variables, in no format and not quoted. */
  static final String CUSTOM_ALL = "null";

  private final Instant from;
  private final Instant to;

  /** The queries of a time range of the dashboard. */
  GrafanaSql(Instant from, Instant to) {
    this.from = from;
    this.to = to;
  }

  /**
   * The query that PostgreSQL receives.
   *
   * @throws IllegalArgumentException for a variable without a value, an unknown format or macro,
   *     and any other dollar sign
   */
  String expand(String query, Map<String, String> variables) {
    String sql = macros(withVariables(query, variables));
    if (sql.contains("$")) {
      throw new IllegalArgumentException("Neither a variable nor a macro: " + sql);
    }
    return sql;
  }

  /** A text with variables, such as a title. */
  static String withVariables(String text, Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String value = variables.get(found.group(1));
              if (value == null) {
                throw new IllegalArgumentException(
                    "There is no variable %s in: %s".formatted(found.group(1), text));
              }
              if (value.equals(ALL)) {
                return CUSTOM_ALL;
              }
              // The value of a variable with a single value is escaped; only this format quotes it.
              String escaped = value.replace("'", "''");
              String format = found.group(2);
              if (format != null && !format.equals("sqlstring")) {
                throw new IllegalArgumentException(
                    "The format %s is not known, in: %s".formatted(format, text));
              }
              return Matcher.quoteReplacement(format == null ? escaped : "'" + escaped + "'");
            });
  }

  private String macros(String sql) {
    return MACRO
        .matcher(sql)
        .replaceAll(
            found -> {
              String argument = found.group(2).strip();
              return Matcher.quoteReplacement(
                  switch (found.group(1)) {
                    case "__timeFilter" -> {
                      if (argument.isEmpty()) {
                        throw new IllegalArgumentException(
                            "$__timeFilter without a column: " + sql);
                      }
                      yield "%s BETWEEN '%s' AND '%s'".formatted(argument, from, to);
                    }
                    case "__timeFrom" -> "'" + from + "'";
                    case "__timeTo" -> "'" + to + "'";
                    default ->
                        throw new IllegalArgumentException(
                            "The macro $%s is not known, in: %s".formatted(found.group(1), sql));
                  });
            });
  }
}
