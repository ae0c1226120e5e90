package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.domain.Conversation;
import io.firstresponse.job.domain.Message;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Messages of one customer through the state machine, eight at a time; per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConversationBenchmark {

  private static final int AT_ONCE = 8;

  private List<Message> messages;

  @Setup
  public void messages() {
    messages = SampleMessages.make();
  }

  @Benchmark
  @OperationsPerInvocation(SampleMessages.COUNT)
  public void addAndSettle(Blackhole sessions) {
    Conversation conversation = new Conversation();
    for (int from = 0; from < SampleMessages.COUNT; from += AT_ONCE) {
      for (int i = from; i < from + AT_ONCE; i++) {
        conversation.add(messages.get(i));
      }
      sessions.consume(conversation.settle(7, Long.MAX_VALUE - 1, sessions::consume));
    }
  }
}
