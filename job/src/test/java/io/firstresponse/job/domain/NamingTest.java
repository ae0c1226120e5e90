package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamingTest {

  @Test
  void theLatestNameCounts() {
    Naming early = new Naming(1, "a", "Zoe", 10);
    Naming late = new Naming(1, "a", "Ann", 11);
    assertLatest(late, early);
  }

  @Test
  void aMessageWithoutANameChangesNone() {
    assertLatest(new Naming(1, "a", "Ann", 10), new Naming(1, "a", null, 99));
  }

  /** As PostgreSQL compares texts byte by byte, which is not the order of Java's characters. */
  @Test
  void ofTwoNamesAtOneTimeTheGreaterOneCounts() {
    List<String> names =
        List.of(
            "", "A", "Ann", "Anna", "B", "a", "é", "客", "\uFFFD", "\uD83D\uDE00", "\uD83D\uDE01");
    for (String one : names) {
      for (String other : names) {
        boolean less =
            Arrays.compareUnsigned(
                    one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8))
                < 0;
        if (less) {
          assertLatest(new Naming(1, null, other, 5), new Naming(1, null, one, 5));
        }
      }
    }
  }

  private static void assertLatest(Naming latest, Naming other) {
    assertThat(Naming.latest(latest, other)).isEqualTo(latest);
    assertThat(Naming.latest(other, latest)).isEqualTo(latest);
  }
}
