package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListerTest {

  @TempDir private Path folder;

  @Test
  void findsVisibleFilesInAllSubfolders() throws IOException {
    for (String name :
        List.of("a.csv", "_b.csv", ".c.csv", "sub/d.json", "sub/deep/e", "_sub/f.csv", ".sub/g")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), "x");
    }
    assertThat(paths(list(folder, 10)))
        .containsExactlyInAnyOrder("a.csv", "sub/d.json", "sub/deep/e");
    assertThat(paths(list(folder.resolve("_sub"), 10))).containsExactly("_sub/f.csv");
    assertThat(paths(list(folder.resolve("_b.csv"), 10))).containsExactly("_b.csv");
  }

  @Test
  void cutsOnlyWhatCanBeReadFromTheMiddle() throws IOException {
    for (String name : List.of("a.json", "b.json.gz", "c.csv", "d")) {
      Files.write(folder.resolve(name), new byte[1_001]);
    }
    Files.createFile(folder.resolve("e.json"));
    assertThat(paths(list(folder, 100)).stream().filter("a.json"::equals)).hasSize(11);
    assertThat(paths(list(folder, 100)))
        .filteredOn(path -> !path.equals("a.json"))
        .containsExactlyInAnyOrder("b.json.gz", "c.csv", "d", "e.json");
    assertThat(paths(list(folder, Long.MAX_VALUE))).doesNotHaveDuplicates().hasSize(5);
  }

  @Test
  void splitsCoverTheFileOnceAndHaveLastingIds() throws IOException {
    Path file = folder.resolve("a.json");
    for (int length = 0; length < 50; length++) {
      Files.write(file, new byte[length]);
      for (int splitBytes = 1; splitBytes < 20; splitBytes++) {
        List<FileSourceSplit> splits = list(file, splitBytes);
        long end = 0;
        for (FileSourceSplit split : splits) {
          assertThat(split.offset()).isEqualTo(end);
          assertThat(split.length()).isLessThanOrEqualTo(splitBytes);
          end = split.offset() + split.length();
        }
        assertThat(end).isEqualTo(length);
        assertThat(ids(splits)).doesNotHaveDuplicates().isEqualTo(ids(list(file, splitBytes)));
      }
    }
  }

  @Test
  void splitsAreHandedOutInNaturalOrder() throws IOException {
    List<String> order =
        List.of("1.json", "2.json", "10.json", "a-1/x9.json", "a-1/x010.json", "a-2/x1.json");
    for (String name : order) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.write(folder.resolve(name), new byte[250]);
    }
    List<FileSourceSplit> splits = list(folder, 100);
    Collections.shuffle(splits, new Random(9));
    OrderedSplitAssigner assigner = new OrderedSplitAssigner(splits.subList(0, 10));
    assigner.addSplits(splits.subList(10, splits.size()));
    assertThat(assigner.remainingSplits()).hasSize(18);

    List<FileSourceSplit> handedOut = new ArrayList<>();
    for (Optional<FileSourceSplit> next = assigner.getNext(null);
        next.isPresent();
        next = assigner.getNext("host")) {
      handedOut.add(next.get());
    }
    assertThat(paths(handedOut).stream().distinct()).containsExactlyElementsOf(order);
    assertThat(handedOut.stream().map(FileSourceSplit::offset).limit(3))
        .containsExactly(0L, 84L, 168L);
    // One that comes back after a failure goes out before all that follow it.
    assigner.addSplits(List.of(handedOut.get(7), handedOut.get(3)));
    assertThat(assigner.getNext(null)).contains(handedOut.get(3));
  }

  @Test
  void naturalOrderIsTotal() {
    List<String> order =
        Arrays.asList(
            "",
            "007",
            "07",
            "7",
            "07a",
            "8",
            "10",
            "99999999999999999999999",
            "a",
            "a1",
            "a1b",
            "a02",
            "b");
    for (int i = 0; i < order.size(); i++) {
      for (int k = 0; k < order.size(); k++) {
        assertThat(Integer.signum(NaturalOrder.INSTANCE.compare(order.get(i), order.get(k))))
            .as("%s, %s", order.get(i), order.get(k))
            .isEqualTo(Integer.compare(i, k));
      }
    }
  }

  private List<FileSourceSplit> list(Path path, long splitBytes) throws IOException {
    return new ArrayList<>(
        new FileLister(null, splitBytes)
            .enumerateSplits(
                new org.apache.flink.core.fs.Path[] {
                  org.apache.flink.core.fs.Path.fromLocalFile(path.toFile())
                },
                1));
  }

  private List<String> paths(List<FileSourceSplit> splits) {
    return splits.stream()
        .map(split -> folder.relativize(Path.of(split.path().getPath())).toString())
        .collect(Collectors.toList());
  }

  private static List<String> ids(List<FileSourceSplit> splits) {
    return splits.stream().map(FileSourceSplit::splitId).collect(Collectors.toList());
  }
}
