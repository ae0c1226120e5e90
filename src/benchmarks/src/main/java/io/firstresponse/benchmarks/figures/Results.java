package io.firstresponse.benchmarks.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The figures of a run. */
public final class Results {

  private static final Pattern JSON_NUMBER = Pattern.compile("\"(\\w+)\": (-?[0-9.]+)");

  private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

  public void put(Figure figure, double value) {
    figures.put(figure, value);
  }

  /** Records a yes or no. It stays a yes only if every call gives a yes. */
  public void putAll(Figure figure, boolean holds) {
    figures.merge(figure, holds ? 1.0 : 0.0, Math::min);
  }

  /** Adds the figures that a measurement in another JVM wrote with {@link #write}. */
  public void read(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String[] figure = line.split(" ", 2);
      Figure name = Figure.valueOf(figure[0]);
      double value = Double.parseDouble(figure[1]);
      if (name.isYesOrNo()) {
        putAll(name, value == 1);
      } else {
        put(name, value);
      }
    }
  }

  /**
   * Adds the figures of an earlier run, as {@link #toJson} wrote them. Figures that no longer exist
   * are skipped.
   */
  public void readJson(Path file) throws IOException {
    Matcher number = JSON_NUMBER.matcher(Files.readString(file));
    while (number.find()) {
      double value = Double.parseDouble(number.group(2));
      Figure.of(number.group(1)).ifPresent(figure -> put(figure, value));
    }
  }

  public boolean isEmpty() {
    return figures.isEmpty();
  }

  /** Whether the run measured a figure. */
  boolean has(Figure figure) {
    return figures.containsKey(figure);
  }

  /**
   * The value of a figure.
   *
   * @throws IllegalStateException if the run did not measure it
   */
  public double get(Figure figure) {
    Double value = figures.get(figure);
    if (value == null) {
      throw new IllegalStateException("the run has no %s: a full one has".formatted(figure.key()));
    }
    return value;
  }

  /** Writes one figure per line, without rounding. */
  public void write(Path file) throws IOException {
    Files.write(
        file,
        figures.entrySet().stream().map(f -> f.getKey().name() + " " + f.getValue()).toList());
  }

  /** Computes the ratios of the figures that have been measured. */
  public void compare() {
    ratio(Figure.JOB_OVER_TRIGGER, Figure.JOB_ROWS_PER_S, Figure.TRIGGER_ROWS_PER_S);
    ratio(Figure.JOB_OVER_TRIGGER_COPY, Figure.JOB_ROWS_PER_S, Figure.TRIGGER_COPY_ROWS_PER_S);
    ratio(Figure.JOB_FINAL_OVER_LIVE, Figure.JOB_ROWS_PER_S, Figure.JOB_LIVE_ROWS_PER_S);
    ratio(Figure.JOB_FINAL_OVER_LIVE_1H, Figure.JOB_1H_ROWS_PER_S, Figure.JOB_LIVE_1H_ROWS_PER_S);
    ratio(
        Figure.JOB_ADDRESSED_OVER_TRIGGER,
        Figure.JOB_ADDRESSED_ROWS_PER_S,
        Figure.TRIGGER_ADDRESSED_ROWS_PER_S);
    ratio(
        Figure.DECODE_MAPPED_OVER_PLAIN,
        Figure.DECODE_MAPPED_RECORDS_PER_S,
        Figure.DECODE_PLAIN_RECORDS_PER_S);
    ratio(
        Figure.FEED_TEXT_IDS_OVER_PLAIN,
        Figure.FEED_TEXT_IDS_ROWS_PER_S,
        Figure.FEED_PLAIN_ROWS_PER_S);
    ratio(
        Figure.FEED_LABELS_OVER_PLAIN, Figure.FEED_LABELS_ROWS_PER_S, Figure.FEED_PLAIN_ROWS_PER_S);
    ratio(
        Figure.FEED_MAPPED_OVER_PLAIN, Figure.FEED_MAPPED_ROWS_PER_S, Figure.FEED_PLAIN_ROWS_PER_S);
    ratio(Figure.OPERATOR_OVER_NOOP, Figure.OPERATOR_ROWS_PER_S, Figure.NOOP_ROWS_PER_S);
    ratio(
        Figure.OPERATOR_LABELS_OVER_PLAIN,
        Figure.OPERATOR_LABELS_ROWS_PER_S,
        Figure.OPERATOR_ROWS_PER_S);
    ratio(
        Figure.OPERATOR_OVER_MATCH_RECOGNIZE,
        Figure.OPERATOR_ROWS_PER_S,
        Figure.MATCH_RECOGNIZE_ROWS_PER_S);
    ratio(Figure.OPERATOR_OVER_CEP, Figure.OPERATOR_ROWS_PER_S, Figure.CEP_ROWS_PER_S);
    OperatorPeer.strongest(this)
        .ifPresent(
            peer -> ratio(Figure.OPERATOR_OVER_BEST_PEER, Figure.OPERATOR_ROWS_PER_S, peer.heap()));
    ratio(Figure.SINK_OVER_LIMIT, Figure.SINK_ROWS_PER_S, Figure.SINK_LIMIT_ROWS_PER_S);
    for (String size : List.of("1M", "5M", "10M")) {
      Figure batch = sized("BATCH_ROWS_PER_S_", size);
      ratio(
          sized("BATCH_OVER_WINDOW_QUERY_", size), batch, sized("WINDOW_QUERY_ROWS_PER_S_", size));
      ratio(
          sized("BATCH_OVER_WINDOW_QUERY_KEYED_", size),
          batch,
          sized("WINDOW_QUERY_KEYED_ROWS_PER_S_", size));
      ratio(
          sized("BATCH_FILES_OVER_DUCKDB_", size),
          sized("BATCH_FILES_ROWS_PER_S_", size),
          sized("DUCKDB_ROWS_PER_S_", size));
    }
  }

  private static Figure sized(String name, String size) {
    return Figure.valueOf(name + size);
  }

  private void ratio(Figure ratio, Figure ours, Figure other) {
    if (figures.containsKey(ours) && figures.containsKey(other)) {
      put(ratio, figures.get(ours) / figures.get(other));
    }
  }

  /** Prints a table for people. */
  public void print(PrintStream out) {
    figures.forEach(
        (figure, value) ->
            out.printf(
                Locale.ROOT, "%-42s %14s   %s%n", figure.key(), shown(value), figure.meaning()));
  }

  /** A value, rounded for people. */
  public static String shown(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%,.0f" : "%.3f", value);
  }

  /** The figures as one flat JSON object of numbers. */
  public String toJson() {
    return figures.entrySet().stream()
        .map(figure -> "  \"%s\": %s".formatted(figure.getKey().key(), json(figure.getValue())))
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  private static String json(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : "%.4f", value);
  }
}
