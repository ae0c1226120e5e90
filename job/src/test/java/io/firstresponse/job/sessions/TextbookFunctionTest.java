package io.firstresponse.job.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.testing.TextbookFunction;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.types.JobTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The job's function computes what the textbook form does: the same rows after every watermark, and
 * the same late messages.
 */
class TextbookFunctionTest {

  private static final int TRACES = 1_000;

  @ParameterizedTest
  @EnumSource
  void bothGiveTheSameRowsAtEveryWatermark(ResponseMode mode) throws Exception {
    for (long seed = 0; seed < TRACES; seed++) {
      compare(mode, seed);
    }
  }

  private static void compare(ResponseMode mode, long seed) throws Exception {
    Random random = new Random(seed);
    Traces trace = Traces.of(seed);
    // In every other trace the watermark allows for less disorder than there is.
    long bound = trace.disorderMillis() / (1 + random.nextInt(2));
    String description = "seed %d, %s".formatted(seed, mode);
    Rows expected = new Rows(mode);
    Rows actual = new Rows(mode);
    try (var textbook = textbook(mode);
        var job = new FunctionHarness(mode, Duration.ZERO, 1, 1, 0)) {
      job.setUpTypes();
      textbook.open();
      job.open();
      long latest = Long.MIN_VALUE;
      for (Message message : trace.messages()) {
        textbook.processElement(new StreamRecord<>(message));
        job.processElement(new StreamRecord<>(message));
        latest = Math.max(latest, message.millis());
        if (random.nextInt(4) == 0) {
          textbook.processWatermark(latest - bound - 1);
          job.processWatermark(latest - bound - 1);
          expected.take(textbook.getOutput());
          actual.take(job.getOutput());
          assertThat(actual.rows).as(description).isEqualTo(expected.rows);
        }
      }
      textbook.processWatermark(Long.MAX_VALUE);
      job.processWatermark(Long.MAX_VALUE);
      expected.take(textbook.getOutput());
      actual.take(job.getOutput());
      assertThat(actual.rows).as(description).isEqualTo(expected.rows);
      assertThat(late(job, FirstResponseFunction.LATE))
          .as(description)
          .isEqualTo(late(textbook, TextbookFunction.LATE));
      assertThat(textbook.numEventTimeTimers()).as(description).isZero();
      assertThat(textbook.numKeyedStateEntries())
          .as("%s: only open sessions are left", description)
          .isEqualTo((int) expected.rows.values().stream().filter(Session::isOpen).count());
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<ConversationKey, Message, Session> textbook(
      ResponseMode mode) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new TextbookFunction()), mode::keyOf, JobTypes.CONVERSATION_KEY);
  }

  private static List<LateMessage> late(
      KeyedOneInputStreamOperatorTestHarness<?, Message, ?> harness, OutputTag<LateMessage> tag) {
    List<LateMessage> late = new ArrayList<>();
    var output = harness.getSideOutput(tag);
    if (output != null) {
      output.forEach(record -> late.add(record.getValue()));
    }
    return late;
  }

  /** The result table: the last row of each session. */
  private static final class Rows {

    private final ResponseMode mode;
    private final Map<List<Object>, Session> rows = new HashMap<>();

    Rows(ResponseMode mode) {
      this.mode = mode;
    }

    void take(Queue<Object> output) {
      for (Object element : output) {
        if (element instanceof StreamRecord<?> record) {
          Session row =
              record.getValue() instanceof SessionChange change
                  ? change.session()
                  : (Session) record.getValue();
          rows.put(List.of(mode.key(row.b(), row.asked()), row.openedAt()), row);
        }
      }
      output.clear();
    }
  }
}
