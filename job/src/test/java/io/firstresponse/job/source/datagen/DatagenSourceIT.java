package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.MessageKind;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.Texts;
import io.firstresponse.job.testing.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.BoundedOutOfOrdernessWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// The collecting iterators declare to throw anything, InterruptedException included.
@SuppressWarnings("try")
@Timeout(120)
class DatagenSourceIT {

  @RegisterExtension static final MiniClusterExtension CLUSTER = TestCluster.withSlots(4);

  private static final AtomicBoolean FAILED = new AtomicBoolean();

  private final Configuration options =
      new Configuration()
          .set(DatagenOptions.COUNT, 100_000L)
          .set(DatagenOptions.DISORDER, Duration.ofSeconds(1))
          .set(DatagenOptions.DUPLICATES, 0.1)
          .set(DatagenOptions.AUTOMATED, 0.1)
          .set(DatagenOptions.CLOSES, 0.1)
          .set(DatagenOptions.SPLITS, 2);

  @BeforeEach
  void nothingHasFailed() {
    FAILED.set(false);
  }

  /** More readers than splits are among them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theParallelismChangesNothingAndNothingIsLate(int parallelism) throws Exception {
    List<Delivery> deliveries = run(parallelism, Duration.ofSeconds(1));

    assertThat(messages(deliveries)).isEqualTo(expected());
    assertThat(deliveries).noneMatch(Delivery::late);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aWatermarkThatAllowsForLessFindsLateMessages(int parallelism) throws Exception {
    List<Delivery> deliveries = run(parallelism, Duration.ofMillis(900));

    assertThat(messages(deliveries)).isEqualTo(expected());
    assertThat(deliveries).anyMatch(Delivery::late);
  }

  @Test
  void withoutDisorderNothingIsLate() throws Exception {
    options.set(DatagenOptions.DISORDER, Duration.ZERO);

    List<Delivery> deliveries = run(2, Duration.ZERO);

    assertThat(messages(deliveries)).isEqualTo(expected());
    assertThat(deliveries).noneMatch(Delivery::late);
  }

  /** At a bounded rate, so that checkpoints have to pass while the readers wait. */
  @Test
  void afterAFailureNothingIsMissingOrDoubled() throws Exception {
    options
        .set(DatagenOptions.COUNT, 30_000L)
        .set(DatagenOptions.RATE, 3_000.0)
        .set(DatagenOptions.SPLITS, 5);
    StreamExecutionEnvironment env = environment(2);
    env.enableCheckpointing(20);

    List<Delivery> deliveries =
        collect(stream(env, Duration.ofSeconds(1)).process(new FailAfterCheckpoint()));

    assertThat(FAILED).isTrue();
    assertThat(messages(deliveries)).isEqualTo(expected());
    assertThat(deliveries).noneMatch(Delivery::late);
  }

  @Test
  void readersTooManyDoNotHoldAnEndlessStreamBack() throws Exception {
    options.set(DatagenOptions.COUNT, 0L).set(DatagenOptions.RATE, 100_000.0);
    long start = Instant.parse(DatagenOptions.START.defaultValue()).toEpochMilli();

    try (CloseableIterator<Long> watermarks =
        stream(environment(3), Duration.ofSeconds(1))
            .rebalance()
            .process(new CurrentWatermark())
            .returns(Types.LONG)
            .executeAndCollect()) {
      long watermark = Long.MIN_VALUE;
      // Bounded, because a stream that is held back goes on for ever.
      for (int n = 0; n < 1_000_000 && watermark < start + 5_000; n++) {
        watermark = watermarks.next();
      }
      assertThat(watermark).isGreaterThanOrEqualTo(start + 5_000);
    }
  }

  private List<Delivery> run(int parallelism, Duration bound) throws Exception {
    return collect(stream(environment(parallelism), bound));
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    Configuration configuration =
        new Configuration()
            .set(PipelineOptions.OBJECT_REUSE, true)
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    return env;
  }

  private DataStream<Delivery> stream(StreamExecutionEnvironment env, Duration bound) {
    return env.fromSource(
            DatagenSource.from(options),
            WatermarkStrategy.forGenerator(context -> new AtOnce(bound)),
            "messages",
            TypeInformation.of(Received.class))
        .process(new Lateness());
  }

  private static List<Delivery> collect(DataStream<Delivery> stream) throws Exception {
    List<Delivery> deliveries = new ArrayList<>();
    try (CloseableIterator<Delivery> rows = stream.executeAndCollect()) {
      rows.forEachRemaining(deliveries::add);
    }
    return deliveries;
  }

  private Map<Message, Long> expected() {
    Workload workload = Workload.from(options);
    return counted(LongStream.range(0, workload.end()).mapToObj(workload::message));
  }

  private static Map<Message, Long> messages(List<Delivery> deliveries) {
    return counted(deliveries.stream().map(Delivery::message));
  }

  /** How often each is there, whatever the order. */
  private static Map<Message, Long> counted(Stream<Message> messages) {
    return messages.collect(Collectors.groupingBy(message -> message, Collectors.counting()));
  }

  /** What a reader delivered; public, so that Flink serializes it field by field. */
  public record Delivery(long a, long b, long ts, int kind, boolean automated, boolean late) {

    Message message() {
      return new Message(a, b, ts, MessageKind.ofCode(kind), automated, Texts.NONE);
    }
  }

  /** Bounded out-of-orderness without the wait for the next period: as strict as can be. */
  private static final class AtOnce implements WatermarkGenerator<Received> {

    private final BoundedOutOfOrdernessWatermarks<Received> bounded;

    AtOnce(Duration bound) {
      bounded = new BoundedOutOfOrdernessWatermarks<>(bound);
    }

    @Override
    public void onEvent(Received received, long timestamp, WatermarkOutput output) {
      bounded.onEvent(received, timestamp, output);
      bounded.onPeriodicEmit(output);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      bounded.onPeriodicEmit(output);
    }
  }

  /** Runs in the reader's chain, where the watermark is furthest ahead. */
  private static final class Lateness extends ProcessFunction<Received, Delivery> {

    @Override
    public void processElement(Received received, Context context, Collector<Delivery> out) {
      Message message = (Message) received;
      boolean late = context.timestamp() <= context.timerService().currentWatermark();
      out.collect(
          new Delivery(
              message.a(),
              message.b(),
              message.ts(),
              message.kind().code(),
              message.automated(),
              late));
    }
  }

  private static final class FailAfterCheckpoint extends ProcessFunction<Delivery, Delivery>
      implements CheckpointListener {

    private transient boolean completed;

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      completed = true;
    }

    @Override
    public void processElement(Delivery delivery, Context context, Collector<Delivery> out) {
      if (completed && FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("as the test wants");
      }
      out.collect(delivery);
    }
  }

  private static final class CurrentWatermark extends ProcessFunction<Delivery, Long> {

    @Override
    public void processElement(Delivery delivery, Context context, Collector<Long> out) {
      out.collect(context.timerService().currentWatermark());
    }
  }
}
