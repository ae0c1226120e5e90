package io.firstresponse.job.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The formula by which memory is planned, in {@code production.md}: so many bytes for a message
 * that waits, for a customer of whom messages wait, and for an open session.
 */
class HeapFormulaTest {

  private static final int WAITING = 36;
  private static final int WAITING_LIVE = 42;
  private static final int CUSTOMER_LIVE = 12;
  private static final int OPEN = 70;

  private static final int SHARDS = 100;

  private static final int CUSTOMERS = 400_000;
  private static final int COLLECTIONS = 3;

  private static final Duration BOUND = Duration.ofMinutes(10);
  private static final Duration LIVE = Duration.ofSeconds(1);

  // They stay until the end: whatever is let go of in the middle would be taken for gained.
  private static final List<AutoCloseable> OPERATORS = new ArrayList<>();

  @AfterAll
  static void close() throws Exception {
    for (AutoCloseable operator : OPERATORS) {
      operator.close();
    }
    OPERATORS.clear();
  }

  /** What is loaded with the first use of anything is not counted. */
  @BeforeAll
  static void warmUp() throws Exception {
    waiting(Duration.ZERO, 1);
    waiting(LIVE, 1);
  }

  @Test
  void messagesThatWaitForTheirFinalResult() throws Exception {
    assertPlanned(waiting(Duration.ZERO, 1), WAITING);
    assertPlanned(waiting(Duration.ZERO, 3), 3 * WAITING);
  }

  @Test
  void messagesThatWaitWithLiveResults() throws Exception {
    assertPlanned(waiting(LIVE, 1), WAITING_LIVE + CUSTOMER_LIVE);
    assertPlanned(waiting(LIVE, 3), 3 * WAITING_LIVE + CUSTOMER_LIVE);
  }

  @Test
  void openSessions() throws Exception {
    var operator = operator(Duration.ZERO);
    long before = used();
    for (int customer = 0; customer < CUSTOMERS; customer++) {
      operator.processElement(question(customer, 0));
    }
    operator.processWatermark(BOUND.toMillis());
    settleDown(operator);
    assertPlanned(used() - before, OPEN);
  }

  /** The bytes are enough, and not twice as many as are needed. */
  private static void assertPlanned(long used, int planned) {
    assertThat((double) used / CUSTOMERS).isBetween(planned / 2.0, (double) planned);
  }

  private static long waiting(Duration liveInterval, int messagesOfEach) throws Exception {
    var operator = operator(liveInterval);
    operator.processWatermark(0);
    long before = used();
    for (int i = 0; i < messagesOfEach; i++) {
      for (int customer = 0; customer < CUSTOMERS; customer++) {
        operator.processElement(question(customer, 1 + i * BOUND.toMillis() / 4));
      }
    }
    settleDown(operator);
    return used() - before;
  }

  /** Lets it tell all that there is to tell, and forgets that. */
  private static void settleDown(FunctionHarness operator) throws Exception {
    operator.setProcessingTime(10 * LIVE.toMillis());
    operator.getOutput().clear();
  }

  private static StreamRecord<Message> question(int customer, long millis) {
    return new StreamRecord<>(new Message(1, customer, millis * 1000, false), millis);
  }

  private static FunctionHarness operator(Duration liveInterval) throws Exception {
    FunctionHarness operator =
        new FunctionHarness(ResponseMode.ANY_AGENT, liveInterval, SHARDS, 1, 0);
    operator.setStateBackend(new HashMapStateBackend());
    operator.setUpTypes();
    operator.open();
    OPERATORS.add(operator);
    return operator;
  }

  /** What cannot be collected. */
  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
