package io.firstresponse.benchmarks.figures;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Compares the figures of two states of the project, from one or more pairs of results. A pair is
 * an old and a new run, made one after the other, so that the machine was in about the same
 * condition for both.
 *
 * <p>A figure has moved if its ratio, the geometric mean over the pairs, is beyond the noise, and
 * all pairs moved in the same direction. The noise shrinks with the square root of the number of
 * pairs.
 */
public final class Comparison {

  /** Kinds of figures, with their noise. */
  private enum Kind {
    /** One or zero: any change counts. */
    YES_OR_NO(1, 0),
    /** The same state takes the same number of bytes, except for small differences on the heap. */
    BYTES(1.05, 0),
    /** Times are precise to some milliseconds. */
    TIME(1.3, 10),
    /** Rates, ratios and the rest. */
    OTHER(1.3, 0);

    private final double noise;
    private final double leastChange;

    Kind(double noise, double leastChange) {
      this.noise = noise;
      this.leastChange = leastChange;
    }

    static Kind of(Figure figure) {
      String key = figure.key();
      if (figure.isYesOrNo()) {
        return YES_OR_NO;
      }
      if (key.contains("bytes_per_") || key.contains("_mb_")) {
        return BYTES;
      }
      return key.contains("_ms_") || key.endsWith("_ms") ? TIME : OTHER;
    }
  }

  /**
   * The figures of two runs.
   *
   * @param before those of the old run
   * @param after those of the new run
   */
  record Pair(Results before, Results after) {}

  private final List<Pair> pairs;

  /**
   * A comparison of pairs of runs.
   *
   * @param pairs at least one
   */
  Comparison(List<Pair> pairs) {
    this.pairs = pairs;
  }

  /**
   * The lines of a plain text table of the figures that moved, and of those that some runs do not
   * have.
   */
  List<String> lines() {
    int common = 0;
    List<String> moved = new ArrayList<>();
    List<String> notInAll = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      if (pairs.stream().allMatch(pair -> pair.before.has(figure) && pair.after.has(figure))) {
        common++;
        if (moved(figure)) {
          moved.add(line(figure));
        }
      } else if (pairs.stream()
          .anyMatch(pair -> pair.before.has(figure) || pair.after.has(figure))) {
        notInAll.add(figure.key());
      }
    }
    List<String> lines = new ArrayList<>();
    if (moved.isEmpty()) {
      lines.add("Nothing moved beyond noise.");
    } else {
      lines.add("%-42s %14s %14s %8s".formatted("figure", "old", "new", "new/old"));
      lines.addAll(moved);
    }
    lines.add(
        "%d of %d figures moved, in %d %s of runs."
            .formatted(moved.size(), common, pairs.size(), pairs.size() == 1 ? "pair" : "pairs"));
    if (!notInAll.isEmpty()) {
      lines.add("Not in all runs: " + String.join(", ", notInAll));
    }
    return lines;
  }

  private boolean moved(Figure figure) {
    Kind kind = Kind.of(figure);
    boolean allUp = pairs.stream().allMatch(pair -> change(pair, figure) > 0);
    boolean allDown = pairs.stream().allMatch(pair -> change(pair, figure) < 0);
    double change =
        pairs.stream().mapToDouble(pair -> change(pair, figure)).average().getAsDouble();
    double noise = Math.pow(kind.noise, 1 / Math.sqrt(pairs.size()));
    double ratio = ratio(figure);
    return (allUp || allDown)
        && Math.abs(change) >= kind.leastChange
        && Math.max(ratio, 1 / ratio) >= noise;
  }

  private static double change(Pair pair, Figure figure) {
    return pair.after.get(figure) - pair.before.get(figure);
  }

  private String line(Figure figure) {
    double ratio = ratio(figure);
    return String.format(
        Locale.ROOT,
        "%-42s %14s %14s %8s   %s",
        figure.key(),
        Results.shown(mean(Pair::before, figure)),
        Results.shown(mean(Pair::after, figure)),
        // A change from zero or to zero has no ratio.
        ratio > 0 && Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "-",
        figure.meaning());
  }

  /** The ratio of new to old: the geometric mean over the pairs. */
  private double ratio(Figure figure) {
    return Math.exp(
        pairs.stream()
            .mapToDouble(pair -> Math.log(pair.after.get(figure) / pair.before.get(figure)))
            .average()
            .getAsDouble());
  }

  private double mean(Function<Pair, Results> side, Figure figure) {
    return pairs.stream().mapToDouble(pair -> side.apply(pair).get(figure)).average().getAsDouble();
  }

  /**
   * Prints the figures that moved.
   *
   * @param files an old and a new file of results, or several such pairs
   * @param out receives the table
   * @param errors receives one line about a file that cannot be used
   * @return the exit code: 0, or 2 for a file that cannot be used
   */
  public static int print(List<Path> files, PrintStream out, PrintStream errors) {
    List<Pair> pairs = new ArrayList<>();
    try {
      for (int i = 0; i < files.size(); i += 2) {
        pairs.add(new Pair(read(files.get(i)), read(files.get(i + 1))));
      }
    } catch (UnusableFileException e) {
      errors.println(e.getMessage());
      return 2;
    }
    new Comparison(pairs).lines().forEach(out::println);
    return 0;
  }

  private static Results read(Path file) throws UnusableFileException {
    Results results = new Results();
    try {
      results.readJson(file);
    } catch (NoSuchFileException e) {
      throw new UnusableFileException(file + ": there is no such file");
    } catch (IOException e) {
      throw new UnusableFileException(file + " cannot be read: " + e.getMessage());
    }
    if (results.isEmpty()) {
      throw new UnusableFileException(file + " has no figures: it is no results.json");
    }
    return results;
  }

  private static final class UnusableFileException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableFileException(String message) {
      super(message);
    }
  }
}
