package io.firstresponse.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The folders of jars that the build fills and that are class paths as they are: what an earlier
 * build has left there would run beside what is meant.
 */
class JarFoldersIT {

  private static final Pattern JAR = Pattern.compile("(.+?)-\\d[\\w.]*(.*)\\.jar");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../broker/target/lib",
        "../local/target/lib",
        "../cluster/target/flink/lib",
        "../cluster/target/flink/plugins/metrics-prometheus"
      })
  void eachJarIsThereInOneVersion(String folder) throws Exception {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      List<String> artifacts =
          files.map(file -> artifact(file.getFileName().toString())).sorted().toList();
      assertThat(artifacts).isNotEmpty().doesNotHaveDuplicates();
    }
  }

  private static String artifact(String name) {
    Matcher jar = JAR.matcher(name);
    assertThat(jar.matches()).as(name).isTrue();
    return jar.group(1) + jar.group(2);
  }
}
