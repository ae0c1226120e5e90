package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.testing.TestLabels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitingMessagesTest {

  private static final Comparator<Message> BY_CUSTOMER = Comparator.comparingLong(Message::b);
  private static final Comparator<Message> BY_AGENT = Comparator.comparingLong(Message::a);
  private static final Comparator<Message> BY_LABELS =
      Comparator.comparing((Message message) -> message.labels() == Message.NO_LABELS)
          .thenComparingLong(Message::labels);
  private static final Comparator<Message> BY_TIME =
      Comparator.comparingLong(Message::ts).thenComparing(Message::kind);

  @Test
  void handsOutWhatIsDueAndNothingElseInOrder() {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      ResponseMode mode =
          random.nextBoolean() ? ResponseMode.ANY_AGENT : ResponseMode.ADDRESSED_AGENT;
      Comparator<Message> order =
          mode == ResponseMode.ANY_AGENT
              ? BY_CUSTOMER.thenComparing(BY_TIME).thenComparing(BY_AGENT)
              : BY_CUSTOMER.thenComparing(BY_AGENT).thenComparing(BY_TIME);
      order = order.thenComparing(BY_LABELS);
      int labelled = random.nextInt(3);
      WaitingMessages pending = new WaitingMessages();
      DueMessages due = new DueMessages(mode);
      List<Message> waiting = new ArrayList<>();
      long watermark = -1_000;
      for (int round = 1 + random.nextInt(6); round > 0; round--) {
        for (int i = random.nextInt(60); i > 0; i--) {
          long millis = watermark + 1 + random.nextInt(1 << random.nextInt(12));
          Message message =
              new Message(
                  random.nextInt(3),
                  random.nextInt(3),
                  millis * 1000 + random.nextInt(3),
                  MessageKind.ofCode(random.nextInt(3)),
                  false,
                  random.nextInt(4) < labelled ? random.nextInt(5) - 2 : Message.NO_LABELS,
                  Texts.NONE);
          waiting.add(message);
          add(pending, message);
        }
        WaitingMessages view = pending;
        pending = pending.copy();
        List<Message> viewed = new ArrayList<>(waiting);

        watermark += random.nextInt(1 << random.nextInt(12));
        long through = watermark;
        List<Message> expected =
            waiting.stream().filter(m -> m.millis() <= through).sorted(order).toList();
        waiting.removeIf(m -> m.millis() <= through);
        pending.takeThrough(watermark, due);
        due.sort();
        assertThat(messages(due)).as("seed %d", seed).isEqualTo(expected);
        assertThat(pending.size()).as("seed %d", seed).isEqualTo(waiting.size());
        due.clear();

        add(pending, new Message(1, 1, (watermark + 1) * 1000, true));
        waiting.add(new Message(1, 1, (watermark + 1) * 1000, true));
        assertThat(messages(view))
            .as("seed %d: what was copied stays as it was", seed)
            .containsExactlyInAnyOrderElementsOf(viewed);
      }
      assertThat(messages(pending)).containsExactlyInAnyOrderElementsOf(waiting);
    }
  }

  @Test
  void takesManyStepsThroughManyMessages() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      WaitingMessages pending = new WaitingMessages();
      DueMessages due = new DueMessages(ResponseMode.ANY_AGENT);
      List<Message> waiting = new ArrayList<>();
      for (long watermark = -1; watermark < 20_000; watermark += 1 + random.nextInt(2_000)) {
        for (int i = random.nextInt(4_000); i > 0; i--) {
          long millis = watermark + 1 + random.nextInt(1 << random.nextInt(14));
          Message message =
              TestLabels.with(
                  new Message(1, random.nextInt(9), millis * 1000, true),
                  Math.max(0, random.nextInt(20) - 10));
          waiting.add(message);
          add(pending, message);
        }
        WaitingMessages view = pending;
        pending = pending.copy();
        List<Message> viewed = new ArrayList<>(waiting);
        long through = watermark + random.nextInt(100);
        pending.takeThrough(through, due);
        assertThat(sorted(messages(due)))
            .as("seed %d", seed)
            .isEqualTo(sorted(waiting.stream().filter(m -> m.millis() <= through).toList()));
        due.clear();
        waiting.removeIf(m -> m.millis() <= through);
        watermark = through;
        assertThat(sorted(messages(pending))).as("seed %d", seed).isEqualTo(sorted(waiting));
        assertThat(sorted(messages(view)))
            .as("seed %d: what was copied stays as it was", seed)
            .isEqualTo(sorted(viewed));
      }
    }
  }

  @Test
  void ordersFloodsAndGivesTheirSpaceBack() {
    Random random = new Random(7);
    DueMessages due = new DueMessages(ResponseMode.ANY_AGENT);
    WaitingMessages pending = new WaitingMessages();
    for (int i = 0; i < 400_000; i++) {
      add(
          pending,
          new Message(random.nextInt(9), random.nextInt(1_000), random.nextInt(1 << 20), true));
    }
    pending.takeThrough(Long.MAX_VALUE, due);
    assertThat(due.size()).isEqualTo(400_000);
    due.sort();
    List<Message> ordered = messages(due);
    // Customers come in any order.
    Map<Long, Integer> places = new HashMap<>();
    ordered.forEach(message -> places.putIfAbsent(message.b(), places.size()));
    Comparator<Message> byPlace = Comparator.comparing(message -> places.get(message.b()));
    assertThat(ordered).isSortedAccordingTo(byPlace.thenComparing(BY_TIME).thenComparing(BY_AGENT));
    due.clear();
    due.add(1, 2, 3, Message.NO_LABELS);
    due.sort();
    assertThat(due.size()).isEqualTo(1);
  }

  @Test
  void keepsTheExtremesOfTimeAndIds() {
    Message last = new Message(Long.MAX_VALUE, Long.MIN_VALUE, Message.MAX_TS, true);
    Message first = new Message(Long.MIN_VALUE, Long.MAX_VALUE, Message.MIN_TS, false);
    WaitingMessages pending = new WaitingMessages();
    add(pending, last);
    add(pending, first);
    DueMessages due = new DueMessages(ResponseMode.ANY_AGENT);
    pending.takeThrough(first.millis(), due);
    assertThat(messages(due)).containsExactly(first);
    due.clear();
    pending.takeThrough(Long.MAX_VALUE, due);
    assertThat(messages(due)).containsExactly(last);
    due.clear();
    Message close = Message.close(Long.MAX_VALUE, Long.MIN_VALUE, Message.MAX_TS);
    add(pending, close);
    pending.takeThrough(Long.MAX_VALUE, due);
    assertThat(messages(due)).containsExactly(close);
  }

  private static List<Message> sorted(List<Message> messages) {
    return messages.stream()
        .sorted(BY_TIME.thenComparing(BY_CUSTOMER).thenComparing(BY_LABELS))
        .toList();
  }

  private static void add(WaitingMessages pending, Message message) {
    pending.add(message);
  }

  private static List<Message> messages(WaitingMessages pending) {
    List<Message> messages = new ArrayList<>();
    pending.forEach((packed, b, a, labels) -> messages.add(message(packed, b, a, labels)));
    return messages;
  }

  private static List<Message> messages(DueMessages due) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < due.size(); i++) {
      messages.add(message(due.packed(i), due.b(i), due.a(i), due.labels(i)));
    }
    return messages;
  }

  private static Message message(long packed, long b, long a, long labels) {
    return new Message(
        a, b, MessageOrder.ts(packed), MessageOrder.kind(packed), false, labels, Texts.NONE);
  }
}
