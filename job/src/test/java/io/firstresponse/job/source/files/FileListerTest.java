package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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
    assertThat(list(folder)).containsExactlyInAnyOrder("a.csv", "sub/d.json", "sub/deep/e");
    assertThat(list(folder.resolve("_sub"))).containsExactly("_sub/f.csv");
    assertThat(list(folder.resolve("_b.csv"))).containsExactly("_b.csv");
  }

  @Test
  void splitsCoverTheFileOnceAndHaveLastingIds() {
    URI file = folder.resolve("a.json").toUri();
    for (int length = 0; length < 50; length++) {
      for (int longest = 1; longest < 20; longest++) {
        List<FilesSplit> splits = FilesSplit.cut(file, length, longest);
        long end = 0;
        for (FilesSplit split : splits) {
          assertThat(split.offset()).isEqualTo(end);
          assertThat(split.length()).isLessThanOrEqualTo(longest);
          end = split.offset() + split.length();
        }
        assertThat(end).isEqualTo(length);
        assertThat(splits).extracting(FilesSplit::splitId).doesNotHaveDuplicates();
      }
    }
    assertThat(FilesSplit.cut(file, 1_001, 100)).hasSize(11);
  }

  @Test
  void splitsAreOrderedByNameAndOffset() {
    List<FilesSplit> order = new ArrayList<>();
    for (String name :
        List.of(
            "1.json", "2.json", "10.json", "a 1.json", "a-1/x9.json", "a-1/x010.json", "a-2/x1")) {
      order.addAll(FilesSplit.cut(folder.resolve(name).toUri(), 250, 100));
    }
    List<FilesSplit> shuffled = new ArrayList<>(order);
    Collections.shuffle(shuffled, new Random(9));
    shuffled.sort(FilesSplit.ORDER);
    assertThat(shuffled).isEqualTo(order).hasSize(21);
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

  private List<String> list(Path path) throws IOException {
    FileLister.Listing listing = new FileLister(path.toUri()).list();
    assertThat(listing.unreadable()).isEmpty();
    return listing.files().stream()
        .map(file -> folder.relativize(Path.of(file.uri())).toString())
        .toList();
  }
}
