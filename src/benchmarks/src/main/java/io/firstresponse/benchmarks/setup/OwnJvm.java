package io.firstresponse.benchmarks.setup;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;

/**
 * Another JVM with the options of this one and a temporary folder of its own, which is deleted
 * afterwards however the JVM ends.
 */
public final class OwnJvm {

  private static final long MOST_MINUTES = 60;

  private OwnJvm() {}

  /**
   * Runs a class to its end, with the output of this JVM. The other JVM is terminated when this one
   * ends, and after an hour.
   *
   * @param options of the JVM, besides those that this one was started with
   * @return its exit code
   */
  public static int run(List<String> options, Class<?> main, List<String> args)
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

  /** Whether an option selects a garbage collector. A JVM accepts only one such option. */
  private static boolean choosesCollector(String option) {
    return option.matches("-XX:[+]Use\\w+GC");
  }

  private static void end(Process process, Path temporary) {
    process.destroy();
    process.onExit().join();
    FileUtils.deleteDirectoryQuietly(temporary.toFile());
  }
}
