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

  private record Due(long packed, long b, long a, long labels) {}

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
        int labelled = random.nextInt(3);
        Map<ConversationKey, List<Due>> expected = new HashMap<>();
        for (int i = 0; i < count; i++) {
          Message message =
              new Message(
                  random.nextInt(4),
                  random.nextLong(customers) - customers / 2,
                  random.nextInt(5_000),
                  MessageKind.ofCode(random.nextInt(3)),
                  false,
                  random.nextInt(4) < labelled ? random.nextInt(5) - 2 : Message.NO_LABELS,
                  Texts.NONE);
          Due one = new Due(MessageOrder.pack(message), message.b(), message.a(), message.labels());
          due.add(one.packed, one.b, one.a, one.labels);
          expected.computeIfAbsent(mode.key(one.b, one.a), key -> new ArrayList<>()).add(one);
        }
        due.sort();
        assertThat(due.size()).isEqualTo(count);
        for (int from = 0, to; from < count; from = to) {
          to = due.endOfKey(from);
          List<Due> found = new ArrayList<>();
          for (int i = from; i < to; i++) {
            found.add(new Due(due.packed(i), due.b(i), due.a(i), due.labels(i)));
          }
          List<Due> ofKey = expected.remove(due.key(from));
          assertThat(ofKey).as("seed %d, a key that comes twice", seed).isNotNull();
          ofKey.sort(
              Comparator.comparingLong((Due one) -> MessageOrder.place(one.packed))
                  .thenComparingLong(Due::a)
                  .thenComparing(one -> one.labels == Message.NO_LABELS)
                  .thenComparingLong(Due::labels));
          assertThat(found).as("seed %d", seed).isEqualTo(ofKey);
        }
        assertThat(expected).as("seed %d", seed).isEmpty();
        due.clear();
      }
    }
  }
}
