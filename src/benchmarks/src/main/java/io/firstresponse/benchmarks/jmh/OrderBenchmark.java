package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.PendingMessages;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Messages of one customer into the buffer, and out of it in order; per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class OrderBenchmark {

  /** How many messages of one customer wait at once. */
  @Param({"1", "8", "512"})
  private int waiting;

  private List<Message> messages;

  @Setup
  public void messages() {
    messages = SampleMessages.make();
  }

  @Benchmark
  @OperationsPerInvocation(SampleMessages.COUNT)
  public long addAndRemove() {
    long sum = 0;
    for (int from = 0; from < SampleMessages.COUNT; from += waiting) {
      PendingMessages pending = new PendingMessages();
      for (int i = from; i < from + waiting; i++) {
        pending.add(messages.get(i));
      }
      while (!pending.isEmpty()) {
        sum += pending.firstTs();
        pending.removeFirst();
      }
    }
    return sum;
  }
}
