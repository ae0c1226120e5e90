package io.firstresponse.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/outdated}. */
class OutdatedIT {

  @TempDir Path folder;

  /** What Maven fetched another day is no answer. */
  @Test
  void withoutANetworkItFailsByOneLine() throws Exception {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    Path settings = folder.resolve("settings.xml");
    Files.writeString(
        settings,
        """
        <settings><mirrors><mirror>
          <id>central</id><mirrorOf>*</mirrorOf><url>http://127.0.0.1:%d/</url>
        </mirror></mirrors></settings>
        """
            .formatted(nobody));
    Path maven = folder.resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\nPATH='%s'\nexec mvn -s '%s' \"$@\"\n"
            .formatted(System.getenv("PATH"), settings));
    assertThat(maven.toFile().setExecutable(true)).isTrue();

    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "../../.ci/outdated")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(out).isEmptyFile();
    assertThat(Files.readAllLines(err)).as(Files.readString(err)).hasSize(1);
    assertThat(err).content().startsWith("Maven Central could not be asked").contains("127.0.0.1");
  }
}
