package io.firstresponse.system.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The dashboards and the files that provision them. Grafana cannot be run here. */
class GrafanaFilesTest {

  private static final Path GRAFANA = Path.of("../../conf/grafana");
  private static final ObjectMapper YAML = new YAMLMapper();

  /** The kinds of panels that are built into Grafana 10, 11 and 12. */
  private static final List<String> KINDS =
      List.of("row", "stat", "timeseries", "barchart", "table");

  /** Links and saved copies name a dashboard by its uid, so the uid must not change. */
  @ParameterizedTest
  @CsvSource({
    "operations.json, first-response-operations, prometheus, first-response-prometheus",
    "support.json, first-response-support, postgres, first-response-postgresql",
  })
  void aDashboardIsWhole(String file, String uid, String type, String source) {
    Dashboard dashboard = Dashboard.read(file);
    JsonNode json = dashboard.json();
    assertThat(json.get("uid").asString()).isEqualTo(uid);
    // Grafana defines these.
    assertThat(json.has("id") || json.has("version") || json.has("iteration")).isFalse();
    assertThat(json.get("tags").get(0).asString()).isEqualTo("first-response");

    assertThat(dashboard.all())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            panel -> {
              assertThat(panel.get("type").asString()).isIn(KINDS);
              assertThat(panel.get("title").asString()).isNotBlank();
              assertThat(panel.path("transformations").isEmpty())
                  .as("what the tests do not follow")
                  .isTrue();
            });
    assertThat(dashboard.all().stream().map(panel -> panel.get("id").asInt()))
        .doesNotHaveDuplicates();
    assertThat(dashboard.panels())
        .allSatisfy(
            panel ->
                assertThat(
                        panel.get("targets").values().stream()
                            .map(target -> target.get("refId").asString()))
                    .isNotEmpty()
                    .doesNotHaveDuplicates());

    assertThat(dashboard.dataSources())
        .isNotEmpty()
        .allSatisfy(
            used -> {
              assertThat(used.path("uid").asString()).isEqualTo("${datasource}");
              assertThat(used.path("type").asString()).isEqualTo(type);
            });
    JsonNode first = dashboard.variables().get(0);
    assertThat(first.get("name").asString()).isEqualTo("datasource");
    assertThat(first.get("query").asString()).isEqualTo(type);
    assertThat(first.at("/current/value").asString()).isEqualTo(source);

