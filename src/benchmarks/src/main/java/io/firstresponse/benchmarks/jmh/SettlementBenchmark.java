package io.firstresponse.benchmarks.jmh;

import io.firstresponse.job.domain.DueMessages;
import io.firstresponse.job.domain.FinalSessions;
import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import java.io.IOException;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Adds messages to a shard, takes them out when they are due, sorts them and applies the state
 * machine. Times are per message.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SettlementBenchmark {

  /** The number of messages of a shard that become due at the same time. */
  @Param({"8", "128", "1024"})
  private int due;

  private List<Message> messages;

  @Setup
  public void messages() {
    messages = SampleMessages.make();
  }

  @Benchmark
  @OperationsPerInvocation(SampleMessages.COUNT)
  public void settle(Blackhole sessions) throws IOException {
    FinalSessions settlement = new FinalSessions(sessions::consume);
    HeapShard shard = new HeapShard(ResponseMode.ANY_AGENT);
    DueMessages taken = new DueMessages(ResponseMode.ANY_AGENT);
    for (int from = 0; from < SampleMessages.COUNT; from += due) {
      for (int i = from; i < from + due; i++) {
        shard.add(messages.get(i));
      }
      shard.waiting().takeThrough(Long.MAX_VALUE, taken);
      settlement.settle(taken, shard.openSessions());
      taken.clear();
    }
  }
}
