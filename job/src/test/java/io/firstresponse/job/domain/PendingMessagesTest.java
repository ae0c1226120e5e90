package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PendingMessagesTest {

  @Test
  void handsOutInTheTotalOrder() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<Message> messages = new ArrayList<>();
      PendingMessages pending = new PendingMessages();
      List<Message> out = new ArrayList<>();
      int rounds = 1 + random.nextInt(4);
      for (int round = 0; round < rounds; round++) {
        for (int i = random.nextInt(80); i > 0; i--) {
          Message message =
              new Message(random.nextInt(3), 0, random.nextInt(40) - 20, random.nextBoolean());
          messages.add(message);
          pending.add(message);
        }
        pending = PendingMessages.of(pending.copy().toArray());
      }
      assertThat(pending.size()).isEqualTo(messages.size());
      while (!pending.isEmpty()) {
        out.add(
            new Message(pending.firstAgent(), 0, pending.firstTs(), pending.firstDirect(), false));
        pending.removeFirst();
      }
      messages.sort(
          Comparator.comparingLong(Message::ts)
              .thenComparing(Message::direct)
              .thenComparingLong(Message::a));
      assertThat(out).as("seed %d", seed).isEqualTo(messages);
    }
  }

  @Test
  void keepsTheExtremesOfTimeAndAgents() {
    PendingMessages pending = new PendingMessages();
    pending.add(new Message(Long.MAX_VALUE, 0, Message.MAX_TS, true));
    pending.add(new Message(Long.MIN_VALUE, 0, Message.MIN_TS, false));
    assertThat(pending.firstTs()).isEqualTo(Message.MIN_TS);
    assertThat(pending.firstAgent()).isEqualTo(Long.MIN_VALUE);
    assertThat(pending.firstDirect()).isFalse();
    pending.removeFirst();
    assertThat(pending.firstTs()).isEqualTo(Message.MAX_TS);
    assertThat(pending.firstAgent()).isEqualTo(Long.MAX_VALUE);
    assertThat(pending.firstDirect()).isTrue();
  }

  @Test
  void refusesHalfAMessage() {
    assertThatThrownBy(() -> PendingMessages.of(new long[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
