package io.firstresponse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a process is ended when it is the cluster's own, and only then. */
class ClusterProcessTest {

  @TempDir Path folder;

  @Test
  void endsItsOwn() throws Exception {
    Path file = folder.resolve("taskmanager-1");
    // tail takes the mark for one more file, and complains.
    ProcessBuilder command =
        new ProcessBuilder("tail", "-f", "/dev/null", "--", ClusterProcess.mark(file));
    ClusterProcess process = ClusterProcess.start(file, command, new File("/dev/null"));
    assertThat(process.isAlive()).isTrue();
    assertThat(ClusterProcess.of(file).pid()).isEqualTo(process.pid());

    process.kill();
    assertThat(process.isAlive()).isFalse();
    assertThat(file).exists();
    process.forget();
    assertThat(file).doesNotExist();
  }

  @Test
  void leavesAloneWhoeverHasTheSameNumberNow() throws Exception {
    Process stranger = new ProcessBuilder("tail", "-f", "/dev/null").start();
    try {
      Path file = Files.writeString(folder.resolve("taskmanager-1"), Long.toString(stranger.pid()));
      ClusterProcess process = ClusterProcess.of(file);
      assertThat(process.isAlive()).isFalse();
      process.requestEnd();
      process.kill();
      process.awaitEnd();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroy();
    }
  }
}
