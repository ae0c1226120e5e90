package io.firstresponse.job.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.tables.SeenNamings.News;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeenNamingsTest {

  private final SeenNamings seen = new SeenNamings();

  @Test
  void anIdIsNewOnce() {
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NEW);
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NOTHING);
    assertThat(seen.see(id(0, "b"))).isEqualTo(News.NEW);
    assertThat(seen.see(id(0, "b"))).isEqualTo(News.NOTHING);
  }

  @Test
  void anotherIdWithTheSameKeyIsNewToo() {
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NEW);
    assertThat(seen.see(id(7, "b"))).isEqualTo(News.NEW);
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NOTHING);
    assertThat(seen.see(id(7, "b"))).isEqualTo(News.NOTHING);
  }

  @Test
  void ofNamesTheLaterOnesAreNews() {
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NEW);
    assertThat(seen.see(name("Ann", 10))).isEqualTo(News.CHANGE);
    assertThat(seen.see(name("Ann", 10))).isEqualTo(News.NOTHING);
    assertThat(seen.see(name("Ann", 12))).isEqualTo(News.LATER);
    assertThat(seen.see(name("Ann", 11))).isEqualTo(News.NOTHING);
    assertThat(seen.see(name("Zoe", 11))).isEqualTo(News.NOTHING);
    assertThat(seen.see(name("Zoe", 12))).as("the table decides").isEqualTo(News.CHANGE);
    assertThat(seen.see(name("Zoe", 13))).isEqualTo(News.CHANGE);
    assertThat(seen.see(id(7, "a"))).isEqualTo(News.NOTHING);
    assertThat(seen.see(name("Ann", 14))).isEqualTo(News.CHANGE);
  }

  /** What it forgets is new again; what it says is not new was seen. */
  @Test
  void memoryIsBounded() {
    SeenNamings small = new SeenNamings(1 << 12);
    Map<Long, Long> last = new HashMap<>();
    Random random = new Random(1);
    int news = 0;
    for (int i = 0; i < 200_000; i++) {
      long key = random.nextInt(2_000);
      News said = small.see(new Naming(key, "id " + key, "name", i));
      if (said == News.NEW || said == News.CHANGE) {
        news++;
      } else {
        assertThat(said).isEqualTo(News.LATER);
        assertThat(last).containsKey(key);
      }
      last.put(key, (long) i);
    }
    assertThat(small.slots()).isEqualTo(1 << 12);
    assertThat(news).isBetween(2_000, 6_000);
    for (long key = 10_000; key < 100_000; key++) {
      small.see(new Naming(key, "id " + key, null, 0));
    }
    assertThat(small.slots()).isEqualTo(1 << 12);
  }

  /** What is not forgotten is new once, so that the table need not be asked. */
  @Test
  void aMillionIdsAreRemembered() {
    int news = 0;
    for (int round = 0; round < 3; round++) {
      for (long key = 0; key < 1_000_000; key++) {
        news += seen.see(new Naming(key, null, "x", 1)) == News.NEW ? 1 : 0;
      }
    }
    assertThat(seen.slots()).isEqualTo(SeenNamings.MAX_SLOTS);
    assertThat(news).isEqualTo(1_000_000);
  }

  private static Naming id(long key, String id) {
    return new Naming(key, id, null, 0);
  }

  private static Naming name(String name, long ts) {
    return new Naming(7, "a", name, ts);
  }
}
