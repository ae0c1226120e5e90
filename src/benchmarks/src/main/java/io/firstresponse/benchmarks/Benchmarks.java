package io.firstresponse.benchmarks;

import io.firstresponse.benchmarks.figures.Comparison;
import io.firstresponse.benchmarks.figures.Results;
import io.firstresponse.benchmarks.figures.Scale;
import io.firstresponse.benchmarks.measurements.Bench;
import io.firstresponse.benchmarks.measurements.Part;
import io.firstresponse.benchmarks.page.PerformancePage;
import io.firstresponse.benchmarks.peers.Seed;
import io.firstresponse.benchmarks.setup.OwnJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Runs the measurements and collects their figures. Each runs in a JVM of its own, so that none
 * inherits the compiled code or the garbage of another. Exit codes: 0 done, 1 a measurement failed,
 * 2 a wrong argument.
 */
public final class Benchmarks {

  private static final String QUICK = "--quick";
  private static final String PAGE = "--page";
  private static final String COMPARE = "--compare";
  private static final String IN_THIS_JVM = "--in-this-jvm";

  private final boolean quick;
  private final boolean jfr;
  private final Results results = new Results();

  private Benchmarks(boolean quick, boolean jfr) {
    this.quick = quick;
    this.jfr = jfr;
  }

  public static void main(String[] args) throws Exception {
    List<String> left = new ArrayList<>(Arrays.asList(args));
    boolean quick = left.remove(QUICK);
    boolean jfr = left.remove("--jfr");
    if (left.size() == 3 && left.get(0).equals(IN_THIS_JVM)) {
      measure(part(left.get(1)), quick ? Scale.QUICK : Scale.FULL, Path.of(left.get(2)));
      // Threads that a library has left running would keep this JVM alive.
      System.exit(0);
    }
    if (left.equals(List.of(PAGE))) {
      PerformancePage.write(file(), Path.of(System.getProperty("bench.site")));
      return;
    }
    if (!left.isEmpty() && left.get(0).equals(COMPARE)) {
      System.exit(compare(left.subList(1, left.size())));
    }
    List<Part> parts = new ArrayList<>();
    while (left.size() >= 2 && left.get(0).equals("--only")) {
      parts.add(part(left.get(1)));
      left.subList(0, 2).clear();
    }
    if (!left.isEmpty()) {
      refuse();
    }
    boolean only = !parts.isEmpty();
    if (!only) {
      Part.ALL.stream().filter(part -> part.quick() || !quick).forEach(parts::add);
    }
    Benchmarks benchmarks = new Benchmarks(quick, jfr);
    if (only && Files.exists(file())) {
      // New figures replace those of the same measurement; the others stay.
      benchmarks.results.readJson(file());
    }
    System.exit(benchmarks.run(parts) ? 0 : 1);
  }

  /** Compares files of results. A single file is compared with that of the last run. */
  private static int compare(List<String> names) {
    Path caller = Path.of(System.getProperty("bench.caller"));
    List<Path> files = new ArrayList<>(names.stream().map(caller::resolve).toList());
    if (files.size() == 1) {
      files.add(file());
    }
    if (files.isEmpty() || files.size() % 2 != 0) {
      refuse();
    }
    return Comparison.print(files, System.out, System.err);
  }

  /** The file of the figures. */
  private static Path file() {
    return folder().resolve("results.json");
  }

  private static Path folder() {
    return Path.of(System.getProperty("bench.target"));
  }

  private static void refuse() {
    System.err.println(
        "Arguments: --page, or --compare OLD.json [NEW.json [OLD.json NEW.json]...], or"
            + " [--quick] [--only NAME]... [--jfr], NAME one of "
            + Part.ALL.stream().map(Part::name).collect(Collectors.joining(", ")));
    System.exit(2);
  }

  private static Part part(String name) {
    for (Part part : Part.ALL) {
      if (part.name().equals(name)) {
        return part;
      }
    }
    refuse();
    throw new AssertionError();
  }

  private static void measure(Part part, Scale scale, Path file) throws Exception {
    Results results = new Results();
    part.measurement().run(new Bench(scale, results, System.out));
    results.write(file);
  }

  private boolean run(List<Part> parts) throws IOException, InterruptedException {
    long start = System.nanoTime();
    boolean well = true;
    for (Part part : parts) {
      System.out.printf(Locale.ROOT, "%s (%.0f s)%n", part.name(), Seed.seconds(start));
      well &= fork(part);
      results.compare();
      Files.writeString(file(), results.toJson());
    }
    System.out.println();
    results.print(System.out);
    System.out.printf(Locale.ROOT, "%n%.0f s; %s%n", Seed.seconds(start), file());
    return well;
  }

  private boolean fork(Part part) throws IOException, InterruptedException {
    Path file = Files.createTempFile("figures-", ".txt");
    try {
      List<String> options = new ArrayList<>(part.jvmOptions());
      if (jfr) {
        options.add(
            "-XX:StartFlightRecording:settings=profile,filename=%s/%s.jfr"
                .formatted(folder(), part.name()));
      }
      List<String> args = new ArrayList<>(List.of(IN_THIS_JVM, part.name(), file.toString()));
      if (quick) {
        args.add(QUICK);
      }
      int exitCode = OwnJvm.run(options, Benchmarks.class, args);
      if (exitCode != 0) {
        System.out.printf("  %s failed, exit code %d%n", part.name(), exitCode);
        return false;
      }
      results.read(file);
      return true;
    } finally {
      Files.delete(file);
    }
  }
}
