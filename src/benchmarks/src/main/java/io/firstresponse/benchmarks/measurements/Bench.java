package io.firstresponse.benchmarks.measurements;

import io.firstresponse.benchmarks.figures.Figure;
import io.firstresponse.benchmarks.figures.Results;
import io.firstresponse.benchmarks.figures.Scale;
import java.io.PrintStream;
import java.util.Locale;

/**
 * The environment of a measurement.
 *
 * @param scale the sizes to measure with
 * @param results receives the figures
 * @param out receives lines of progress
 */
public record Bench(Scale scale, Results results, PrintStream out) {

  /** A measurement of one or more figures. */
  public interface Measurement {
    void run(Bench bench) throws Exception;
  }

  /** Prints a line of progress. */
  void say(String format, Object... args) {
    out.printf(Locale.ROOT, "  " + format + "%n", args);
  }

  /** Records a rate and prints it. */
  void rate(Figure figure, double perSecond) {
    results.put(figure, perSecond);
    say("%,12.0f/s  %s", perSecond, figure.meaning());
  }
}
