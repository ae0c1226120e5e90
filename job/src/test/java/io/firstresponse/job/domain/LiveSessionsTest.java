package io.firstresponse.job.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.SessionChange.Kind;
import io.firstresponse.job.testing.TestLabels;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Live rows, held against the window query over what has arrived, after every word. */
class LiveSessionsTest {

  @Test
  void rowsAreTheWindowQuerysOverWhatHasArrivedAtEveryMoment() throws IOException {
    for (long seed = 0; seed < 5_000; seed++) {
      for (ResponseMode mode : ResponseMode.values()) {
        check(seed, mode, 0);
      }
    }
  }

  @Test
  void soTheyAreWhenMessagesComeAgainInAnotherOrderAfterACrash() throws IOException {
    for (long seed = 10_000; seed < 15_000; seed++) {
      for (ResponseMode mode : ResponseMode.values()) {
        check(seed, mode, 6);
      }
    }
  }

  @Test
  void aRowIsWrittenOnceWhenNothingComesBetween() throws IOException {
    Desk desk = new Desk(ResponseMode.ANY_AGENT);
    desk.deliver(new Message(1, 2, 1_000, false));
    desk.deliver(new Message(1, 2, 1_000, false));
    desk.deliver(new Message(1, 2, 2_000, false));
    assertThat(desk.emitted).hasSize(1);
    desk.deliver(new Message(9, 2, 3_000, true));
    assertThat(desk.emitted).hasSize(2);
    desk.watermark(2);
    desk.tell();
    assertThat(desk.emitted).as("an answered session whose answer is not final").hasSize(2);
    desk.watermark(3);
    desk.tell();
    assertThat(desk.emitted)
        .extracting(SessionChange::kind)
        .containsExactly(Kind.NEW, Kind.CHANGED, Kind.CHANGED);
    assertThat(desk.emitted).extracting(SessionChange::isFinal).containsExactly(false, false, true);
  }

  @Test
  void whatWillSoonBeFinalIsPublishedOnce() throws IOException {
    Desk desk = new Desk(ResponseMode.ANY_AGENT);
    desk.arrive(asks(1_000));
    desk.turn(5);
    assertThat(desk.emitted).as("it will be final before the next round").isEmpty();
    desk.watermark(1);
    assertThat(desk.emitted).extracting(SessionChange::isFinal).containsExactly(true);

    desk.arrive(answers(7, 5_000));
    desk.turn(5);
    assertThat(desk.emitted).hasSize(1);
    desk.turn(1);
    assertThat(desk.emitted).as("the watermark did not come").hasSize(2);

    desk.arrive(asks(6_000));
    desk.turn(5);
    assertThat(desk.emitted).as("that will not be final").hasSize(3);
  }

  @Test
  void saysWhatItCorrectsAndWhichMessageItWas() throws IOException {
    Desk desk = new Desk(ResponseMode.ANY_AGENT);
    desk.deliver(asks(10));
    desk.deliver(answers(7, 40));
    desk.deliver(asks(50));
    assertThat(desk.corrections).as("what comes in order corrects nothing").isEmpty();

    Session answered = Session.open(2, 10, 1).answeredBy(7, 40);
    Session sooner = Session.open(2, 10, 1).answeredBy(8, 20);
    desk.deliver(answers(8, 20));
    assertThat(desk.corrections)
        .containsExactly(new Correction(answered, sooner, 20, 8, MessageKind.AGENT));

    desk.corrections.clear();
    desk.deliver(asks(30));
    desk.deliver(asks(45));
    assertThat(desk.corrections)
        .as("a session that starts earlier is another one")
        .containsExactly(new Correction(Session.open(2, 50, 1), null, 45, 1, MessageKind.CUSTOMER));

    desk.corrections.clear();
    desk.deliver(answers(9, 47));
    assertThat(desk.corrections)
        .as("an answer that others came before")
        .containsExactly(
            new Correction(
                Session.open(2, 45, 1),
                Session.open(2, 45, 1).answeredBy(9, 47),
                47,
                9,
                MessageKind.AGENT));
  }

