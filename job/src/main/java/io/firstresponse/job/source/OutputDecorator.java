package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;

/** Forwards all calls to another output of a reader. */
abstract class OutputDecorator<O extends SourceOutput<Received>> implements SourceOutput<Received> {

  final O output;

  OutputDecorator(O output) {
    this.output = output;
  }

  @Override
  public void collect(Received received) {
    output.collect(received);
  }

  @Override
  public void collect(Received received, long timestamp) {
    output.collect(received, timestamp);
  }

  @Override
  public void emitWatermark(Watermark watermark) {
    output.emitWatermark(watermark);
  }

  @Override
  public void markIdle() {
    output.markIdle();
  }

  @Override
  public void markActive() {
    output.markActive();
  }
}
