package io.firstresponse.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;

/**
 * Another JVM like this one, with a temporary folder of its own that goes with it: nothing is left
 * behind, however it ends.
 */
final class OwnJvm {

  private static final long MOST_MINUTES = 60;

  private OwnJvm() {}

  /**
   * Runs a class to its end; what it prints goes where this JVM's goes. It is told to end when this
   * JVM is, and after an hour.
   *
   * @param options of the JVM, besides those that this one was started with
   * @return its exit code
   */
  static int run(List<String> options, Class<?> main, List<String> args)
      throws IOException, InterruptedException {
    Path temporary = Files.createTempDirectory("first-response-bench-");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    boolean collects = options.stream().anyMatch(OwnJvm::choosesCollector);
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !collects || !choosesCollector(option))
        .forEach(command::add);
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(args);
    Process process = new ProcessBuilder(command).inheritIO().start();
    Thread end = new Thread(() -> end(process, temporary));
    Runtime.getRuntime().addShutdownHook(end);
    if (process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
      Runtime.getRuntime().removeShutdownHook(end);
    }
    end(process, temporary);
    return process.exitValue();
  }

  /** A JVM takes one of these. */
  private static boolean choosesCollector(String option) {
    return option.matches("-XX:[+]Use\\w+GC");
  }

  private static void end(Process process, Path temporary) {
    process.destroy();
    process.onExit().join();
    FileUtils.deleteDirectoryQuietly(temporary.toFile());
  }
}
