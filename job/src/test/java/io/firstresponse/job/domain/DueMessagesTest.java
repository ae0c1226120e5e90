package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueMessagesTest {

  private record Due(long packed, long b, long a) {}

  /** From few to many, with which another way of sorting begins. */
  @Test
  void thoseOfAKeyComeTogetherAndInOrder() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      ResponseMode mode =
          random.nextBoolean() ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      DueMessages due = new DueMessages(mode);
      for (int round = 0; round < 3; round++) {
        int count = random.nextInt(6_000);
        long customers = 1L + random.nextInt(1 + random.nextInt(6_000));
        Map<ConversationKey, List<Due>> expected = new HashMap<>();
        for (int i = 0; i < count; i++) {
          Due one =
              new Due(
                  MessageOrder.pack(random.nextInt(5_000), MessageKind.ofCode(random.nextInt(3))),
                  random.nextLong(customers) - customers / 2,
                  random.nextInt(4));
          due.add(one.packed, one.b, one.a);
          expected.computeIfAbsent(mode.key(one.b, one.a), key -> new ArrayList<>()).add(one);
        }
        due.sort();
        assertThat(due.size()).isEqualTo(count);
        for (int from = 0, to; from < count; from = to) {
          to = due.endOfKey(from);
          List<Due> found = new ArrayList<>();
          for (int i = from; i < to; i++) {
            found.add(new Due(due.packed(i), due.b(i), due.a(i)));
          }
          List<Due> ofKey = expected.remove(due.key(from));
          assertThat(ofKey).as("seed %d, a key that comes twice", seed).isNotNull();
          ofKey.sort(Comparator.comparingLong(Due::packed).thenComparingLong(Due::a));
          assertThat(found).as("seed %d", seed).isEqualTo(ofKey);
        }
        assertThat(expected).as("seed %d", seed).isEmpty();
        due.clear();
      }
    }
  }
}