  @Test
  void aCloseThatComesInOrderCorrectsNothing() throws IOException {
    Desk desk = new Desk(ResponseMode.ANY_AGENT);
    desk.deliver(asks(10));
    desk.deliver(Message.close(Session.NOBODY, 2, 30));
    desk.deliver(Message.close(7, 2, 30));
    desk.deliver(asks(40));
    desk.deliver(Message.close(7, 2, 50));
    assertThat(desk.corrections).isEmpty();
    desk.compare(
        0,
        List.of(
            asks(10),
            Message.close(Session.NOBODY, 2, 30),
            asks(40),
            Message.close(Session.NOBODY, 2, 50)));

    Session closed = Session.open(2, 10, 1).closed(30);
    desk.deliver(Message.close(7, 2, 20));
    assertThat(desk.corrections)
        .containsExactly(
            new Correction(closed, Session.open(2, 10, 1).closed(20), 20, 7, MessageKind.CLOSE));
    desk.corrections.clear();
    desk.deliver(answers(9, 20));
    assertThat(desk.corrections)
        .as("an answer at the time of the close comes before it")
        .containsExactly(
            new Correction(
                Session.open(2, 10, 1).closed(20),
                Session.open(2, 10, 1).answeredBy(9, 20),
                20,
                9,
                MessageKind.AGENT));
  }

  @Test
  void copiesThatDifferInLabelsCorrectThem() throws IOException {
    Desk desk = new Desk(ResponseMode.ANY_AGENT);
    desk.deliver(asks(10));
    desk.deliver(TestLabels.with(asks(10), 7));
    assertThat(desk.corrections)
        .containsExactly(
            new Correction(
                Session.open(2, 10, 1), Session.open(2, 10, 1, 7), 10, 1, MessageKind.CUSTOMER));
    desk.corrections.clear();
    desk.deliver(TestLabels.with(asks(10), 9));
    desk.deliver(TestLabels.with(asks(20), 5));
    desk.deliver(answers(8, 30));
    assertThat(desk.corrections).as("the smaller labels stay, those of the opening").isEmpty();
    desk.deliver(TestLabels.with(asks(10), -3));
    Session answered = Session.open(2, 10, 1, 7).answeredBy(8, 30);
    assertThat(desk.corrections)
        .containsExactly(
            new Correction(
                answered,
                Session.open(2, 10, 1, -3).answeredBy(8, 30),
                10,
                1,
                MessageKind.CUSTOMER));
  }

  private static Message asks(long ts) {
    return new Message(1, 2, ts, false);
  }

  private static Message answers(long a, long ts) {
    return new Message(a, 2, ts, true);
  }

  private static void check(long seed, ResponseMode mode, int crashes) throws IOException {
    Random random = new Random(seed);
    List<Message> messages = new ArrayList<>(Traces.of(seed).messages());
    Collections.shuffle(messages, random);
    long[] minFrom = new long[messages.size() + 1];
    minFrom[messages.size()] = Long.MAX_VALUE;
    for (int i = messages.size() - 1; i >= 0; i--) {
      minFrom[i] = Math.min(minFrom[i + 1], messages.get(i).millis());
    }
    Desk desk = new Desk(mode);
    desk.checkpoint();
    int next = 0;
    int checkpointed = 0;
    while (next < messages.size()) {
      desk.arrive(messages.get(next++));
      if (random.nextInt(3) > 0) {
        desk.tell();
        desk.compare(seed, messages.subList(0, next));
      }
      if (random.nextInt(4) == 0) {
        desk.watermark(minFrom[next] - 1 - random.nextInt(50));
        desk.tell();
        desk.compare(seed, messages.subList(0, next));
      }
      if (random.nextInt(6) == 0) {
        desk.checkpoint();
        checkpointed = next;
      }
      if (crashes > 0 && random.nextInt(8) == 0) {
        crashes--;
        desk.restore();
        // What had arrived since comes again, in another order and in other steps.
        List<Message> again = messages.subList(checkpointed, next);
        Collections.shuffle(again, random);
        for (Message message : again) {
          desk.arrive(message);
          if (random.nextBoolean()) {
            desk.tell();
          }
        }
        desk.tell();
        desk.compare(seed, messages.subList(0, next));
      }
    }
    desk.watermark(Long.MAX_VALUE);
    desk.tell();
    desk.compare(seed, messages);
    assertThat(desk.rows.values()).as("seed %d", seed).allMatch(SessionChange::isFinal);
    assertThat(desk.open)
        .as("seed %d", seed)
        .hasSize((int) desk.rows.values().stream().filter(r -> r.session().isOpen()).count());
  }

  /** The parts of the domain together, and the table that they tell of. */
  private static final class Desk implements Shard {

