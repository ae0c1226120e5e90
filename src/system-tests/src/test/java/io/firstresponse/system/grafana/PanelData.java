package io.firstresponse.system.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The result of a panel's query, and a check that the panel can show it. Grafana does not report a
 * name in a panel's options that no column has: the panel is empty, or a unit is missing.
 */
record PanelData(
    JsonNode panel, List<String> columns, List<String> types, List<List<Object>> rows) {

  private static final List<String> NUMBERS = List.of("int8", "float8");
  private static final List<String> UNITS = List.of("short", "s", "percentunit");

  static PanelData read(JsonNode panel, Connection connection, String sql) throws SQLException {
    List<String> columns = new ArrayList<>();
    List<String> types = new ArrayList<>();
    List<List<Object>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      ResultSetMetaData described = found.getMetaData();
      for (int i = 1; i <= described.getColumnCount(); i++) {
        columns.add(described.getColumnLabel(i));
        types.add(described.getColumnTypeName(i));
      }
      while (found.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
          row.add(found.getObject(i));
        }
        rows.add(row);
      }
    }
    return new PanelData(panel, columns, types, rows);
  }

  /** Fails if the panel could not show the result. */
  void check() {
    assertThat(rows).as("rows").isNotEmpty();
    assertThat(columns).as("columns").doesNotHaveDuplicates();
    assertThat(types)
        .as("types that Grafana shows")
        .isSubsetOf("int8", "float8", "text", "timestamptz");
    assertThat(rows.stream().flatMap(List::stream).filter(Double.class::isInstance))
        .as("numbers that JSON has")
        .allSatisfy(number -> assertThat((Double) number).isFinite());
    for (JsonNode override : panel.at("/fieldConfig/overrides").values()) {
      assertThat(override.at("/matcher/id").asString()).isEqualTo("byName");
      assertThat(columns).as("columns").contains(override.at("/matcher/options").asString());
    }
    numbers().forEach(this::checkUnit);

    JsonNode options = panel.get("options");
    String format = panel.at("/targets/0/format").asString();
    assertThat(panel.get("targets")).as("queries").hasSize(1);
    switch (panel.get("type").asString()) {
      case "stat" -> {
        assertThat(rows).as("a stat panel shows the last row only").hasSize(1);
        checkStat(options.at("/reduceOptions/fields").asString());
      }
      case "barchart" -> {
        String x = options.get("xField").asString();
        assertThat(columns).as("columns").contains(x);
        assertThat(types.get(columns.indexOf(x))).isEqualTo("text");
        assertThat(column(x)).as("bars").doesNotContainNull().doesNotHaveDuplicates();
        assertThat(numbers()).as("what is not a number has no bar").hasSize(columns.size() - 1);
        assertThat(numbers()).isNotEmpty();
      }
      case "timeseries" -> {
        assertThat(format).isEqualTo("time_series");
        assertThat(columns).contains("time");
        assertThat(types.get(columns.indexOf("time"))).isEqualTo("timestamptz");
        assertThat(column("time").stream().map(time -> Instant.parse(iso(time))).toList())
            .as("times")
            .isSorted()
            .doesNotHaveDuplicates();
        assertThat(numbers()).isNotEmpty().hasSize(columns.size() - 1);
      }
      case "table" ->
          assertThat(
                  options.path("sortBy").values().stream()
                      .map(sorted -> sorted.get("displayName").asString()))
              .as("sorted by")
              .isSubsetOf(columns);
      default -> throw new AssertionError("What is a " + panel.get("type") + "?");
    }
    if (!panel.get("type").asString().equals("timeseries")) {
      assertThat(format).isEqualTo("table");
    }
  }

  /** The values of a column, in the order of rows. */
  List<Object> column(String name) {
    int index = columns.indexOf(name);
    assertThat(index).as("column %s of %s", name, columns).isNotNegative();
    // The values may be null, which List.of and some collectors refuse.
    List<Object> values = new ArrayList<>();
    rows.forEach(row -> values.add(row.get(index)));
    return values;
  }

  /** The sum of a column of counts. */
  long sum(String name) {
    return column(name).stream().mapToLong(count -> count == null ? 0 : (Long) count).sum();
  }

  private List<String> numbers() {
    return IntStream.range(0, columns.size())
        .filter(i -> NUMBERS.contains(types.get(i)))
        .mapToObj(columns::get)
        .toList();
  }

  private void checkStat(String fields) {
    if (fields.isEmpty()) {
      assertThat(numbers()).as("a stat panel without fields shows numbers only").isEqualTo(columns);
    } else {
      assertThat(fields).startsWith("/").endsWith("/");
      Pattern shown = Pattern.compile(fields.substring(1, fields.length() - 1));
      assertThat(columns).as(fields).allMatch(name -> shown.matcher(name).find());
    }
  }

  /** Checks the unit of a column. The last override applies, as in Grafana. */
  private void checkUnit(String column) {
    String unit =
        Stream.concat(
                Stream.of(panel.at("/fieldConfig/defaults/unit").asString("")),
                panel.at("/fieldConfig/overrides").values().stream()
                    .filter(o -> o.at("/matcher/options").asString().equals(column))
                    .flatMap(o -> o.get("properties").values().stream())
                    .filter(property -> property.get("id").asString().equals("unit"))
                    .map(property -> property.get("value").asString()))
            .reduce((first, last) -> last)
            .orElseThrow();
    assertThat(unit).as("unit of %s", column).isIn(UNITS);
    boolean counts = types.get(columns.indexOf(column)).equals("int8");
    assertThat(unit.equals("short")).as("unit of %s, a count or not", column).isEqualTo(counts);
    if (unit.equals("percentunit")) {
      assertThat(column(column))
          .as("shares")
          .allSatisfy(
              share -> {
                if (share != null) {
                  assertThat((Double) share).isBetween(0.0, 1.0);
                }
              });
    }
  }

  private static String iso(Object time) {
    return ((java.sql.Timestamp) time).toInstant().toString();
  }
}
