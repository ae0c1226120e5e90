package io.firstresponse.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it. */
class ReportPageIT {

  private static final int DESK = 1200;
  private static final int PHONE = 390;
  private static final ReportRequest DAYS =
      new ReportRequest(
          "Support </title> & more, with a title that takes room",
          Optional.of(LocalDate.of(2026, 3, 10)),
          Optional.of(LocalDate.of(2026, 4, 8)),
          Optional.empty());

  @TempDir static Path folder;

  private static ReportDatabase database;
  private static Chromium browser;
  private static Path page;
  private static JsonNode data;

  @BeforeAll
  static void render() throws Exception {
    assumeTrue(
        Chromium.isThere(),
        "skipped: there is no Chromium with its driver on the PATH (apt-get install chromium chromium-driver)");
    database = ReportDatabase.seeded("any-agent", 500, 40, 5);
    database.execute(
        "insert into business_calendar values ('support', 'Europe/Berlin')",
        "insert into business_hours (calendar, weekday, opens, closes)"
            + " select 'support', n, '09:00', '17:00' from generate_series(1, 5) n",
        "update report_settings set calendar = 'support'");
    page = write("page", DAYS);
    data = ReportDatabase.data(Files.readString(page));
    browser = Chromium.start();
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @AfterEach
  void nothingIsFetchedAndNothingIsWrong() {
    if (browser != null) {
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.requests())
          .isNotEmpty()
          .allMatch(
              url -> url.startsWith("file:") || url.startsWith("blob:") || url.equals("data:,"));
    }
  }

  @Test
  void figuresAndChartsAreThere() {
    browser.show(page, DESK, "light");
    assertThat(text("h1")).isEqualTo(DAYS.title());
    assertThat(text("#period"))
        .isEqualTo(
            "10 Mar 2026 – 8 Apr 2026 · 30 days · times in Europe/Berlin · any agent's answer counts");
    JsonNode total = data.at("/figures/total");
    int sessions = total.get("sessions").asInt();
    int counted = total.at("/of/1").asInt();
    assertThat(text("#cards"))
        .contains("Answered within 3 minutes")
        .contains("%.1f %%".formatted(100.0 * total.at("/within/1").asInt() / counted))
        .contains("%,d closed without an answer".formatted(total.get("closed").asInt()))
        .contains(
            "%,d answered, %,d not"
                .formatted(total.get("answered").asInt(), total.get("unanswered").asInt()))
        .contains("in business time: ");

    assertThat(browser.number("document.querySelectorAll('#shares svg .trend').length"))
        .isEqualTo(3);
    assertThat(browser.number("document.querySelectorAll('#times svg .trend').length"))
        .isEqualTo(2);
    assertThat(browser.number("document.querySelectorAll('#shares svg .counts rect').length"))
        .isEqualTo(30);
    List<String> paths =
        browser.texts(
            "[...document.querySelectorAll('svg .trend path')].map(path => path.getAttribute('d'))");
    assertThat(paths)
        .hasSize(5)
        .allMatch(path -> path.startsWith("M") && path.length() > 100 && !path.contains("NaN"));
    assertThat(
            browser.number("document.querySelector('#times svg').getBoundingClientRect().height"))
        .isGreaterThan(200);

    assertThat(browser.number("document.querySelectorAll('#hours tbody td').length"))
        .isEqualTo(7 * 24);
    assertThat(
            browser.number(
                "[...document.querySelectorAll('#hours tbody td')].reduce((sum, td) => sum + Number(td.textContent), 0)"))
        .isEqualTo(sessions);
    assertThat(
            browser.number(
                "[...document.querySelectorAll('#brackets tbody td:nth-child(3)')].reduce((sum, td) => sum + Number(td.textContent.replaceAll(',', '')), 0)"))
        .isEqualTo(sessions);
    assertThat(browser.number("document.querySelectorAll('#waiting tbody tr').length"))
        .isEqualTo(20);
    assertThat(text("#percentiles")).contains("in business time");
  }

  @Test
  void aSingleDayIsDrawnByItsHours() throws Exception {
    LocalDate day = LocalDate.of(2026, 3, 18);
    Path oneDay =
        write(
            "one-day",
            new ReportRequest("A day", Optional.of(day), Optional.of(day), Optional.empty()));
    browser.show(oneDay, DESK, "light");
    assertThat(text("#shares h2")).isEqualTo("Answered within target, hour by hour");
    List<Double> heights = new ArrayList<>();
    for (String height :
        browser.texts(
            "[...document.querySelectorAll('#times svg .counts rect')].map(bar => bar.getAttribute('height'))")) {
      heights.add(Double.valueOf(height));
    }
    JsonNode hours = ReportDatabase.data(Files.readString(oneDay)).at("/figures/hours");
    double most = 0;
    for (JsonNode hour : hours) {
      most = Math.max(most, hour.at("/figures/sessions").asDouble());
    }
    List<Double> expected = new ArrayList<>(Collections.nCopies(24, 0.0));
    for (JsonNode hour : hours) {
      expected.set(hour.get("hour").asInt(), 44 * hour.at("/figures/sessions").asDouble() / most);
    }
    assertThat(most).isPositive();
    assertThat(heights).hasSize(24);
    for (int hour = 0; hour < 24; hour++) {
      assertThat(heights.get(hour)).as("hour %d", hour).isCloseTo(expected.get(hour), within(1e-6));
    }
  }

