package io.firstresponse.job.source.files;

import static io.firstresponse.job.source.files.InputFiles.CSV_HEADER;
import static io.firstresponse.job.source.files.InputFiles.csv;
import static io.firstresponse.job.source.files.InputFiles.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesSplitReaderTest {

  /** Several times what a reader has in memory. */
  private static final int LINES = 40_000;

  @TempDir private Path folder;

  private final InputFiles files = new InputFiles();

  @Test
  void aFileOfAnyNameIsReadFromACheckpoint() throws Exception {
    FilesSplitSerializer serializer = new FilesSplitSerializer();
    Set<String> origins = new HashSet<>();
    List<Path> names = InputFiles.oddNames(folder);
    for (Path file : names) {
      Files.writeString(file, json(1) + "\nnonsense");
    }
    List<FileLister.Found> found = new FileLister(folder.toUri()).list().files();
    assertThat(found).hasSameSizeAs(names);
    for (FileLister.Found file : found) {
      FilesSplit split = FilesSplit.ofFile(file.uri(), file.length());
      FilesSplit restored =
          serializer.deserialize(serializer.getVersion(), serializer.serialize(split));
      assertThat(restored).isEqualTo(split);
      List<Received> received = read(restored, () -> {});
      assertThat(received.get(0)).isInstanceOf(Message.class);
      String origin = ((DeadLetter) received.get(1)).origin();
      assertThat(origin.chars()).allMatch(c -> !Character.isISOControl(c) && c != 0xFFFD);
      origins.add(origin);
    }
    assertThat(origins).hasSameSizeAs(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.json", "f.csv"})
  void aFileThatIsCutWhileItIsReadIsNamed(String name) throws Exception {
    FilesSplit split = large(name);
    assertThatThrownBy(() -> read(split, () -> cut(name)))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining(folder.resolve(name) + " cannot be read")
        .hasMessageContaining("has 1,000,000 now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.json", "f.csv"})
  void orWhatFollowsIsADeadLetter(String name) throws Exception {
    files.set(FileOptions.ON_UNREADABLE, OnUnreadable.DEAD_LETTER);
    List<Received> received = read(large(name), () -> cut(name));
    DeadLetter last = (DeadLetter) received.get(received.size() - 1);
    assertThat(last.reason()).isEqualTo(DeadLetter.Reason.UNREADABLE);
    assertThat(last.position()).isPositive();
    assertThat(received.subList(0, received.size() - 1)).hasSizeBetween(1_000, LINES - 1);
  }

  @Test
  void aFileThatIsNotAsItWasFoundIsNamed() throws Exception {
    Path file = folder.resolve("f.json.gz");
    Files.write(file, InputFiles.gzip(json(1)));
    FilesSplit split = files.whole(file);
    Files.write(file, InputFiles.gzip(json(1) + "\n" + json(2) + json(3) + "x"));
    assertThatThrownBy(() -> read(split, () -> {}))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("bytes when it was found");
    Files.delete(file);
    assertThatThrownBy(() -> read(split, () -> {}))
        .isInstanceOf(PermanentFailure.class)
        .hasMessageContaining("it was removed");
    Files.createDirectory(file);
    assertThatThrownBy(() -> read(split, () -> {})).isInstanceOf(PermanentFailure.class);
    files.set(FileOptions.ON_UNREADABLE, OnUnreadable.DEAD_LETTER);
    assertThat(InputFiles.summary(read(split, () -> {})))
        .containsExactly(DeadLetter.Reason.UNREADABLE);
  }

  private FilesSplit large(String name) throws IOException {
    boolean isCsv = name.endsWith(".csv");
    LongFunction<String> line = isCsv ? InputFiles::csv : InputFiles::json;
    Files.writeString(
        folder.resolve(name),
        LongStream.range(0, LINES)
            .mapToObj(line)
            .collect(
                Collectors.joining(
                    "\n", isCsv ? CSV_HEADER + "\n" : "", "\n" + (isCsv ? csv(1) : json(1)))));
    return files.whole(folder.resolve(name));
  }

  private void cut(String name) {
    try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
      file.truncate(1_000_000);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Reads the split to its end.
   *
   * @param meanwhile happens after the first records
   */
  private List<Received> read(FilesSplit split, Runnable meanwhile) throws Exception {
    List<Received> received = new ArrayList<>();
    FilesSplitReader reader = new FilesSplitReader(files.format());
    try {
      reader.handleSplitsChanges(new SplitsAddition<>(List.of(split)));
      RecordsWithSplitIds<RecordAndPosition<Received>> batch = reader.fetch();
      while (batch.finishedSplits().isEmpty()) {
        assertThat(batch.nextSplit()).isEqualTo(split.splitId());
        for (RecordAndPosition<Received> one = batch.nextRecordFromSplit();
            one != null;
            one = batch.nextRecordFromSplit()) {
          received.add(one.getRecord());
        }
        meanwhile.run();
        batch = reader.fetch();
      }
      assertThat(batch.finishedSplits()).containsExactly(split.splitId());
    } finally {
      reader.close();
    }
    return received;
  }
}