    Map<String, String> variables = new HashMap<>();
    dashboard
        .variables()
        .forEach(variable -> variables.put(variable.get("name").asString(), "anything"));
    assertThat(variables).hasSameSizeAs(dashboard.variables());
    assertThat(dashboard.all())
        .allSatisfy(
            panel -> {
              String text = panel.get("title").asString() + panel.path("description").asString("");
              assertThat(GrafanaSql.withVariables(text, variables)).doesNotContain("$");
            });
  }

  @ParameterizedTest
  @CsvSource({"operations.json", "support.json"})
  void panelsHaveTheirPlaces(String file) {
    JsonNode panels = Dashboard.read(file).json().get("panels");
    doNotOverlap(List.copyOf(panels.values()));
    for (JsonNode row : panels.values()) {
      if (row.path("collapsed").asBoolean(false)) {
        List<JsonNode> folded = List.copyOf(row.get("panels").values());
        assertThat(folded).isNotEmpty();
        doNotOverlap(folded);
        assertThat(folded)
            .allSatisfy(
                panel ->
                    assertThat(panel.at("/gridPos/y").asInt())
                        .isGreaterThan(row.at("/gridPos/y").asInt()));
      } else {
        assertThat(row.path("panels")).as("those of an open row stand beside it").isEmpty();
      }
    }
  }

  @Test
  void allSendsWhatTheQueriesTakeForNoFilter() {
    assertThat(
            Dashboard.read("support.json").variables().stream()
                .filter(variable -> variable.path("includeAll").asBoolean(false)))
        .hasSize(3)
        .allSatisfy(
            variable -> {
              assertThat(variable.get("allValue").asString()).isEqualTo(GrafanaSql.CUSTOM_ALL);
              assertThat(variable.at("/current/value").asString()).isEqualTo(GrafanaSql.ALL);
              assertThat(variable.get("multi").asBoolean()).isFalse();
            });
  }

  /** Descriptions state what counts, and out of how many. */
  @Test
  void everyFigureForSupportHasADescription() {
    assertThat(Dashboard.read("support.json").panels())
        .allSatisfy(
            panel -> assertThat(panel.get("description").asString()).hasSizeBetween(20, 320));
  }

  @Test
  void dataSourcesAreThoseThatTheDashboardsName() throws Exception {
    JsonNode file = YAML.readTree(GRAFANA.resolve("provisioning/datasources/first-response.yaml"));
    assertThat(file.get("apiVersion").asInt()).isEqualTo(1);
    Map<String, String> types = new HashMap<>();
    for (JsonNode source : file.get("datasources").values()) {
      types.put(source.get("uid").asString(), source.get("type").asString());
      assertThat(source.get("url").asString()).matches("\\$[A-Z_]+");
    }
    assertThat(types)
        .containsOnly(
            Map.entry("first-response-postgresql", "postgres"),
            Map.entry("first-response-prometheus", "prometheus"));

    JsonNode postgres = file.at("/datasources/0");
    assertThat(postgres.at("/secureJsonData/password").asString())
        .matches("\\$__file\\{/[\\w/-]+}");
    assertThat(postgres.at("/jsonData/database").asString()).matches("\\$[A-Z_]+");
    assertThat(postgres.at("/jsonData/sslmode").asString()).matches("\\$[A-Z_]+");
    assertThat(postgres.get("user").asString()).matches("\\$[A-Z_]+");
  }

  @Test
  void theProvidersFolderHasTheDashboardsAndNothingElse() throws Exception {
    JsonNode file = YAML.readTree(GRAFANA.resolve("provisioning/dashboards/first-response.yaml"));
    assertThat(file.get("apiVersion").asInt()).isEqualTo(1);
    assertThat(file.get("providers").values()).hasSize(1);
    String path = file.at("/providers/0/options/path").asString();
    assertThat(path).startsWith("$FIRST_RESPONSE_GRAFANA/");
    Path folder = Path.of(path.replace("$FIRST_RESPONSE_GRAFANA", GRAFANA.toString()));
    assertThat(names(folder)).containsExactlyInAnyOrder("operations.json", "support.json");
  }

  /** The page of the documents describes everything that has to be set. */
  @Test
  void thePageNamesTheEnvironment() throws Exception {
    String page = Files.readString(Path.of("../site/markdown/grafana.md"));
    List<String> names = new ArrayList<>();
    for (String kind : List.of("datasources", "dashboards")) {
      Files.readAllLines(GRAFANA.resolve("provisioning/" + kind + "/first-response.yaml")).stream()
          .filter(line -> !line.strip().startsWith("#"))
          .flatMap(line -> Stream.of(line.split("\\W+")))
          .filter(word -> word.startsWith("FIRST_RESPONSE_"))
          .forEach(names::add);
    }
    assertThat(names).hasSize(6).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    assertThat(page).contains("/etc/first-response/reader-password");
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void doNotOverlap(List<JsonNode> panels) {
    Map<List<Integer>, String> taken = new HashMap<>();
    for (JsonNode panel : panels) {
      JsonNode place = panel.get("gridPos");
      int right = place.get("x").asInt() + place.get("w").asInt();
      int bottom = place.get("y").asInt() + place.get("h").asInt();
      String title = panel.get("title").asString();
      assertThat(right).as(title).isBetween(1, 24);
      for (int x = place.get("x").asInt(); x < right; x++) {
        for (int y = place.get("y").asInt(); y < bottom; y++) {
          assertThat(taken.put(List.of(x, y), title)).as("where %s is", title).isNull();
        }
      }
    }
  }
}
