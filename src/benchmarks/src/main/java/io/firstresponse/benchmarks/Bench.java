package io.firstresponse.benchmarks;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What a measurement is given.
 *
 * @param scale how much of everything
 * @param results where its figures go
 * @param out where its progress goes
 */
record Bench(Scale scale, Results results, PrintStream out) {

  /** One way of finding figures out. */
  interface Measurement {
    void run(Bench bench) throws Exception;
  }

  /** A line of progress. */
  void say(String format, Object... args) {
    out.printf(Locale.ROOT, "  " + format + "%n", args);
  }

  /** Keeps a rate, and says it. */
  void rate(Figure figure, double perSecond) {
    results.put(figure, perSecond);
    say("%,12.0f/s  %s", perSecond, figure.meaning());
  }
}
