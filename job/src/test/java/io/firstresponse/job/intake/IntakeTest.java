package io.firstresponse.job.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.decode.MessageOptions.AutomatedPolicy;
import io.firstresponse.job.decode.MessageOptions.Ids;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.tally.Conservation;
import io.firstresponse.job.tally.Count;
import io.firstresponse.job.testing.WindowQuery;
import io.firstresponse.job.types.JobTypes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private static final long DAYS = Duration.ofDays(1).toNanos() / 1000;

  /** A bot answers, 14 quiet days, a new question, a human answers. */
  private static final List<Received> BOT_ANSWERS =
      List.of(
          new Message(1, 2, 0, false),
          new Message(99, 2, 1_000_000, true, true),
          new Message(1, 2, 14 * DAYS, false),
          new Message(1, 2, 14 * DAYS + 30_000_000, true));

  @Test
  void aBotsReplyIsNoResponseUnderIgnore() throws Exception {
    assertThat(sessions(new Intake(AutomatedPolicy.IGNORE, Set.of()), BOT_ANSWERS))
        .containsExactly(new Session(2, 0, 1, 1, 14 * DAYS + 30_000_000));
  }

  @Test
  void aBotsReplyIsAResponseUnderCount() throws Exception {
    assertThat(sessions(new Intake(AutomatedPolicy.COUNT, Set.of()), BOT_ANSWERS))
        .containsExactly(
            new Session(2, 0, 1, 99, 1_000_000),
            new Session(2, 14 * DAYS, 1, 1, 14 * DAYS + 30_000_000));
  }

  @Test
  void whatAListedBotSendsIsAutomatedAndWhatIsWrittenToItIsNot() throws Exception {
    Message toBot = new Message(99, 2, 0, false);
    Message byBot = new Message(99, 2, 1, true);
    Message byHuman = new Message(1, 2, 2, true);
    Intake intake = new Intake(AutomatedPolicy.IGNORE, Set.of(99L));
    assertThat(admitted(intake, List.of(toBot, byBot, byHuman))).containsExactly(toBot, byHuman);
  }

  @Test
  void textsOfMessagesThatCountArePutOut() throws Exception {
    Message question =
        new Message(
            -1,
            2,
            10,
            MessageKind.CUSTOMER,
            false,
            77,
            Texts.of(null, "c", "who", "Cy", "{\"team\":\"a\"}"));
    Message answer = answer(1, 2, 20, false, Texts.of("a", "c", null, null));
    Message automated = answer(3, 4, 30, true, Texts.of("bot", "d", null, null));
    Message plain = new Message(5, 6, 40, true);
    try (var harness = harness(new Intake(AutomatedPolicy.IGNORE, Set.of()))) {
      for (Received received :
          List.of(new Mapped(List.of(question, answer), 0), automated, plain)) {
        harness.processElement(received, 0);
      }
      assertThat(harness.getSideOutput(Intake.AGENTS))
          .extracting(record -> record.getValue())
          .containsExactly(new Naming(1, "a", null, 20));
      assertThat(harness.getSideOutput(Intake.CUSTOMERS))
          .extracting(record -> record.getValue())
          .containsExactly(new Naming(2, "c", "Cy", 10), new Naming(2, "c", null, 20));
      assertThat(harness.getSideOutput(Intake.LABELS))
          .extracting(record -> record.getValue())
          .containsExactly(new Naming(77, "{\"team\":\"a\"}", null, 10));
    }
  }

  private static Message answer(long a, long b, long ts, boolean automated, Texts texts) {
    return new Message(a, b, ts, MessageKind.AGENT, automated, texts);
  }

  @Test
  void closesCountWhoeverCausedThem() throws Exception {
    Message automated =
        new Message(99, 2, 10, MessageKind.CLOSE, true, Texts.of(null, "c", null, null));
    Message ofBot = Message.close(99, 2, 20);
    Message outside = Message.close(1, 2, 100);
    Intake intake =
        new Intake(
            Ids.INTEGER, AutomatedPolicy.IGNORE, Set.of(99L), 0, 100, InstantSource.system());
    try (var harness = harness(intake)) {
      for (Received received :
          List.of(automated, new Mapped(List.of(ofBot, outside), 1), new Message(1, 2, 3, true))) {
        harness.processElement(received, 0);
      }
      assertThat(harness.extractOutputValues())
          .containsExactly(automated, ofBot, new Message(1, 2, 3, true));
      Conservation conservation = conservation(harness);
      assertThat(conservation).isEqualTo(new Conservation(5, 0, 1, 0, 0, 0, 4, 1, 0, 2));
      assertThat(conservation.messages()).isEqualTo(1);
      assertThat(harness.getSideOutput(Intake.CUSTOMERS))
          .extracting(record -> record.getValue())
          .containsExactly(new Naming(2, "c", null, 10));
    }
  }

  @Test
  void stateOfAJobWithOtherIdsIsRefused() throws Exception {
    Intake texts =
        new Intake(
            Ids.TEXT,
            AutomatedPolicy.COUNT,
            Set.of(),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            InstantSource.system());
    OperatorSubtaskState ofIntegers;
    try (var harness = harness(new Intake(AutomatedPolicy.COUNT, Set.of()))) {
      ofIntegers = harness.snapshot(1, 1);
    }
    assertThatThrownBy(() -> harness(texts, ofIntegers))
        .hasMessage(
            "This checkpoint is of a job with messages.ids integer, and this job has text. Go on with"
                + " --messages.ids integer, or start anew with empty tables.");
    try (var harness = harness(texts)) {
      OperatorSubtaskState ofTexts = harness.snapshot(1, 1);
      try (var again = harness(texts, ofTexts)) {
        again.processElement(new Message(1, 2, 3, true), 0);
      }
      assertThatThrownBy(() -> harness(new Intake(AutomatedPolicy.COUNT, Set.of()), ofTexts))
          .hasMessageContaining("a job with messages.ids text, and this job has integer");
    }
  }

  @Test
  void messagesOfOtherTimesAreIgnored() throws Exception {
    Message before = new Message(1, 2, 9, false);
    Message first = new Message(1, 2, 10, false);
    Message last = new Message(1, 2, 19, true);
    Message after = new Message(1, 2, 20, false);
    Intake intake =
        new Intake(Ids.INTEGER, AutomatedPolicy.COUNT, Set.of(), 10, 20, InstantSource.system());
    try (var harness = harness(intake)) {
      for (Message message : List.of(before, first, last, after)) {
        harness.processElement(message, 0);
      }
      assertThat(harness.extractOutputValues()).containsExactly(first, last);
      assertThat(conservation(harness)).isEqualTo(new Conservation(4, 0, 2, 0, 0));
    }
  }

  @Test
  void putsDeadLettersAsideAndCountsAll() throws Exception {
    DeadLetter dead =
        new DeadLetter("file:x", 7, DeadLetter.Reason.BAD_JSON, "no", new byte[] {1}, 1);
    DeadLetter future =
        new DeadLetter("file:x", 9, DeadLetter.Reason.FUTURE, "no", new byte[] {1}, 1);
    Message automated = new Message(1, 2, 3, true, true);
    Message message = new Message(1, 2, 3, true);
    try (var harness = harness(new Intake(AutomatedPolicy.IGNORE, Set.of()))) {
      for (Received received : List.of(dead, message, automated, future)) {
        harness.processElement(received, 0);
      }
      assertThat(harness.extractOutputValues()).containsExactly(message);
      assertThat(harness.getSideOutput(Intake.DEAD_LETTERS))
          .extracting(record -> record.getValue())
          .containsExactly(dead, future);
      assertThat(conservation(harness)).isEqualTo(new Conservation(4, 0, 1, 0, 2));

      var snapshot = harness.snapshot(1, 1);
      try (var restored = harness(new Intake(AutomatedPolicy.IGNORE, Set.of()), snapshot)) {
        restored.processElement(message, 0);
        assertThat(conservation(restored)).isEqualTo(new Conservation(5, 0, 1, 0, 2));
      }
    }
  }

  @Test
  void countsRecordsOfManyMessagesAndOfNone() throws Exception {
    Message first = new Message(1, 2, 3, false);
    Message second = new Message(1, 2, 4, true);
    Message automated = new Message(1, 2, 5, true, true);
    try (var harness = harness(new Intake(AutomatedPolicy.IGNORE, Set.of()))) {
      for (Received received :
          List.of(
              Mapped.NOTHING,
              new Mapped(List.of(first, second, automated), 1),
              new Mapped(List.of(), 1),
              Mapped.NOTHING,
              first)) {
        harness.processElement(received, 0);
      }
      assertThat(harness.extractOutputValues()).containsExactly(first, second, first);
      Conservation conservation = conservation(harness);
      assertThat(conservation).isEqualTo(new Conservation(6, 0, 1, 0, 0, 0, 2, 2, 2, 3));
      assertThat(conservation.records()).isEqualTo(5);
      assertThat(conservation.messages()).isEqualTo(4);
      var snapshot = harness.snapshot(1, 1);
      try (var restored = harness(new Intake(AutomatedPolicy.IGNORE, Set.of()), snapshot)) {
        assertThat(conservation(restored)).isEqualTo(conservation);
      }
    }
  }

  @Test
  void countsTimesThatAreLikelyWrong() throws Exception {
    InstantSource clock = Clock.fixed(Instant.parse("2026-11-26T00:00:00Z"), ZoneOffset.UTC);
    Intake intake =
        new Intake(
            Ids.INTEGER, AutomatedPolicy.COUNT, Set.of(), Long.MIN_VALUE, Long.MAX_VALUE, clock);
    try (var harness = harness(intake)) {
      for (String time :
          List.of(
              "1989-12-31T23:59:59Z",
              "1990-01-01T00:00:00Z",
              "2027-12-31T23:59:59Z",
              "2028-01-01T00:00:00Z",
              "9999-01-01T00:00:00Z")) {
        long ts = Instant.parse(time).getEpochSecond() * 1_000_000;
        harness.processElement(new Message(1, 2, ts, false), 0);
      }
      harness.processElement(
          new DeadLetter("file:x", 7, DeadLetter.Reason.BAD_TIMESTAMP, "no", new byte[] {1}, 1), 0);
      assertThat(count(harness, Count.BEFORE_1990)).isEqualTo(1);
      assertThat(count(harness, Count.AFTER_NEXT_YEAR)).isEqualTo(2);
      assertThat(count(harness, Count.BAD_TIMESTAMP)).isEqualTo(1);
    }
  }

  private static Conservation conservation(
      OneInputStreamOperatorTestHarness<Received, Message> harness) {
    Map<String, Object> values = new HashMap<>();
    for (Count count :
        List.of(
            Count.READ,
            Count.IGNORED,
            Count.DEAD,
            Count.EVENTS,
            Count.HANDOVERS,
            Count.SKIPPED,
            Count.FURTHER)) {
      values.put(count.metric(), count(harness, count));
    }
    return Conservation.of(values);
  }

  private static long count(
      OneInputStreamOperatorTestHarness<Received, Message> harness, Count count) {
    return ((AbstractStreamOperator<?>) harness.getOperator())
        .getRuntimeContext()
        .getLongCounter(count.metric())
        .getLocalValue();
  }

  private static List<Session> sessions(Intake intake, List<Received> received) throws Exception {
    return WindowQuery.sessions(ResponseMode.ANY_AGENT, admitted(intake, received));
  }

  private static List<Message> admitted(Intake intake, List<Received> received) throws Exception {
    try (var harness = harness(intake)) {
      for (Received record : received) {
        harness.processElement(record, 0);
      }
      return new ArrayList<>(harness.extractOutputValues());
    }
  }

  private static OneInputStreamOperatorTestHarness<Received, Message> harness(Intake intake)
      throws Exception {
    return harness(intake, null);
  }

  private static OneInputStreamOperatorTestHarness<Received, Message> harness(
      Intake intake, OperatorSubtaskState state) throws Exception {
    var harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(intake));
    harness.setup(
        JobTypes.MESSAGE.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }
}
