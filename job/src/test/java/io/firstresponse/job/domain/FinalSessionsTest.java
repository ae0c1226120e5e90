package io.firstresponse.job.domain;

import static io.firstresponse.job.domain.ResponseMode.ADDRESSED_AGENT;
import static io.firstresponse.job.domain.ResponseMode.ANY_AGENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contract's worked examples, and the cases that other systems got wrong. */
class FinalSessionsTest {

  private static final long CUSTOMER = 2;
  private static final String DAY = "2018-08-15T";

  @Test
  void seedsAnyAgentExampleInItsArrivalOrder() throws IOException {
    assertThat(
            sessions(
                ANY_AGENT,
                new Message(1, 2, 1, false),
                new Message(100, 2, 3, false),
                new Message(22, 2, 2, true),
                new Message(1, 2, 5, true)))
        .containsExactly(new Session(2, 1, 1, 22, 2), new Session(2, 3, 100, 1, 5));
  }

  @Test
  void seedsAddressedAgentExampleInItsArrivalOrder() throws IOException {
    assertThat(
            sessions(
                ADDRESSED_AGENT,
                new Message(1, 2, 1, false),
                new Message(1, 2, 3, false),
                new Message(1, 2, 2, true),
                new Message(1, 2, 5, true)))
        .containsExactly(new Session(2, 1, 1, 1, 2), new Session(2, 3, 1, 1, 5));
  }

  @Test
  void seedsTable() throws IOException {
    String trace =
        """
        20.82439 f, 21.341471 f, 23.084166 f, 23.160162 f, 23.596106 f, 23.735911 f, 23.869232 f,
        25.379688 t, 26.471402 t, 26.622047 t, 26.640313 t, 27.28104 f, 27.285187 f, 27.992076 t,
        28.233072 t, 28.590125 t, 29.6004 t, 30.058747 f, 30.114936 t, 30.237846 f, 30.468956 t,
        31.904644 t, 32.092077 t, 32.407465 t, 32.530952 f, 32.991299 f, 33.567598 f, 33.726376 f,
        33.734359 f, 34.288767 f
        """;
    Message[] messages =
        Arrays.stream(trace.strip().split(",\\s*"))
            .map(entry -> entry.split(" "))
            .map(entry -> new Message(9, 1, at("10:08:" + entry[0]), entry[1].equals("t")))
            .toArray(Message[]::new);

    assertThat(sessions(ADDRESSED_AGENT, messages))
        .containsExactly(
            new Session(1, at("10:08:20.82439"), 9, 9, at("10:08:25.379688")),
            new Session(1, at("10:08:27.28104"), 9, 9, at("10:08:27.992076")),
            new Session(1, at("10:08:30.058747"), 9, 9, at("10:08:30.114936")),
            new Session(1, at("10:08:30.237846"), 9, 9, at("10:08:30.468956")),
            Session.open(1, at("10:08:32.530952"), 9));
  }

  @Test
  void twoQuestionsAndOneAnswerAreOneSessionFromTheFirst() throws IOException {
    List<Session> sessions =
        sessions(ANY_AGENT, asks("10:10:15"), asks("10:15:20"), answers("10:18:10"));
    assertThat(sessions).hasSize(1);
    assertThat(seconds(sessions.get(0))).isEqualTo(475);

    List<Session> more =
        sessions(
            ANY_AGENT,
            asks("10:10:15"),
            asks("10:15:20"),
            answers("10:18:10"),
            asks("10:18:30"),
            answers("10:19:00"));
    assertThat(more).extracting(FinalSessionsTest::seconds).containsExactly(475L, 30L);
  }