  @Test
  void theMapCanShowSomethingElse() {
    browser.show(page, DESK, "light");
    String counts = text("#hours tbody");
    browser.click("#hours .switch label:nth-child(2)");
    String medians = text("#hours tbody");
    browser.click("#hours .switch label:nth-child(3)");
    String shares = text("#hours tbody");
    assertThat(List.of(counts, medians, shares)).doesNotHaveDuplicates();
    assertThat(text("#hours .note")).contains("within 3 minutes").contains("Europe/Berlin");
    List<String> cells =
        browser.texts(
            "[...document.querySelectorAll('#hours tbody td')].map(td => td.textContent)");
    for (JsonNode hour : data.at("/figures/hours")) {
      int place = 24 * (hour.get("weekday").asInt() - 1) + hour.get("hour").asInt();
      double all = hour.at("/figures/of/1").asDouble();
      String share =
          all == 0
              ? ""
              : String.valueOf(Math.round(100 * hour.at("/figures/within/1").asDouble() / all));
      assertThat(cells.get(place)).isEqualTo(share);
    }
  }

  /** Names come from customers and platforms, and are text whatever they hold. */
  @Test
  void namesStandInPlaceOfIds() throws Exception {
    String id = data.at("/figures/agents/0/agent").asText();
    database.execute("insert into tbl_agent (agent, name) values (%s, '<b>Ann</b>')".formatted(id));
    Path named = write("names", DAYS);
    database.execute("delete from tbl_agent");
    browser.show(named, DESK, "light");
    assertThat(column(1)).startsWith("<b>Ann</b>").doesNotContain(id);
    browser.click("#agents th:nth-child(1) button");
    assertThat(column(1)).as("names before ids").hasSize(40).startsWith("<b>Ann</b>");
  }

  @Test
  void agentsAreSortedByWhatIsClicked() {
    browser.show(page, DESK, "light");
    assertThat(browser.number("document.querySelectorAll('#agents tbody tr').length"))
        .isEqualTo(40);
    assertThat(shownRows()).isEqualTo(25);
    browser.click("#agents .show-all");
    assertThat(shownRows()).isEqualTo(40);

    List<Double> answered = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    data.at("/figures/agents")
        .forEach(
            agent -> {
              answered.add(agent.at("/figures/answered").asDouble());
              ids.add(agent.get("agent").asText());
            });
    answered.sort(Collections.reverseOrder());
    assertThat(column(2))
        .isEqualTo(answered.stream().map(n -> String.valueOf(n.intValue())).toList());

    Collections.sort(ids);
    browser.click("#agents th:nth-child(1) button");
    assertThat(column(1)).as("neighbours that are one number in JavaScript").isEqualTo(ids);
    browser.click("#agents th:nth-child(1) button");
    Collections.reverse(ids);
    assertThat(column(1)).isEqualTo(ids);
    assertThat(
            browser.text(
                "document.querySelector('#agents th:nth-child(1)').getAttribute('aria-sort')"))
        .isEqualTo("descending");

    browser.click("#agents th:nth-child(6) button");
    List<Double> medians = new ArrayList<>();
    for (String id : column(1)) {
      data.at("/figures/agents")
          .forEach(
              agent -> {
                if (agent.get("agent").asText().equals(id)) {
                  medians.add(agent.at("/figures/median").asDouble());
                }
              });
    }
    assertThat(medians).hasSize(40).isSorted();
  }

  @Test
  void darkWhereTheReaderWantsIt() {
    browser.show(page, DESK, "light");
    double light = brightness("document.body");
    assertThat(light - brightness("document.body", "color")).isGreaterThan(0.6);
    browser.show(page, DESK, "dark");
    double dark = brightness("document.body");
    assertThat(light - dark).isGreaterThan(0.6);
    assertThat(brightness("document.body", "color") - dark).isGreaterThan(0.6);
    assertThat(brightness("document.querySelector('svg text')", "fill") - dark).isGreaterThan(0.3);
  }

  @Test
  void aPhoneNeedsNoSidewaysScrolling() throws Exception {
    Path wide =
        write(
            "wide",
            new ReportRequest(
                "W".repeat(120),
                Optional.of(LocalDate.of(2025, 4, 1)),
                Optional.of(LocalDate.of(2026, 3, 31)),
                Optional.empty()));
    for (Path each : List.of(page, wide, empty())) {
      for (int width : new int[] {PHONE, 360, 768, 1024}) {
        browser.show(each, width, "light");
        List<String> tooWide =
            browser.texts(
                "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)"
                    + ".map(e => e.outerHTML.slice(0, 80))");
        assertThat(tooWide).as("%s at %d", each, width).isEmpty();
        assertThat(browser.number("document.documentElement.scrollWidth"))
            .as("%s at %d", each, width)
            .isLessThanOrEqualTo(width);
      }
    }
  }