    private final ResponseMode mode;
    private Map<ConversationKey, OpenSession> open = new HashMap<>();
    private WaitingMessages waiting;
    private LiveSessions sessions;
    private long watermark = Long.MIN_VALUE;
    private final Map<List<Long>, SessionChange> rows = new HashMap<>();
    private final List<SessionChange> emitted = new ArrayList<>();
    private final List<Correction> corrections = new ArrayList<>();
    private final List<SessionChange> together = new ArrayList<>();
    private Set<List<Long>> unheardOf = Set.of();

    private Map<ConversationKey, OpenSession> checkpointedOpen;
    private WaitingMessages checkpointedWaiting;

    Desk(ResponseMode mode) {
      this.mode = mode;
      this.sessions = new LiveSessions(mode, this::take, corrections::add, false);
      this.waiting = linked();
    }

    void deliver(Message message) throws IOException {
      arrive(message);
      tell();
    }

    private WaitingMessages linked() {
      WaitingMessages none = new WaitingMessages();
      none.indexKeys(mode);
      return none;
    }

    void arrive(Message message) {
      assertThat(message.millis()).isGreaterThan(watermark);
      waiting.add(message);
    }

    void tell() throws IOException {
      turn(Long.MIN_VALUE);
    }

    void turn(long soon) throws IOException {
      sessions.publish(this, watermark, soon);
      assertThat(together).isEmpty();
    }

    void watermark(long to) throws IOException {
      watermark = Math.max(watermark, to);
      sessions.settle(this, watermark);
      assertThat(together).isEmpty();
    }

    @Override
    public void add(Message message) {
      arrive(message);
    }

    @Override
    public WaitingMessages dueThrough(long through) {
      return waiting;
    }

    @Override
    public OpenSessions openSessions() {
      return new MapOpenSessions(open);
    }

    @Override
    public void published(long packed, long b, long a, long labels) {}

    @Override
    public boolean waits() {
      return waiting.size() > 0;
    }

    /** As a snapshot does: what goes on is a copy, and what was is not changed. */
    void checkpoint() {
      checkpointedOpen = new HashMap<>(open);
      checkpointedWaiting = waiting;
      waiting = waiting.copy();
    }

    void restore() {
      open = new HashMap<>(checkpointedOpen);
      waiting = linked();
      checkpointedWaiting.forEach(
          (packed, b, a, labels) -> waiting.add(MessageOrder.stored(packed), b, a, labels));
      watermark = Long.MIN_VALUE;
      sessions = new LiveSessions(mode, this::take, corrections::add, true);
      unheardOf = new HashSet<>();
      rows.forEach(
          (key, row) -> {
            if (!row.isFinal()) {
              unheardOf.add(key);
            }
          });
    }

    /** As the sink does: what belongs together at once, and nothing final is undone. */
    private void take(SessionChange change) {
      emitted.add(change);
      together.add(change);
      if (!change.endsGroup()) {
        return;
      }
      if (together.get(0).kind() == Kind.REPLAY_START) {
        Session keyed = together.remove(0).session();
        Set<List<Long>> said = new HashSet<>();
        together.forEach(row -> said.add(key(row.session())));
        for (List<Long> row : Set.copyOf(unheardOf)) {
          if (row.get(0) == keyed.b() && row.get(1) == mode.key(0, keyed.asked()).a()) {
            unheardOf.remove(row);
            if (!said.contains(row)) {
              rows.remove(row);
            }
          }
        }
      }
      for (SessionChange row : together) {
        List<Long> key = key(row.session());
        SessionChange before = rows.get(key);
        boolean settled = before != null && before.isFinal();
        if (row.kind() == Kind.RETRACTED) {
          // After a crash it may look so until all has come again.
          if (!settled) {
            rows.remove(key);
          }
        } else if (!settled || before.session().isOpen()) {
          rows.put(key, row);
        }
      }
      together.clear();
    }

    private List<Long> key(Session session) {
      return List.of(session.b(), mode.key(session.b(), session.asked()).a(), session.openedAt());
    }

    void compare(long seed, List<Message> messages) {
      assertThat(
              rows.values().stream()
                  .map(SessionChange::session)
                  .sorted(WindowQuery.ROW_ORDER)
                  .toList())
          .as("seed %d, %s", seed, mode)
          .isEqualTo(WindowQuery.sessions(mode, messages));
    }
  }
}
