package io.firstresponse.system.grafana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Macros and formats of variables, as Grafana documents them. */
class GrafanaSqlTest {

  private static final Map<String, String> VARIABLES =
      Map.of("target", "3 minutes'", "day", "2025-03-18", "team", "$__all");

  private final GrafanaSql grafana =
      new GrafanaSql(
          Instant.parse("2025-03-18T10:00:00Z"), Instant.parse("2025-03-18T11:00:00.5Z"));

  @Test
  void variablesAndMacrosAreExpanded() {
    assertThat(
            grafana.expand(
                "select '${day}', ${target:sqlstring}, '${target}' where $__timeFilter( at )"
                    + " and at < $__timeTo()::timestamptz and $__timeFrom() < at",
                VARIABLES))
        .isEqualTo(
            "select '2025-03-18', '3 minutes''', '3 minutes''' where"
                + " at BETWEEN '2025-03-18T10:00:00Z' AND '2025-03-18T11:00:00.500Z'"
                + " and at < '2025-03-18T11:00:00.500Z'::timestamptz and '2025-03-18T10:00:00Z' < at");
  }

  @Test
  void allHasNoFormat() {
    assertThat(grafana.expand("select ${team:sqlstring}::text is null", VARIABLES))
        .isEqualTo("select null::text is null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${tarket}",
        "$day",
        "[[$day]]",
        "${day:csv}",
        "$__timefilter(at)",
        "$__timeGroups(at, '1h')",
        "$__timeFilter()",
        "$__interval",
      })
  void whatIsNotKnownIsRefused(String sql) {
    assertThatThrownBy(() -> grafana.expand("select " + sql, VARIABLES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sql);
  }
}
