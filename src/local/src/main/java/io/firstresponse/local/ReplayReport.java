package io.firstresponse.local;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints a comparison. */
final class ReplayReport {

  private final PrintStream out;
  private final ReplayOptions asked;

  ReplayReport(PrintStream out, ReplayOptions asked) {
    this.out = out;
    this.asked = asked;
  }

  /**
   * Prints the counts, the late messages, the figures, and the first rows that differ.
   *
   * @param rows the first rows that differ, after a row with the column names
   */
  void print(Comparison.Result result, List<String[]> rows) {
    out.printf(
        "As of %s; sessions and answers of then or later are left out on both sides.%n%n",
        result.asOf());
    if (result.comparable()) {
      counts(result);
    }
    figures(result.figures());
    if (!result.comparable()) {
      out.printf(
          "The live tables have the other response mode, with other sessions: only the figures can be compared.%n%n");
    }
    late(result);
    if (result.unread() > 0) {
      out.printf(
          "The live table has %,d sessions that opened before the first of the replay, though the replay"
              + " reads messages of that time: are these messages still in the source?%n%n",
          result.unread());
    }
    rows(rows, result);
    if (result.comparable()) {
      out.printf(
          "same: %s%n",
          result.same()
              ? "yes, %,d sessions compared%s".formatted(result.compared(), unclaimed(result))
              : "no, %,d of %,d sessions differ".formatted(result.different(), result.compared()));
    } else {
      out.printf("same: %s, by the figures%n", result.same() ? "yes" : "no");
    }
  }

  /** The end of the period, if it was not compared. */
  private static String unclaimed(Comparison.Result result) {
    return result.claimsLess()
        ? "; sessions from %s on were not, as the live tables are not complete there"
            .formatted(result.asOf())
        : "";
  }

  private void counts(Comparison.Result result) {
    List<String[]> table = new ArrayList<>();
    table.add(row("the same", result.compared() - result.different()));
    table.add(row("changed", result.changed()));
    table.add(row("only in the live table", result.onlyLive()));
    table.add(row("only in the replay", result.onlyReplay()));
    table.add(row("unknown: opened before the messages read", result.unknown()));
    TextTable.print(out, table);
    out.println();
  }

  private void figures(List<Comparison.Figure> figures) {
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"", "live", "replay", "difference"});
    for (Comparison.Figure figure : figures) {
      table.add(
          new String[] {
            figure.name(),
            value(figure, figure.live()),
            value(figure, figure.replay()),
            value(figure, figure.replay() - figure.live())
          });
    }
    TextTable.print(out, table);
    out.println();
  }

  private void late(Comparison.Result result) {
    Comparison.Late late = result.late();
    if (late.inLive() > 0) {
      out.printf(
          "%,d of the rows that differ contain messages that were late. With %,d s more of"
              + " event-time.max-out-of-orderness those of half of these rows would have been in time,"
              + " with %,d s those of nine tenths, with %,d s all.%n%n",
          late.inLive(), late.half(), late.most(), late.all());
    }
    if (late.inReplay() > 0) {
      out.printf(
          "%,d of the rows that differ contain messages that were late in the replay.%n%n",
          late.inReplay());
    }
  }

  private void rows(List<String[]> rows, Comparison.Result result) {
    long all = result.different() + result.unknown();
    if (all == 0 || rows.size() == 1) {
      return;
    }
    out.printf(
        "The first %,d of %,d rows; all are in table replay_difference of schema %s%s%n",
        rows.size() - 1, all, asked.schema(), asked.out() == null ? "" : ", and in " + asked.out());
    TextTable.print(out, withoutEmptyColumns(rows));
    out.println();
  }

  /** Leaves out columns that are empty in all rows. */
  private static List<String[]> withoutEmptyColumns(List<String[]> rows) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < rows.get(0).length; i++) {
      int column = i;
      if (rows.stream().skip(1).anyMatch(row -> !row[column].isEmpty())) {
        kept.add(i);
      }
    }
    return rows.stream()
        .map(row -> kept.stream().map(column -> row[column]).toArray(String[]::new))
        .toList();
  }

  private static String[] row(String name, long count) {
    return new String[] {name, "%,d".formatted(count)};
  }

  private static String value(Comparison.Figure figure, double value) {
    if (Double.isNaN(value)) {
      return "none";
    }
    return switch (figure.unit()) {
      case "count" -> String.format(Locale.ROOT, "%,.0f", value);
      case "seconds" -> String.format(Locale.ROOT, "%,.1f s", value);
      default -> String.format(Locale.ROOT, "%.2f %%", 100 * value);
    };
  }
}
