package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.firstresponse.job.domain.Received;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesSourceTest {

  @TempDir private Path folder;

  private final Configuration options = new Configuration();

  @BeforeEach
  void namesAFolder() {
    options.set(FileOptions.PATH, folder.toString());
  }

  @Test
  void isBoundedUnlessItWatches() throws Exception {
    TypeInformation<Received> type = TypeInformation.of(Received.class);
    Source<Received, ?, ?> source = FilesSource.create(options, InstantSource.system(), type);
    assertThat(source.getBoundedness()).isEqualTo(Boundedness.BOUNDED);
    assertThat(((ResultTypeQueryable<?>) source).getProducedType()).isSameAs(type);
    assertThat(InstantiationUtil.clone(source)).isNotNull();

    options.set(FileOptions.WATCH_INTERVAL, Duration.ofSeconds(1));
    source = FilesSource.create(options, InstantSource.system(), type);
    assertThat(source.getBoundedness()).isEqualTo(Boundedness.CONTINUOUS_UNBOUNDED);
    assertThat(InstantiationUtil.clone(source)).isNotNull();
  }

  @Test
  void acceptsWhatCanBeRead() throws IOException {
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
    for (String name : new String[] {"f.json", "f.jsonl.gz", "f.csv"}) {
      Path file = Files.createFile(folder.resolve(name));
      options.set(FileOptions.PATH, file.toString());
      assertThatNoException().isThrownBy(() -> FilesSource.check(options));
      options.set(FileOptions.PATH, file.toUri().toString());
      assertThatNoException().isThrownBy(() -> FilesSource.check(options));
    }
  }

  @Test
  void refusesAPathThatIsNotThere() {
    options.set(FileOptions.PATH, folder.resolve("nowhere").toString());
    assertRefused("source.files.path", "nowhere", "does not exist");
    options.set(FileOptions.PATH, " ");
    assertRefused("source.files.path", "is needed");
    options.set(FileOptions.PATH, "nosuchscheme://host/path");
    assertRefused("source.files.path", "nosuchscheme");
    options.removeConfig(FileOptions.PATH);
    assertRefused("source.files.path", "is needed");
  }

  @Test
  void refusesWhatCannotBeReadUnlessItMayBeADeadLetter() throws IOException {
    Files.createFile(folder.resolve("fine.json"));
    Files.createSymbolicLink(folder.resolve("link.json"), folder.resolve("nothing"));
    assertRefused("source.files.path", folder.resolve("link.json") + " cannot be read");
    Files.delete(folder.resolve("link.json"));
    Files.createSymbolicLink(folder.resolve("self.json"), folder.resolve("self.json"));
    assertRefused("source.files.path", "self.json cannot be read");
    Files.delete(folder.resolve("self.json"));
    Files.createDirectories(folder.resolve("sub"));
    Files.createSymbolicLink(folder.resolve("sub/up"), folder);
    assertRefused("source.files.path", "sub/up/ cannot be read", "folder that it is in");
    options.set(FileOptions.ON_UNREADABLE, FileOptions.OnUnreadable.DEAD_LETTER);
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
  }

  @Test
  void acceptsOddNames() throws IOException {
    for (Path file : InputFiles.oddNames(folder)) {
      Files.createFile(file);
    }
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
    options.set(FileOptions.PATH, folder.resolve("a:b.json").toString());
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
    Path within = Files.createDirectory(folder.resolve("10:00 100%"));
    Files.createFile(within.resolve("a.json"));
    options.set(FileOptions.PATH, within.toString());
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
  }

  @Test
  void refusesAFileWhoseFormatCannotBeTold() throws IOException {
    options.set(FileOptions.PATH, Files.createFile(folder.resolve("messages.txt")).toString());
    assertRefused("source.files.format", "messages.txt", ".jsonl");
    options.set(FileOptions.FORMAT, FileOptions.FileFormat.CSV);
    assertThatNoException().isThrownBy(() -> FilesSource.check(options));
  }

  private void assertRefused(String... inMessage) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilesSource.check(options))
        .satisfies(e -> assertThat(e.getMessage()).contains(inMessage));
  }
}
