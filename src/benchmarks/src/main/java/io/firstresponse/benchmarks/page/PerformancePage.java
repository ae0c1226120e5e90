package io.firstresponse.benchmarks.page;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.figures.OperatorPeer;
import io.firstresponse.benchmarks.figures.Results;
import io.firstresponse.benchmarks.figures.Scale;
import io.firstresponse.benchmarks.page.BarChart.Bar;
import io.firstresponse.benchmarks.page.BarChart.Group;
import io.firstresponse.benchmarks.setup.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the performance page and its charts from the figures of a full run. The text is that of
 * {@code /page/performance.md}; every number in it is a figure. A figure that the run did not
 * measure is an error.
 */
public final class PerformancePage {

  private static final Pattern PLACE = Pattern.compile("\\$\\{(\\w+)}");

  private final Results figures;

  private PerformancePage(Results figures) {
    this.figures = figures;
  }

  /**
   * Writes the page.
   *
   * @param results the file of figures
   * @param site the folder of the documents
   */
  public static void write(Path results, Path site) throws IOException {
    Results figures = new Results();
    figures.readJson(results);
    PerformancePage page = new PerformancePage(figures);
    Files.writeString(
        site.resolve("markdown/performance.md"), page.filled(Sql.resource("/page/performance.md")));
    Files.writeString(site.resolve("images/throughput.svg"), page.throughput().toSvg());
    Files.writeString(site.resolve("images/growth.svg"), page.growth().toSvg());
  }

  private String filled(String words) throws IOException {
    Map<String, String> others = new HashMap<>(machine());
    others.put("messages", shown((double) Scale.FULL.messages()));
    others.put("exact", yesOrNo(Figure.JOB_EXACT));
    others.put("agree", yesOrNo(Figure.OPERATORS_AGREE));
    others.put("batch_peers_exact", yesOrNo(Figure.BATCH_PEERS_EXACT));
    List<OperatorPeer> peers = OperatorPeer.ranked(figures);
    others.put("operator_peers", peers.stream().map(this::row).collect(Collectors.joining("\n")));
    others.put(
        "best_operator_peer",
        OperatorPeer.strongest(figures).map(OperatorPeer::label).orElseThrow());
    others.put("wrong", "%.0f %%".formatted(100 * figures.get(Figure.TRIGGER_WRONG_SHARE)));
    return PLACE
        .matcher(words)
        .replaceAll(
            place -> {
              String name = place.group(1);
              return Matcher.quoteReplacement(
                  others.containsKey(name)
                      ? others.get(name)
                      : shown(figures.get(Figure.valueOf(name.toUpperCase(Locale.ROOT)))));
            });
  }

  /** A row of the table of operators. */
  private String row(OperatorPeer peer) {
    double heap = figures.get(peer.heap());
    return "| %s | %s | %s | %s |"
        .formatted(
            peer.label(),
            shown(heap),
            peer.rocksDb().map(figure -> shown(figures.get(figure))).orElse(""),
            shown(figures.get(Figure.OPERATOR_ROWS_PER_S) / heap));
  }

  private String yesOrNo(Figure figure) {
    return figures.get(figure) == 1 ? "yes" : "no";
  }

  private static String shown(double value) {
    double size = Math.abs(value);
    String format = size >= 1000 ? "%,.0f" : size >= 20 || value == Math.rint(value) ? "%.0f" : "";
    if (format.isEmpty()) {
      format = size >= 2 ? "%.1f" : "%.2f";
    }
    return String.format(Locale.ROOT, format, value);
  }

  private static Map<String, String> machine() throws IOException {
    String processor = "a processor that it does not name";
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      processor =
          lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(processor);
    }
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      long kilobytes =
          lines
              .filter(line -> line.startsWith("MemTotal"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElse(0);
      return Map.of(
          "processor",
          processor,
          "cores",
          Integer.toString(Runtime.getRuntime().availableProcessors()),
          "memory",
          "%.0f GiB".formatted(kilobytes / 1024.0 / 1024.0),
          "system",
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          "java",
          System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
          "date",
          LocalDate.now(ZoneOffset.UTC).toString());
    }
  }

  private BarChart throughput() {
    return new BarChart(
        "Messages per second into PostgreSQL, on the same machine",
        List.of(
            new Group(
                "Any agent may answer; 60 s of disorder",
                List.of(
                    ours("the job, generated messages", Figure.JOB_ROWS_PER_S),
                    ours("the job, JSON lines", Figure.JOB_FILES_ROWS_PER_S),
                    ours("the job, JSON from Kafka", Figure.JOB_KAFKA_ROWS_PER_S),
                    other("trigger, COPY, two clients", Figure.TRIGGER_COPY2_ROWS_PER_S),
                    other("trigger, COPY, one client", Figure.TRIGGER_COPY1_ROWS_PER_S),
                    other("delayed batch, consumption only", Figure.DELAYED_BATCH_ROWS_PER_S),
                    other("trigger, single-row inserts", Figure.TRIGGER_ROWS_PER_S))),
            new Group(
                "Only the agent asked may answer",
                List.of(
                    ours("the job, generated messages", Figure.JOB_ADDRESSED_ROWS_PER_S),
                    other("trigger, single-row inserts", Figure.TRIGGER_ADDRESSED_ROWS_PER_S)))));
  }

  private BarChart growth() {
    return new BarChart(
        "Microseconds a message, the operator alone, two subtasks",
        List.of(
            new Group(
                "Messages",
                List.of(
                    cost("1 million", Figure.GROWTH_MESSAGES_1M_ROWS_PER_S),
                    cost("10 million", Figure.GROWTH_MESSAGES_10M_ROWS_PER_S),
                    cost("100 million", Figure.GROWTH_MESSAGES_100M_ROWS_PER_S))),
            new Group(
                "Customers, 10 million messages",
                List.of(
                    cost("0.1 million", Figure.GROWTH_CUSTOMERS_100K_ROWS_PER_S),
                    cost("1 million", Figure.GROWTH_CUSTOMERS_1M_ROWS_PER_S),
                    cost("10 million", Figure.GROWTH_CUSTOMERS_10M_ROWS_PER_S))),
            new Group(
                "Disorder, 10 million messages",
                List.of(
                    cost("1 s", Figure.GROWTH_DISORDER_1S_ROWS_PER_S),
                    cost("1 min", Figure.GROWTH_DISORDER_1MIN_ROWS_PER_S),
                    cost("1 h", Figure.GROWTH_DISORDER_1H_ROWS_PER_S)))));
  }

  private Bar other(String label, Figure figure) {
    return new Bar(label, figures.get(figure), false);
  }

  private Bar ours(String label, Figure figure) {
    return new Bar(label, figures.get(figure), true);
  }

  private Bar cost(String label, Figure figure) {
    return new Bar(label, 1e6 / figures.get(figure), true);
  }
}