  @Test
  void onPaperAllRowsAndLightColours() {
    browser.show(page, DESK, "dark");
    browser.media("print", "dark");
    assertThat(shownRows()).isEqualTo(40);
    assertThat(brightness("document.querySelector('.card')")).isGreaterThan(0.9);
    assertThat(brightness("document.body", "color")).isLessThan(0.2);
    String width = "document.querySelector('#times svg').getAttribute('viewBox').split(' ')[2]";
    assertThat(browser.text(width)).isNotEqualTo("660");
    browser.text(
        "(addEventListener('beforeprint', () => { window.onPaper = %s; }), '')".formatted(width));
    String pdf =
        new String(Base64.getDecoder().decode(browser.printed()), StandardCharsets.ISO_8859_1);
    assertThat(pdf).startsWith("%PDF-");
    assertThat(pdf.split("/Type /Page\\b", -1).length - 1).isBetween(3, 8);
    browser.media("screen", "dark");
    assertThat(browser.text("window.onPaper")).isEqualTo("660");
    assertThat(browser.text(width)).as("drawn again for the screen").isNotEqualTo("660");
  }

  @Test
  void nothingAtAllAndASingleSession() throws Exception {
    browser.show(empty(), DESK, "light");
    assertThat(text("main")).contains("No session opened in these days.").contains("Nobody waited");
    assertThat(browser.holds("document.getElementById('agents').hidden")).isTrue();

    try (ReportDatabase one = new ReportDatabase("addressed-agent")) {
      one.execute(
          "insert into tbl_result (b, b_ts, a, rsp_a, a_ts) values (7, '2026-03-05T09:00:00Z', 3, 3, '2026-03-05T09:02:05Z')",
          "delete from response_target");
      Path single = folder.resolve("single.html");
      LocalDate day = LocalDate.of(2026, 3, 5);
      one.report(new ReportRequest("One", Optional.of(day), Optional.of(day), Optional.empty()))
          .write(single);
      browser.show(single, DESK, "light");
      assertThat(text("#cards"))
          .contains("2 min 5 s")
          .contains("1 answered, 0 not")
          .doesNotContain("within");
      assertThat(browser.number("document.querySelectorAll('#times svg circle').length"))
          .isEqualTo(2);
      assertThat(browser.holds("document.getElementById('shares').hidden")).isTrue();
      assertThat(browser.number("document.querySelectorAll('#agents tbody tr').length"))
          .isEqualTo(1);
    }
  }

  @Test
  void nearlyNothingAndNearlyAllAreNotRoundedToAFigureThatTheyAreNot() throws Exception {
    try (ReportDatabase many = new ReportDatabase("any-agent")) {
      many.execute(
          "insert into tbl_result (b, b_ts, asked_a, a, a_ts) select n, '2026-03-05T09:00:00Z', 3, 3,"
              + " timestamptz '2026-03-05T09:00:10Z' + case when n = 1 then interval '0' else '30 min' end"
              + " from generate_series(1, 2000) n",
          "insert into tbl_result (b, b_ts, asked_a) values (2001, '2026-03-05T09:00:00Z', 3)");
      Path file = folder.resolve("many.html");
      LocalDate day = LocalDate.of(2026, 3, 5);
      many.report(new ReportRequest("Many", Optional.of(day), Optional.of(day), Optional.empty()))
          .write(file);
      browser.show(file, DESK, "light");
      // 1 of 2,001 within 3 minutes, 2,000 of them within an hour.
      assertThat(text("#cards")).contains("< 0.1 %").contains("> 99.9 %").doesNotContain("0.0 %");
    }
  }

  private static Path empty() throws Exception {
    Path file = folder.resolve("empty.html");
    try (ReportDatabase none = new ReportDatabase("any-agent")) {
      none.report(ReportRequest.usual()).write(file);
    }
    return file;
  }

  private static Path write(String name, ReportRequest request) throws Exception {
    Path file = folder.resolve(name + ".html");
    database.report(request).write(file);
    return file;
  }

  private static String text(String selector) {
    return browser
        .text("document.querySelector('%s').innerText".formatted(selector))
        .replace('\u00a0', ' ');
  }

  private static double shownRows() {
    return browser.number(
        "[...document.querySelectorAll('#agents tbody tr')].filter(row => row.offsetParent !== null).length");
  }

  private static List<String> column(int n) {
    return browser.texts(
        "[...document.querySelectorAll('#agents tbody tr > :nth-child(%d)')].map(td => td.textContent)"
            .formatted(n));
  }

  private static double brightness(String element) {
    return brightness(element, "backgroundColor");
  }

  /** From 0, black, to 1, white. */
  private static double brightness(String element, String property) {
    return browser.number(
        "getComputedStyle(%s).%s.match(/[\\d.]+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0) / 765"
            .formatted(element, property));
  }
}
