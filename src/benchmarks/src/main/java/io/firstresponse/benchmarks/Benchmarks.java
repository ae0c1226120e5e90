package io.firstresponse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Runs the measurements, each in a JVM of its own so that none inherits another's compiled code or
 * garbage, and gathers their figures. Exit codes: 0 when all went well, 1 when one failed, 2 when
 * an argument is wrong.
 */
public final class Benchmarks {

  private static final String QUICK = "--quick";
  private static final String PAGE = "--page";
  private static final String IN_THIS_JVM = "--in-this-jvm";

  /**
   * A measurement and its name.
   *
   * @param quick whether it is part of the quick run
   * @param jvmOptions besides those that all are run with
   */
  private record Part(
      String name, boolean quick, Bench.Measurement measurement, List<String> jvmOptions) {

    Part(String name, boolean quick, Bench.Measurement measurement) {
      this(name, quick, measurement, List.of());
    }
  }

  private static final List<Part> PARTS =
      List.of(
          new Part("end-to-end", true, new EndToEnd(EndToEnd.Run::ways)),
          new Part("kafka", true, new EndToEnd(EndToEnd.Run::kafka)),
          new Part(
              "operator",
              true,
              new OperatorAlone(
                  OurFunction::sessions,
                  Scale::operatorMessages,
                  "hashmap",
                  Figure.OPERATOR_ROWS_PER_S)),
          new Part(
              "noop",
              true,
              new OperatorAlone(
                  NoOperator::sessions, Scale::noopMessages, "hashmap", Figure.NOOP_ROWS_PER_S)),
          new Part(
              "match-recognize",
              true,
              new OperatorAlone(
                  MatchRecognize::answers,
                  Scale::peerMessages,
                  "hashmap",
                  Figure.MATCH_RECOGNIZE_ROWS_PER_S)),
          new Part(
              "cep",
              true,
              new OperatorAlone(
                  Cep::answers, Scale::peerMessages, "hashmap", Figure.CEP_ROWS_PER_S)),
          new Part("sink", true, new SinkAlone()),
          new Part("state-bytes", true, new StateBytes()),
          new Part("waiting-heap", false, new WaitingHeap()),
          new Part("batch", false, new BatchRace()),
          new Part("growth-messages", false, new Growth(Growth.Run::messages)),
          new Part("growth-customers", false, new Growth(Growth.Run::customers)),
          new Part("growth-disorder", false, new Growth(Growth.Run::disorder)),
          new Part(
              "long-wait-live",
              false,
              new LongWait(
                  36_000_000, "hashmap", Duration.ofSeconds(1), Figure.LONG_WAIT_LIVE_ROWS_PER_S),
              List.of("-Xmx2500m")),
          new Part(
              "long-wait-rocksdb",
              false,
              new LongWait(
                  100_000_000, "rocksdb", Duration.ZERO, Figure.LONG_WAIT_ROCKSDB_ROWS_PER_S),
              List.of("-Xmx1g")),
          new Part("checkpoints", false, new Growth(Growth.Run::checkpoints)),
          new Part("freshness", false, new Freshness()),
          new Part(
              "parallel-gc",
              false,
              new CollectorChoice(
                  Figure.JOB_PARALLEL_GC_ROWS_PER_S, Figure.JOB_PARALLEL_GC_LONGEST_MS),
              List.of("-XX:+UseParallelGC")),
          new Part(
              "g1-gc",
              false,
              new CollectorChoice(Figure.JOB_G1_GC_ROWS_PER_S, Figure.JOB_G1_GC_LONGEST_MS),
              List.of("-XX:+UseG1GC")),
          new Part(
              "z-gc",
              false,
              new CollectorChoice(Figure.JOB_Z_GC_ROWS_PER_S, Figure.JOB_Z_GC_LONGEST_MS),
              List.of("-XX:+UseZGC")),
          new Part(
              "operator-rocksdb",
              false,
              new OperatorAlone(
                  OurFunction::sessions,
                  Scale::peerMessages,
                  "rocksdb",
                  Figure.OPERATOR_ROCKSDB_ROWS_PER_S)),
          new Part(
              "match-recognize-rocksdb",
              false,
              new OperatorAlone(
                  MatchRecognize::answers,
                  Scale::peerMessages,
                  "rocksdb",
                  Figure.MATCH_RECOGNIZE_ROCKSDB_ROWS_PER_S)),
          new Part(
              "cep-rocksdb",
              false,
              new OperatorAlone(
                  Cep::answers, Scale::peerMessages, "rocksdb", Figure.CEP_ROCKSDB_ROWS_PER_S)));

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
      // Threads that a library left behind must not keep the others waiting.
      System.exit(0);
    }
    if (left.equals(List.of(PAGE))) {
      PerformancePage.write(file(), Path.of(System.getProperty("bench.site")));
      return;
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
      PARTS.stream().filter(part -> part.quick || !quick).forEach(parts::add);
    }
    Benchmarks benchmarks = new Benchmarks(quick, jfr);
    if (only && Files.exists(file())) {
      // What is measured again takes the place of what was; the rest stays.
      benchmarks.results.readJson(file());
    }
    System.exit(benchmarks.run(parts) ? 0 : 1);
  }

  /** Where the figures are. */
  private static Path file() {
    return folder().resolve("results.json");
  }

  private static Path folder() {
    return Path.of(System.getProperty("bench.target"));
  }

  private static void refuse() {
    System.err.println(
        "Arguments: --page, or [--quick] [--only NAME]... [--jfr], NAME one of "
            + PARTS.stream().map(Part::name).collect(Collectors.joining(", ")));
    System.exit(2);
  }

  private static Part part(String name) {
    for (Part part : PARTS) {
      if (part.name.equals(name)) {
        return part;
      }
    }
    refuse();
    throw new AssertionError();
  }

  private static void measure(Part part, Scale scale, Path file) throws Exception {
    Results results = new Results();
    part.measurement.run(new Bench(scale, results, System.out));
    results.write(file);
  }

  private boolean run(List<Part> parts) throws IOException, InterruptedException {
    long start = System.nanoTime();
    boolean well = true;
    for (Part part : parts) {
      System.out.printf(Locale.ROOT, "%s (%.0f s)%n", part.name, Seed.seconds(start));
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
      List<String> options = new ArrayList<>(part.jvmOptions);
      if (jfr) {
        options.add(
            "-XX:StartFlightRecording:settings=profile,filename=%s/%s.jfr"
                .formatted(folder(), part.name));
      }
      List<String> args = new ArrayList<>(List.of(IN_THIS_JVM, part.name, file.toString()));
      if (quick) {
        args.add(QUICK);
      }
      int exitCode = OwnJvm.run(options, Benchmarks.class, args);
      if (exitCode != 0) {
        System.out.printf("  %s failed, exit code %d%n", part.name, exitCode);
        return false;
      }
      results.read(file);
      return true;
    } finally {
      Files.delete(file);
    }
  }
}
