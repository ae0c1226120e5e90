package io.firstresponse.system.upgrade;

import io.firstresponse.cluster.ClusterProcess;
import io.firstresponse.job.testing.TestDatabase;
import io.firstresponse.system.cluster.FlinkCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources of a cluster after a full garbage collection.
 *
 * @param processes the JobManager and the TaskManagers, by name
 * @param diskBytes bytes of the cluster's folder, without logs, and without savepoints, which are
 *     kept on purpose
 * @param logBytes bytes of the logs
 * @param connections open connections to the database
 */
record Footprint(
    Map<String, OfProcess> processes, long diskBytes, long logBytes, long connections) {

  private static final Pattern LOADER =
      Pattern.compile("(?m)^0x\\S+ +\\S+ +\\S+ +(\\d+) +(\\d+) +\\d+ +(\\S+)");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total = +\\d+ +(\\d+) +(\\d+) +\\d+");
  private static final String OF_JOBS = "org.apache.flink.util.ChildFirstClassLoader";

  /**
   * The resources of one process.
   *
   * @param jobLoaders class loaders of jobs that are reachable
   * @param jobLoaderBytes metaspace bytes of the largest of them
   * @param classes loaded classes of all loaders
   * @param metaspaceBytes metaspace bytes of all loaders
   * @param threads threads of the process; 0 where there is no {@code /proc}
   * @param descriptors open files and sockets; 0 where there is no {@code /proc}
   */
  record OfProcess(
      long jobLoaders,
      long jobLoaderBytes,
      long classes,
      long metaspaceBytes,
      long threads,
      long descriptors) {

    private static OfProcess of(ClusterProcess process) throws Exception {
      jcmd(process, "GC.run");
      String loaders = jcmd(process, "VM.classloader_stats");
      long jobLoaders = 0;
      long jobLoaderBytes = 0;
      Matcher loader = LOADER.matcher(loaders);
      while (loader.find()) {
        if (loader.group(3).equals(OF_JOBS)) {
          jobLoaders++;
          jobLoaderBytes = Math.max(jobLoaderBytes, Long.parseLong(loader.group(2)));
        }
      }
      Matcher total = TOTAL.matcher(loaders);
      if (!total.find()) {
        throw new AssertionError("no total in " + loaders);
      }
      Path proc = Path.of("/proc", Long.toString(process.pid()));
      return new OfProcess(
          jobLoaders,
          jobLoaderBytes,
          Long.parseLong(total.group(1)),
          Long.parseLong(total.group(2)),
          entries(proc.resolve("task")),
          entries(proc.resolve("fd")));
    }

    @Override
    public String toString() {
      return "%d job loaders of %,d KB, %,d classes in %,d KB, %d threads, %d descriptors"
          .formatted(
              jobLoaders,
              jobLoaderBytes / 1024,
              classes,
              metaspaceBytes / 1024,
              threads,
              descriptors);
    }
  }

  /**
   * Measures a cluster.
   *
   * @param folder of the cluster
   */
  static Footprint of(FlinkCluster cluster, Path folder, TestDatabase database) throws Exception {
    List<ClusterProcess> all = new ArrayList<>(List.of(cluster.processes().jobManager()));
    all.addAll(cluster.processes().taskManagers());
    Map<String, OfProcess> processes = new LinkedHashMap<>();
    for (ClusterProcess process : all) {
      processes.put(process.name(), OfProcess.of(process));
    }
    long disk = 0;
    for (String name : List.of("blobs", "checkpoints", "conf", "run", "tmp")) {
      disk += bytes(folder.resolve(name));
    }
    return new Footprint(
        processes,
        disk,
        bytes(cluster.processes().logFolder()),
        database.count(
            "select count(*) from pg_stat_activity"
                + " where datname = current_database() and application_name = 'first-response'"));
  }

  private static String jcmd(ClusterProcess process, String command) throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new AssertionError("jcmd %s of %s: %s".formatted(command, process, said));
    }
    return said;
  }

  private static long entries(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  /** The bytes of all files in a folder. A file that is deleted meanwhile does not count. */
  private static long bytes(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException e) {
          // The file belonged to a checkpoint that was replaced.
        }
      }
    } catch (UncheckedIOException e) {
      return bytes(folder);
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "%s; %,d KB on disk, %,d KB of logs, %d connections"
        .formatted(processes, diskBytes / 1024, logBytes / 1024, connections);
  }
}
