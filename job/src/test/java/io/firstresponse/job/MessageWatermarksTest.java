package io.firstresponse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class MessageWatermarksTest {

  private static final DeadLetter POISON =
      new DeadLetter("t/0", 0, DeadLetter.Reason.BAD_JSON, "bad", new byte[0], 0);

  private final ManualClock clock = new ManualClock();
  private final List<String> said = new ArrayList<>();
  private final WatermarkGenerator<Received> generator =
      new MessageWatermarks(
              WatermarkStrategy.<Received>forBoundedOutOfOrderness(Duration.ofMillis(10))
                  .withTimestampAssigner((received, none) -> 7)
                  .withIdleness(Duration.ofMillis(100)))
          .createWatermarkGenerator(new Context());

  @Test
  void onlyMessagesMoveThem() {
    generator.onEvent(new Message(1, 2, 0, true), 1_000, output());
    generator.onEvent(POISON, 999_999, output());
    generator.onPeriodicEmit(output());
    assertThat(said).containsExactly("989");
  }

  @Test
  void eachMessageOfARecordMovesThem() {
    generator.onEvent(
        new Mapped(
            List.of(new Message(1, 2, 5_000_000, true), new Message(1, 2, 3_000_000, false)), 0),
        Long.MIN_VALUE,
        output());
    generator.onEvent(Mapped.NOTHING, 999_999, output());
    generator.onPeriodicEmit(output());
    assertThat(said).containsExactly("4989");
  }

  @Test
  void aSplitThatDeliversOnlyPoisonIsIdle() {
    for (int i = 0; i < 5; i++) {
      generator.onEvent(POISON, Long.MIN_VALUE, output());
      generator.onPeriodicEmit(output());
      clock.advanceTime(Duration.ofMillis(60));
    }
    assertThat(said.get(said.size() - 1)).isEqualTo("idle");
    generator.onEvent(new Message(1, 2, 0, true), 1_000, output());
    generator.onPeriodicEmit(output());
    assertThat(said.get(said.size() - 1)).isEqualTo("989");
  }

  @Test
  void timestampsAreThoseOfTheStrategy() {
    TimestampAssigner<Received> assigner =
        new MessageWatermarks(
                WatermarkStrategy.<Received>noWatermarks()
                    .withTimestampAssigner((received, none) -> 7))
            .createTimestampAssigner(new Context());
    assertThat(assigner.extractTimestamp(POISON, 1)).isEqualTo(7);
  }

  private WatermarkOutput output() {
    return new WatermarkOutput() {
      @Override
      public void emitWatermark(Watermark watermark) {
        said.add(Long.toString(watermark.getTimestamp()));
      }

      @Override
      public void markIdle() {
        said.add("idle");
      }

      @Override
      public void markActive() {
        said.add("active");
      }
    };
  }

  private final class Context
      implements WatermarkGeneratorSupplier.Context, TimestampAssignerSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return clock;
    }
  }
}
