package io.firstresponse.benchmarks.page;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A chart of horizontal bars in groups. The length of a bar is proportional to its value.
 *
 * @param title says what the values are
 * @param groups from top to bottom
 */
record BarChart(String title, List<Group> groups) {

  private static final int WIDTH = 860;
  private static final int LABELS = 330;
  private static final int BARS = 420;
  private static final int ROW = 24;
  private static final int GAP = 34;
  private static final int HEAD = 44;

  /**
   * Bars that are shown together.
   *
   * @param heading the text above them
   */
  record Group(String heading, List<Bar> bars) {}

  /**
   * One value.
   *
   * @param ours whether it is a value of this project, which is highlighted
   */
  record Bar(String label, double value, boolean ours) {}

  /** The chart as SVG. */
  String toSvg() {
    double most =
        groups.stream()
            .flatMap(group -> group.bars.stream())
            .mapToDouble(Bar::value)
            .max()
            .orElse(1);
    StringBuilder drawn = new StringBuilder();
    int y = HEAD;
    for (Group group : groups) {
      y += GAP;
      drawn.append(text("g", 16, y - 10, "start", group.heading));
      for (Bar bar : group.bars) {
        int length = (int) Math.max(1, BARS * bar.value / most);
        drawn
            .append(text("l", LABELS, y + 16, "end", bar.label))
            .append(
                "  <rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"16\" rx=\"2\"/>\n"
                    .formatted(bar.ours ? "ours" : "other", LABELS + 10, y + 4, length))
            .append(text("v", LABELS + 16 + length, y + 17, "start", shown(bar.value)));
        y += ROW;
      }
    }
    String described =
        groups.stream()
            .flatMap(group -> group.bars.stream())
            .map(bar -> bar.label + ": " + shown(bar.value))
            .collect(Collectors.joining("; "));
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="%s. %s">
          <style>
            .ours { fill: #3a7d44 }
            .other { fill: #9fb3cc }
            .t { font-weight: 600; font-size: 17px; fill: #1c2733 }
            .g { font-weight: 600; fill: #3b5b8c }
            .l, .v { fill: #1c2733 }
          </style>
          <rect width="100%%" height="100%%" fill="#ffffff"/>
        %s%s</svg>
        """
        .formatted(WIDTH, y + 16, title, described, text("t", 16, 28, "start", title), drawn);
  }

  private static String text(String style, int x, int y, String anchor, String text) {
    return "  <text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n"
        .formatted(style, x, y, anchor, text.replace("&", "&amp;").replace("<", "&lt;"));
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
  }
}
