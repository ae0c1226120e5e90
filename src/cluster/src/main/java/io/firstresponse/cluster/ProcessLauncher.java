package io.firstresponse.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * Starts JobManagers and TaskManagers with the memory and the JVM options that their configuration
 * sets, as the scripts in Flink's own {@code bin} folder do.
 */
final class ProcessLauncher {

  private final ClusterFolder folder;
  private final FlinkHome flink;

  ProcessLauncher(ClusterFolder folder, FlinkHome flink) {
    this.folder = folder;
    this.flink = flink;
  }

  /**
   * Starts the JobManager of a session cluster or of one job.
   *
   * @param mainClass one of Flink's entry points
   * @param jars the option that names the jar of the job, or nothing
   * @param args follow the options that this class sets
   */
  ClusterProcess jobManager(String mainClass, List<String> jars, List<String> args)
      throws IOException {
    Configuration configuration = ClusterConfiguration.read(folder);
    var memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    // Jars come first: their option takes every argument up to the next known one for a jar.
    List<String> all = new ArrayList<>(jars);
    all.addAll(List.of("--configDir", folder.conf().toString()));
    all.addAll(split(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
    all.addAll(args);
    return launch(
        ClusterFolder.JOB_MANAGER,
        configuration,
        JobManagerProcessUtils.generateJvmParametersStr(memory, configuration),
        CoreOptions.FLINK_JM_JVM_OPTIONS,
        mainClass,
        all);
  }

  /** Starts one more TaskManager. */
  ClusterProcess taskManager() throws IOException {
    Configuration configuration = ClusterConfiguration.read(folder);
    var memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    String name = folder.nextTaskManager();
    List<String> args = new ArrayList<>(List.of("--configDir", folder.conf().toString()));
    args.addAll(split(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
    args.addAll(List.of("-D", TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + name));
    return launch(
        name,
        configuration,
        ProcessMemoryUtils.generateJvmParametersStr(memory),
        CoreOptions.FLINK_TM_JVM_OPTIONS,
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        args);
  }

  private ClusterProcess launch(
      String name,
      Configuration configuration,
      String memory,
      ConfigOption<String> ownOptions,
      String mainClass,
      List<String> args)
      throws IOException {
    List<String> jvm = new ArrayList<>(List.of(ClusterProcess.mark(folder.processFile(name))));
    jvm.addAll(split(memory));
    jvm.addAll(split(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    jvm.addAll(split(configuration.get(ownOptions)));
    jvm.add("-Dlog.file=" + folder.log(name));
    jvm.add("-Dlog4j2.configurationFile=" + folder.conf().resolve("log4j.properties"));
    return ClusterProcess.start(
        folder.processFile(name),
        flink.java(jvm, mainClass, args),
        folder.logs().resolve(name + ".out").toFile());
  }

  private static List<String> split(String options) {
    return Arrays.stream(options.split("\\s+")).filter(option -> !option.isEmpty()).toList();
  }
}
