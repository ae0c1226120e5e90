package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What a reader does with the page: chooses, compares, and saves tables, by keyboard. */
class ReportChoiceIT {

  private static final int DESK = 1200;
  private static final int PHONE = 390;

  @TempDir static Path folder;

  private static Chromium browser;
  private static Path page;
  private static JsonNode data;

  @BeforeAll
  static void render() throws Exception {
    assumeTrue(
        Chromium.isThere(),
        "skipped: there is no Chromium with its driver on the PATH (apt-get install chromium chromium-driver)");
    try (ReportDatabase database = ReportDatabase.seeded("any-agent", 500, 12, 5)) {
      database.execute(
          "insert into tbl_labels values (1, '{\"channel\": \"email\"}'), (2, '{\"channel\": \"chat\", \"=x\": \"y\"}')",
          "update tbl_result set labels = nullif(b % 3, 0)",
          "insert into agent_team (agent_id, team) select distinct asked_a,"
              + " case when asked_a % 2 = 0 then '<b>Even</b>' else 'Odd, \"all\"' end from tbl_result",
          "insert into tbl_agent (agent, name) select max(asked_a), '=cmd()' from tbl_result",
          "insert into tbl_customer (customer, name) select distinct b, 'Customer, ' || b from tbl_result",
          "update response_target set goal = 0.5");
      Report report =
          database.report(
              new ReportRequest(
                  "Choice",
                  Optional.of(LocalDate.of(2026, 3, 20)),
                  Optional.of(LocalDate.of(2026, 4, 2)),
                  Optional.empty()));
      page = folder.resolve("page.html");
      report.write(page);
      data = ReportDatabase.data(Files.readString(page));
    }
    browser = Chromium.start();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void nothingIsWrong() {
    if (browser != null) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aPartIsChosenByKeyboard() {
    browser.show(page, DESK, "light");
    JsonNode slices = data.get("slices");
    assertThat(slices).hasSize(2 + 3 + 2 + 12);
    assertThat(browser.number("document.querySelectorAll('#slice option').length"))
        .isEqualTo(1 + slices.size());
    browser.tabTo("#slice");
    for (JsonNode slice : slices) {
      browser.press(Keys.ARROW_DOWN);
      JsonNode total = slice.get("total");
      assertThat(text("#said"))
          .isEqualTo(
              "Shown: %s, %,d sessions.".formatted(nameOf(slice), total.get("sessions").asInt()));
      assertThat(text("#shown")).contains("Only " + nameOf(slice) + ".");
      assertThat(text("#cards"))
          .contains(percent(total.at("/within/1").asDouble() / total.at("/of/1").asDouble()));
      assertThat(browser.holds("document.querySelector('#agents').hidden"))
          .isEqualTo(!slice.get("by").asText().equals("team"));
      // What is of all sessions is not shown beside.
      assertThat(browser.holds("document.querySelector('#teams').offsetParent === null")).isTrue();
      assertThat(text("#waiting .note")).contains("not only " + nameOf(slice));
    }
    browser.press(Keys.HOME);
    assertThat(text("#said"))
        .startsWith(
            "Shown: all sessions, %,d".formatted(data.at("/figures/total/sessions").asInt()));
    assertThat(browser.holds("document.querySelector('#teams').offsetParent === null")).isFalse();
  }

  @Test
  void theDaysBeforeAreComparedInWords() {
    browser.show(page, DESK, "light");
    JsonNode now = data.at("/figures/total");
    JsonNode before = data.at("/figures/previous");
    double points =
        100
            * (now.at("/within/1").asDouble() / now.at("/of/1").asDouble()
                - before.at("/within/1").asDouble() / before.at("/of/1").asDouble());
    List<String> rows =
        browser.texts(
            "[...document.querySelectorAll('#comparison tbody tr')].map(row => row.innerText.replaceAll(/\\s+/g, ' '))");
    assertThat(rows).hasSize(6);
    double size = Math.abs(points);
    String told =
        size < 0.05
            ? new BigDecimal(size).round(new MathContext(1)).toPlainString()
            : "%.1f".formatted(size);
    assertThat(rows.get(0))
        .startsWith("within 3 minutes ")
        .endsWith(
            " %s%s points%s".formatted(points > 0 ? "+" : "\u2212", told, direction(points, true)));
    assertThat(rows.get(3))
        .startsWith("median ")
        .endsWith(direction(now.get("median").asDouble() - before.get("median").asDouble(), false));
    int sessions = now.get("sessions").asInt() - before.get("sessions").asInt();
    assertThat(rows.get(5))
        .contains("%s%,d (".formatted(sessions > 0 ? "+" : "\u2212", Math.abs(sessions)))
        .endsWith(sessions > 0 ? ", up" : ", down");
    assertThat(text("#comparison .note")).contains("the 14 days before, 6 Mar 2026 – 19 Mar 2026");
  }

  @Test
  void tablesAreSavedByKeyboard() throws Exception {
    browser.show(page, DESK, "light");
    Path file = saved("#agents");
    assertThat(file).hasFileName("agents-2026-03-20-2026-04-02.csv");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0))
        .isEqualTo(
            "\ufeffagent_id,agent,answered,within_3_minutes,within_1_minute,within_1_hour,median_seconds,"
                + "p90_seconds,written_to,written_to_and_unanswered,written_to_and_closed");
    assertThat(lines).hasSize(13);
    Map<String, JsonNode> agents = new HashMap<>();
    data.at("/figures/agents").forEach(agent -> agents.put(agent.get("agent").asText(), agent));
    for (String line : lines.subList(1, 13)) {
      String[] fields = line.split(",", -1);
      JsonNode agent = agents.remove(fields[0]);
      JsonNode figures = agent.get("figures");
      // No formula in a spreadsheet.
      assertThat(fields[1]).isEqualTo(agent.get("name").isNull() ? fields[0] : "'=cmd()");
      assertThat(fields[2]).isEqualTo(figures.get("answered").asText());
      assertThat(Double.parseDouble(fields[3]))
          .isEqualTo(figures.at("/within/1").asDouble() / figures.get("answered").asDouble());
      assertThat(Double.parseDouble(fields[6])).isEqualTo(figures.get("median").asDouble());
      assertThat(fields[8]).isEqualTo(agent.get("asked").asText());
    }
    assertThat(text("#said")).isEqualTo("Saved agents-2026-03-20-2026-04-02.csv, 12 rows.");

    String teams = Files.readString(saved("#teams"));
    assertThat(teams)
        .contains("\r\n\"Odd, \"\"all\"\"\",")
        .contains("\r\n<b>Even</b>,")
        .endsWith("\r\n");
    String longest = Files.readString(saved("#longest"));
    assertThat(longest.lines()).hasSize(11);
    JsonNode first = data.at("/figures/longest/0");
    assertThat(longest)
        .contains(
            "\r\n\"Customer, %s\",".formatted(first.get("customer").asText()),
            "%s %s".formatted(first.get("customer").asText(), first.get("openedAtUtc").asText()));
  }

