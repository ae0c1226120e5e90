package io.firstresponse.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * The folder of a Flink distribution: {@code lib} and {@code plugins}, as in Flink's own downloads
 * or as the build assembles it from Maven Central.
 */
public final class FlinkHome {

  private static final Pattern VERSIONS = Pattern.compile("2\\.[23]\\..*");

  private final Path folder;

  private FlinkHome(Path folder) {
    this.folder = folder;
  }

  /**
   * The distribution in a folder, whose jars are on this process's class path.
   *
   * @throws ClusterException when it is not a distribution, or of a version that is not supported
   */
  public static FlinkHome at(Path folder) throws ClusterException {
    if (!Files.isDirectory(folder.resolve("lib"))) {
      throw new ClusterException(
          "There is no Flink in %s: it has no folder lib.".formatted(folder));
    }
    if (!VERSIONS.matcher(EnvironmentInformation.getVersion()).matches()) {
      throw new ClusterException(
          "The Flink in %s is version %s; this release needs 2.3, or 2.2."
              .formatted(folder, EnvironmentInformation.getVersion()));
    }
    return new FlinkHome(folder.toAbsolutePath().normalize());
  }

  /** The command that runs a class of this Flink in a new JVM of the JDK that runs this process. */
  ProcessBuilder java(List<String> jvmOptions, String mainClass, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", folder.resolve("lib") + "/*", mainClass));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLINK_PLUGINS_DIR", folder.resolve("plugins").toString());
    return builder;
  }
}