  @Test
  void tenQuestionsWithoutAnswerAreOneOpenSession() throws IOException {
    Message[] messages = new Message[10];
    for (int i = 0; i < 10; i++) {
      messages[i] = asks("10:0" + i + ":00");
    }
    assertThat(sessions(ANY_AGENT, messages))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1));
  }

  @Test
  void waitsSinceTheFirstQuestion() throws IOException {
    assertThat(sessions(ANY_AGENT, asks("10:00:00"), asks("10:30:00")))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1));
  }

  @Test
  void aReopenedConversationStartsAtTheNewMessage() throws IOException {
    Message days = new Message(1, CUSTOMER, at("09:00:00") + 86_400_000_000L * 5, false);
    assertThat(sessions(ANY_AGENT, asks("10:00:00"), answers("10:01:00"), days))
        .containsExactly(
            new Session(CUSTOMER, at("10:00:00"), 1, 1, at("10:01:00")),
            Session.open(CUSTOMER, days.ts(), 1));
  }

  @Test
  void aCampaignOpensAndAnswersNothing() throws IOException {
    assertThat(sessions(ANY_AGENT, answers("10:00:00"))).isEmpty();
    assertThat(sessions(ANY_AGENT, answers("10:00:00"), asks("10:05:00")))
        .containsExactly(Session.open(CUSTOMER, at("10:05:00"), 1));
  }

  @Test
  void whoRepliedIsCreditedNotWhoWasAsked() throws IOException {
    Message byAnother = new Message(7, CUSTOMER, at("10:02:00"), true);
    assertThat(sessions(ANY_AGENT, asks("10:00:00"), byAnother))
        .containsExactly(new Session(CUSTOMER, at("10:00:00"), 1, 7, at("10:02:00")));
    assertThat(sessions(ADDRESSED_AGENT, asks("10:00:00"), byAnother))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1));
  }

  @Test
  void aReplyDeliveredBeforeItsQuestionAnswersIt() throws IOException {
    assertThat(sessions(ANY_AGENT, answers("10:01:00"), asks("10:00:00")))
        .containsExactly(new Session(CUSTOMER, at("10:00:00"), 1, 1, at("10:01:00")));
  }

  @Test
  void aReplyAtTheVeryTimeOfTheQuestionAnswersItInNoTime() throws IOException {
    assertThat(sessions(ANY_AGENT, answers("10:00:00"), asks("10:00:00")))
        .containsExactly(new Session(CUSTOMER, at("10:00:00"), 1, 1, at("10:00:00")));
  }

  @Test
  void deliveredTwiceIsOneMessage() throws IOException {
    assertThat(
            sessions(
                ANY_AGENT,
                asks("10:00:00"),
                asks("10:00:00"),
                answers("10:01:00"),
                answers("10:01:00")))
        .containsExactly(new Session(CUSTOMER, at("10:00:00"), 1, 1, at("10:01:00")));
  }

  @Test
  void amongTiesTheLowestAgentAnswersAndIsAsked() throws IOException {
    long ts = at("10:00:00");
    assertThat(
            sessions(
                ANY_AGENT,
                new Message(5, 2, ts, false),
                new Message(3, 2, ts, false),
                new Message(9, 2, ts, true),
                new Message(4, 2, ts, true)))
        .containsExactly(new Session(2, ts, 3, 4, ts));
  }

  @Test
  void orderInsideAMillisecondIsKept() throws IOException {
    long ts = at("10:00:00");
    assertThat(
            sessions(
                ANY_AGENT,
                new Message(1, 2, ts + 2, true),
                new Message(1, 2, ts + 3, false),
                new Message(1, 2, ts + 1, false)))
        .containsExactly(new Session(2, ts + 1, 1, 1, ts + 2), Session.open(2, ts + 3, 1));
  }

  /** Example 9 of the contract. */
  @Test
  void aCloseEndsTheWaitOfThanks() throws IOException {
    Message[] conversation = {
      asks("09:00:00"), answers("09:05:00"), asks("09:06:00"), closes("09:10:00")
    };
    Session answered = new Session(CUSTOMER, at("09:00:00"), 1, 1, at("09:05:00"));
    Session closed = Session.open(CUSTOMER, at("09:06:00"), 1).closed(at("09:10:00"));
    for (ResponseMode mode : ResponseMode.values()) {
      assertThat(sessions(mode, conversation)).containsExactly(answered, closed);
    }
    Message[] withQuestion = Arrays.copyOf(conversation, 5);
    withQuestion[4] = asks("09:10:00");
    assertThat(sessions(ANY_AGENT, withQuestion))
        .as("the customer comes before the close")
        .containsExactly(answered, closed);
  }

  @Test
  void closesComeLastOfTheirInstant() throws IOException {
    assertThat(sessions(ANY_AGENT, closes("10:00:00"), asks("10:00:00")))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1).closed(at("10:00:00")));
    assertThat(sessions(ANY_AGENT, closes("10:01:00"), answers("10:01:00"), asks("10:00:00")))
        .containsExactly(new Session(CUSTOMER, at("10:00:00"), 1, 1, at("10:01:00")));
  }

  @Test
  void aCloseWithoutAnOpenSessionAndASecondOneChangeNothing() throws IOException {
    assertThat(sessions(ANY_AGENT, closes("10:00:00"))).isEmpty();
    assertThat(
            sessions(
                ANY_AGENT,
                closes("10:00:00"),
                asks("10:01:00"),
                closes("10:02:00"),
                closes("10:02:00"),
                closes("10:03:00"),
                answers("10:04:00"),
                closes("10:05:00")))
        .containsExactly(Session.open(CUSTOMER, at("10:01:00"), 1).closed(at("10:02:00")));
  }

  /** Example 10 of the contract. */
  @Test
  void whoWritesToNobodyIsAnsweredByAnybodyAndClosedByNobody() throws IOException {
    Message toNobody = new Message(Session.NOBODY, CUSTOMER, at("10:00:00"), false);
    Message fromFive = new Message(5, CUSTOMER, at("10:01:00"), true);
    Message again = new Message(Session.NOBODY, CUSTOMER, at("10:02:00"), false);
    Message close = Message.close(Session.NOBODY, CUSTOMER, at("10:03:00"));
    assertThat(sessions(ANY_AGENT, toNobody, fromFive, again, close))
        .containsExactly(
            new Session(CUSTOMER, at("10:00:00"), Session.NOBODY, 5, at("10:01:00")),
            Session.open(CUSTOMER, at("10:02:00"), Session.NOBODY).closed(at("10:03:00")));
  }

  @Test
  void aCloseIsOfTheAgentAddressed() throws IOException {
    Message ofAnother = Message.close(7, CUSTOMER, at("10:02:00"));
    assertThat(sessions(ADDRESSED_AGENT, asks("10:00:00"), ofAnother))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1));
    assertThat(sessions(ANY_AGENT, asks("10:00:00"), ofAnother))
        .containsExactly(Session.open(CUSTOMER, at("10:00:00"), 1).closed(at("10:02:00")));
  }

  @Test
  void aClosedSessionComesOnceWithinAStepAndTwiceAcrossSteps() throws IOException {
    Desk desk = new Desk(ANY_AGENT);
    desk.add(asks("10:00:00"));
    desk.add(closes("10:00:10"));
    desk.add(asks("10:00:20"));
    desk.settle(at("10:00:20") / 1000);
    assertThat(desk.changed).extracting(Session::isOpen).containsExactly(false, true);
    desk.add(closes("10:01:00"));
    desk.settle(at("10:01:00") / 1000);
    assertThat(desk.changed).extracting(Session::isOpen).containsExactly(false, true, false);
    assertThat(desk.changed).extracting(Session::isClosed).containsExactly(true, false, true);
    assertThat(desk.open).isEmpty();
    assertThat(desk.sessions.opened()).isEqualTo(2);
    assertThat(desk.sessions.answered()).isZero();
    assertThat(desk.sessions.closed()).isEqualTo(2);
  }

  @Test
  void anAnsweredSessionComesOnceWithinAStepAndTwiceAcrossSteps() throws IOException {
    Desk desk = new Desk(ANY_AGENT);
    List<Session> changed = desk.changed;
    desk.add(asks("10:00:00"));
    desk.add(answers("10:00:10"));
    desk.add(asks("10:00:20"));
    desk.settle(at("10:00:15") / 1000);
    assertThat(changed).extracting(Session::isOpen).containsExactly(false);
    desk.settle(at("10:00:20") / 1000);
    assertThat(changed).extracting(Session::isOpen).containsExactly(false, true);
    desk.settle(at("10:01:00") / 1000);
    assertThat(changed).hasSize(2);
    assertThat(desk.open).hasSize(1);
    desk.add(answers("10:02:00"));
    desk.settle(at("10:02:00") / 1000);
    assertThat(changed).extracting(Session::isOpen).containsExactly(false, true, false);
    assertThat(desk.open).isEmpty();
    assertThat(desk.sessions.opened()).isEqualTo(2);
    assertThat(desk.sessions.answered()).isEqualTo(2);
  }

  @Test
  void aMessageWaitsForTheWholeOfItsMillisecond() throws IOException {
    Desk desk = new Desk(ANY_AGENT);
    desk.add(new Message(1, 2, 5_999, false));
    desk.settle(4);
    assertThat(desk.changed).isEmpty();
    desk.settle(5);
    assertThat(desk.changed).hasSize(1);
  }

  @Test
  void timesBeforeTheEpochAreOrderedToo() throws IOException {
    assertThat(
            sessions(ANY_AGENT, new Message(1, 2, -1_001, false), new Message(1, 2, -1_000, true)))
        .containsExactly(new Session(2, -1_001, 1, 1, -1_000));
  }

  @Test
  void agreesWithTheWindowQueryWhateverTheOrderAndTheSteps() throws IOException {
    for (long seed = 0; seed < 20_000; seed++) {
      Traces trace = Traces.of(seed);
      for (ResponseMode mode : ResponseMode.values()) {
        assertThat(sessions(mode, trace.messages().toArray(Message[]::new)))
            .as("seed %d, %s", seed, mode)
            .isEqualTo(WindowQuery.sessions(mode, trace.messages()));
      }
    }
  }

  /** All rows after all messages, the watermark moving as far as each next message allows. */
  private static List<Session> sessions(ResponseMode mode, Message... messages) throws IOException {
    long[] minFrom = new long[messages.length + 1];
    minFrom[messages.length] = Long.MAX_VALUE;
    for (int i = messages.length - 1; i >= 0; i--) {
      minFrom[i] = Math.min(minFrom[i + 1], messages[i].millis());
    }
    Desk desk = new Desk(mode);
    for (int i = 0; i < messages.length; i++) {
      desk.add(messages[i]);
      desk.settle(minFrom[i + 1] - 1);
    }
    return desk.rows();
  }

  /** The parts of the domain together, as the operator puts them. */
  private static final class Desk {

    private final ResponseMode mode;
    private final Map<ConversationKey, OpenSession> open = new HashMap<>();
    private final List<Session> changed = new ArrayList<>();
    private final Set<List<Long>> published = new HashSet<>();
    private final FinalSessions sessions = new FinalSessions(this::tell);
    private final WaitingMessages pending = new WaitingMessages();
    private final DueMessages due;

    Desk(ResponseMode mode) {
      this.mode = mode;
      this.due = new DueMessages(mode);
    }

    private void tell(SessionChange change) {
      Session session = change.session();
      assertThat(published.add(key(session))).isEqualTo(change.kind() == SessionChange.Kind.NEW);
      changed.add(session);
    }

    private List<Long> key(Session row) {
      return List.of(row.b(), row.openedAt(), mode == ANY_AGENT ? 0 : row.asked());
    }

    void add(Message message) {
      pending.add(message);
    }

    void settle(long watermark) throws IOException {
      pending.takeThrough(watermark, due);
      sessions.settle(due, new MapOpenSessions(open));
      due.clear();
    }

    /** What a table would hold. */
    List<Session> rows() {
      Map<List<Long>, Session> rows = new HashMap<>();
      for (Session row : changed) {
        rows.put(key(row), row);
      }
      assertThat(pending.size()).isZero();
      assertThat(open).hasSize((int) rows.values().stream().filter(Session::isOpen).count());
      return rows.values().stream().sorted(WindowQuery.ROW_ORDER).toList();
    }
  }

  private static Message asks(String time) {
    return new Message(1, CUSTOMER, at(time), false);
  }

  private static Message closes(String time) {
    return Message.close(1, CUSTOMER, at(time));
  }

  private static Message answers(String time) {
    return new Message(1, CUSTOMER, at(time), true);
  }

  private static long at(String time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(DAY + time + "Z"));
  }

  private static long seconds(Session session) {
    return (session.endedAt() - session.openedAt()) / 1_000_000;
  }
}
