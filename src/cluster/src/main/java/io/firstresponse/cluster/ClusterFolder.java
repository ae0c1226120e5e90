package io.firstresponse.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a cluster. {@code conf} holds its configuration, {@code log} a log for each
 * process, {@code run} a file with the id of each process, {@code artifacts} the jar of a cluster
 * for one job.
 *
 * @param root need not exist
 */
record ClusterFolder(Path root) {

  static final String JOB_MANAGER = "jobmanager";

  private static final String TASK_MANAGER = "taskmanager-";

  ClusterFolder {
    root = root.toAbsolutePath().normalize();
  }

  /** Creates the folders that processes expect to find, and removes the jars of earlier starts. */
  void create() throws IOException {
    if (Files.isDirectory(artifacts())) {
      try (Stream<Path> jars = Files.list(artifacts())) {
        for (Path jar : jars.toList()) {
          Files.delete(jar);
        }
      }
    }
    for (Path path : List.of(conf(), logs(), run())) {
      Files.createDirectories(path);
    }
  }

  Path conf() {
    return root.resolve("conf");
  }

  Path logs() {
    return root.resolve("log");
  }

  /** The jar that the JobManager of one job runs, as Flink copies it. */
  Path artifacts() {
    return root.resolve("artifacts");
  }

  /** The log that a process writes. */
  Path log(String process) {
    return logs().resolve(process + ".log");
  }

  /** The file with the id of a process. */
  Path processFile(String process) {
    return run().resolve(process);
  }

  /** The TaskManagers that have a file, in the order of their numbers; some may be dead. */
  List<ClusterProcess> taskManagers() throws IOException {
    List<ClusterProcess> found = new ArrayList<>();
    if (Files.isDirectory(run())) {
      try (Stream<Path> files = Files.list(run())) {
        for (Path file :
            files.filter(path -> path.getFileName().toString().startsWith(TASK_MANAGER)).toList()) {
          found.add(ClusterProcess.of(file));
        }
      }
    }
    found.sort(Comparator.comparingInt(process -> number(process.name())));
    return found;
  }

  /**
   * A name for one more TaskManager. No name is used twice: the JobManager may not have noticed yet
   * that the TaskManager of that name is dead.
   */
  String nextTaskManager() throws IOException {
    Path counter = root.resolve("last-taskmanager");
    int number = 1 + Integer.parseInt(Files.exists(counter) ? Files.readString(counter) : "0");
    Files.writeString(counter, Integer.toString(number));
    return TASK_MANAGER + number;
  }

  private static int number(String taskManager) {
    return Integer.parseInt(taskManager.substring(TASK_MANAGER.length()));
  }

  private Path run() {
    return root.resolve("run");
  }
}
