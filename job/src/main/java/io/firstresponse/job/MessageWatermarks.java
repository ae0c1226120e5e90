package io.firstresponse.job;

import io.firstresponse.job.domain.Mapped;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.io.Serial;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Makes watermarks from messages, each one of a record that a mapping made several of, and ignores
 * dead letters. The time of a dead letter cannot be trusted. Dead letters do not keep a split
 * active either: a split that delivers nothing else becomes idle, so that it does not hold all
 * results back.
 */
final class MessageWatermarks implements WatermarkStrategy<Received> {

  @Serial private static final long serialVersionUID = 1;

  private final WatermarkStrategy<Received> strategy;

  /**
   * @param strategy makes the watermarks of the messages, with idleness if there is any
   */
  MessageWatermarks(WatermarkStrategy<Received> strategy) {
    this.strategy = strategy;
  }

  @Override
  public WatermarkGenerator<Received> createWatermarkGenerator(
      WatermarkGeneratorSupplier.Context context) {
    WatermarkGenerator<Received> generator = strategy.createWatermarkGenerator(context);
    return new WatermarkGenerator<>() {
      @Override
      public void onEvent(Received received, long timestamp, WatermarkOutput output) {
        if (received instanceof Mapped mapped) {
          for (Message message : mapped.messages()) {
            generator.onEvent(message, message.millis(), output);
          }
        } else if (received instanceof Message) {
          generator.onEvent(received, timestamp, output);
        }
      }

      @Override
      public void onPeriodicEmit(WatermarkOutput output) {
        generator.onPeriodicEmit(output);
      }
    };
  }

  @Override
  public TimestampAssigner<Received> createTimestampAssigner(
      TimestampAssignerSupplier.Context context) {
    return strategy.createTimestampAssigner(context);
  }
}
