package io.firstresponse.system.grafana;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A dashboard of conf/grafana. */
record Dashboard(JsonNode json) {

  static final Path FOLDER = Path.of("../../conf/grafana/dashboards");

  private static final JsonMapper JSON = new JsonMapper();

  static Dashboard read(String file) {
    return new Dashboard(JSON.readTree(FOLDER.resolve(file).toFile()));
  }

  List<JsonNode> variables() {
    return List.copyOf(json.at("/templating/list").values());
  }

  /** All panels, including rows and the panels in them. */
  List<JsonNode> all() {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode panel : json.get("panels").values()) {
      all.add(panel);
      all.addAll(panel.path("panels").values());
    }
    return all;
  }

  /** The panels without rows. */
  List<JsonNode> panels() {
    return all().stream().filter(panel -> !panel.get("type").asString().equals("row")).toList();
  }

  /** The only panel with a title, in the only row with one. */
  JsonNode panel(String row, String title) {
    List<JsonNode> found = new ArrayList<>();
    String in = "";
    for (JsonNode panel : all()) {
      if (panel.get("type").asString().equals("row")) {
        in = panel.get("title").asString();
      } else if (in.equals(row) && panel.get("title").asString().equals(title)) {
        found.add(panel);
      }
    }
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "%d panels %s in row %s".formatted(found.size(), title, row));
    }
    return found.get(0);
  }

  /** The data sources of all panels and variables. */
  Stream<JsonNode> dataSources() {
    return Stream.concat(
            variables().stream().filter(variable -> variable.has("datasource")),
            panels().stream()
                .flatMap(
                    panel ->
                        Stream.concat(Stream.of(panel), panel.get("targets").values().stream())))
        .map(node -> node.path("datasource"));
  }
}