  /** Every table has a button, with the name of the table in it. */
  @Test
  void everyTableCanBeSaved() {
    browser.show(page, DESK, "light");
    List<String> unsaved =
        browser.texts(
            "[...document.querySelectorAll('main table')].filter(table => !table.nextElementSibling?.querySelector('button.csv'))"
                + ".map(table => table.outerHTML.slice(0, 80))");
    assertThat(unsaved).isEmpty();
    List<String> names =
        browser.texts(
            "[...document.querySelectorAll('button.csv')].map(button => button.textContent)");
    assertThat(names)
        .hasSizeGreaterThan(10)
        .doesNotHaveDuplicates()
        .allMatch(n -> n.startsWith("Save as CSV: "));
  }

  @Test
  void goalsThatAreMissedComeFirst() {
    browser.show(page, DESK, "light");
    List<String> results =
        browser.texts(
            "[...document.querySelectorAll('#goals tbody tr')].map(row => row.cells[5].textContent)");
    // All sessions, teams and labels, three targets each.
    assertThat(results).hasSize(3 * (1 + 2 + 3 + 2));
    int missed = 0;
    for (JsonNode slice : parts()) {
      for (int i = 0; i < 3; i++) {
        JsonNode total = slice.get("total");
        missed +=
            total.at("/within/" + i).asDouble() / total.at("/of/" + i).asDouble() < 0.5 ? 1 : 0;
      }
    }
    assertThat(missed).isPositive();
    assertThat(results.subList(0, missed)).containsOnly("missed");
    assertThat(results.subList(missed, results.size())).containsOnly("met");
    assertThat(text("#goals .note")).startsWith("%d of 24 goals".formatted(missed));
  }

  /** On a phone and on paper every cell is there, with the name of its column. */
  @Test
  void noColumnIsLost() {
    browser.show(page, DESK, "light");
    String cells =
        "[...document.querySelectorAll('main table.stacks tbody tr > *')].filter(cell => !cell.closest('details')"
            + " && getComputedStyle(cell.parentNode).display !== 'none')";
    double all = browser.number(cells + ".length");
    assertThat(all).isGreaterThan(300);
    browser.show(page, PHONE, "light");
    assertThat(browser.number(cells + ".length")).isEqualTo(all);
    assertThat(
            browser.texts(
                cells
                    + ".filter(cell => cell.offsetWidth === 0 || !cell.dataset.label && cell.tagName === 'TD').map(cell => cell.outerHTML)"))
        .isEmpty();
    assertThat(
            browser.texts(
                "[...document.querySelectorAll('#agents thead th')].map(head => head.getAttribute('role') + head.querySelector('button').textContent)"))
        .hasSize(10)
        .startsWith("columnheaderagent");
    browser.media("print", "light");
    assertThat(
            browser.texts(
                cells + ".filter(cell => cell.offsetWidth === 0).map(cell => cell.outerHTML)"))
        .isEmpty();
    browser.media("screen", "light");
  }

  private static Path saved(String section) throws Exception {
    browser.tabTo(section + " button.csv");
    return browser.downloaded(() -> browser.press(Keys.ENTER));
  }

  private static List<JsonNode> parts() {
    List<JsonNode> parts = new ArrayList<>(List.of(data.get("figures")));
    data.get("slices")
        .forEach(
            slice -> {
              if (!slice.get("by").asText().equals("agent")) {
                parts.add(slice);
              }
            });
    return parts;
  }

  private static String nameOf(JsonNode slice) {
    String value = slice.get("value").asText();
    return switch (slice.get("by").asText()) {
      case "team" -> "team " + value;
      case "label" ->
          slice.get("value").isNull()
              ? "without " + slice.get("name").asText()
              : slice.get("name").asText() + ": " + value;
      default ->
          "agent " + (slice.get("agentName").isNull() ? value : slice.get("agentName").asText());
    };
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(100 * share);
  }

  private static String direction(double difference, boolean moreIsBetter) {
    return String.format(
        Locale.ROOT,
        ", %s, %s",
        difference > 0 ? "up" : "down",
        difference > 0 == moreIsBetter ? "better" : "worse");
  }

  private static String text(String selector) {
    return browser
        .text("document.querySelector('%s').textContent".formatted(selector))
        .replace('\u00a0', ' ');
  }
}
