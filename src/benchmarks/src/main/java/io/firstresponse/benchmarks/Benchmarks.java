package io.firstresponse.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final String IN_THIS_JVM = "--in-this-jvm";

  /**
   * A measurement and its name.
   *
   * @param quick whether it is part of the quick run
   */
  private record Part(String name, boolean quick, Bench.Measurement measurement) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("end-to-end", true, new EndToEnd()),
          new Part(
              "operator",
              true,
              new OperatorAlone(
                  OurOperator::sessions,
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
          new Part("batch", false, new BatchRace()),
          new Part("growth-messages", false, new Growth(Growth.Run::messages)),
          new Part("growth-customers", false, new Growth(Growth.Run::customers)),
          new Part("growth-disorder", false, new Growth(Growth.Run::disorder)),
          new Part("checkpoints", false, new Growth(Growth.Run::checkpoints)),
          new Part("freshness", false, new Freshness()),
          new Part(
              "operator-rocksdb",
              false,
              new OperatorAlone(
                  OurOperator::sessions,
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
  private final Path folder;
  private final Results results = new Results();

  private Benchmarks(boolean quick, boolean jfr) {
    this.quick = quick;
    this.jfr = jfr;
    this.folder = Path.of(System.getProperty("bench.target"));
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
    List<Part> parts = new ArrayList<>();
    while (left.size() >= 2 && left.get(0).equals("--only")) {
      parts.add(part(left.get(1)));
      left.subList(0, 2).clear();
    }
    if (!left.isEmpty()) {
      refuse();
    }
    if (parts.isEmpty()) {
      PARTS.stream().filter(part -> part.quick || !quick).forEach(parts::add);
    }
    System.exit(new Benchmarks(quick, jfr).run(parts) ? 0 : 1);
  }

  private static void refuse() {
    System.err.println(
        "Arguments: [--quick] [--only NAME]... [--jfr], NAME one of "
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
      Files.writeString(folder.resolve("results.json"), results.toJson());
    }
    System.out.println();
    results.print(System.out);
    System.out.printf(
        Locale.ROOT, "%n%.0f s; %s%n", Seed.seconds(start), folder.resolve("results.json"));
    return well;
  }

  private boolean fork(Part part) throws IOException, InterruptedException {
    Path file = Files.createTempFile("figures-", ".txt");
    try {
      List<String> options =
          jfr
              ? List.of(
                  "-XX:StartFlightRecording:settings=profile,filename=%s/%s.jfr"
                      .formatted(folder, part.name))
              : List.of();
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
