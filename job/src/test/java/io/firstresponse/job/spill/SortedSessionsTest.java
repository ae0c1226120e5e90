package io.firstresponse.job.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SortedSessionsTest {

  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  @Test
  void allComeOutInTheOrderOfTheirOpening() throws Exception {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      // A day, ten years, and all the time there is.
      long span =
          List.of(86_400_000_000L, 315_360_000_000_000L, Long.MAX_VALUE).get((int) (seed % 3));
      int count = random.nextInt(60_000);
      long heap = random.nextInt(3) * 400_000L;
      List<Session> expected = new ArrayList<>();
      List<Session> found = new ArrayList<>();
      boolean labels = seed % 4 > 1;
      try (SortedSessions sessions = new SortedSessions(() -> heap, labels)) {
        for (int i = 0; i < count; i++) {
          long openedAt = random.nextLong(span) - (seed % 2) * (span / 2);
          Session session =
              new Session(
                  i,
                  openedAt,
                  random.nextLong(),
                  i % 7,
                  random.nextLong(),
                  labels ? random.nextLong() : Message.NO_LABELS);
          expected.add(session);
          sessions.add(session);
        }
        int inFile = sessions.runsInFile();
        if (heap == 0 && count > 8192) {
          assertThat(inFile).as("seed %d", seed).isPositive();
        }
        sessions.drain(found::add);
        sessions.drain(found::add);
      }
      assertThat(found)
          .as("seed %d", seed)
          .isSortedAccordingTo(Comparator.comparingLong(Session::openedAt))
          .hasSameSizeAs(expected);
      assertThat(new HashSet<>(found)).as("seed %d", seed).isEqualTo(new HashSet<>(expected));
    }
  }

  @Test
  void theFileHasNoName() throws Exception {
    List<String> before = spillFiles();
    SpillFile file = new SpillFile();
    SpillFile.Region region = file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(region).isEqualTo(new SpillFile.Region(0, 3));
    assertThat(file.write(ByteBuffer.wrap(new byte[] {4}))).isEqualTo(new SpillFile.Region(3, 1));
    ByteBuffer read = ByteBuffer.allocate(2);
    file.read(region, 1, read);
    assertThat(read.array()).containsExactly(2, 3);
    assertThat(spillFiles()).containsExactlyInAnyOrderElementsOf(before);
    file.close();
    file.close();
  }

  @Test
  void aFileThatCannotBeReadSaysWhatToDo() throws Exception {
    try (SpillFile file = new SpillFile()) {
      SpillFile.Region region = file.write(ByteBuffer.wrap(new byte[] {1}));
      assertThatThrownBy(
              () ->
                  file.read(new SpillFile.Region(region.position(), 9), 0, ByteBuffer.allocate(9)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(TEMPORARY.toString())
          .hasMessageContaining("-Djava.io.tmpdir in env.java.opts.taskmanager");
    }
  }

  private static List<String> spillFiles() throws IOException {
    try (Stream<Path> files = Files.list(TEMPORARY)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("first-response-batch-"))
          .toList();
    }
  }
}
