package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Keeps what a reader delivers, and refuses what a reader of splits must not do. */
final class RecordingOutput implements ReaderOutput<Received> {

  final List<Message> messages = new ArrayList<>();
  final List<String> splits = new ArrayList<>();
  final Set<String> open = new LinkedHashSet<>();
  final Set<String> released = new LinkedHashSet<>();
  boolean idle;

  @Override
  public SourceOutput<Received> createOutputForSplit(String splitId) {
    assertThat(open.add(splitId)).as("created once").isTrue();
    return new SplitOutput(splitId);
  }

  @Override
  public void releaseOutputForSplit(String splitId) {
    assertThat(open.remove(splitId)).as("created before it is released").isTrue();
    released.add(splitId);
  }

  @Override
  public void markIdle() {
    idle = true;
  }

  @Override
  public void markActive() {
    throw new AssertionError("Records wake the output by themselves");
  }

  @Override
  public void collect(Received received) {
    throw new AssertionError("Outside any split");
  }

  @Override
  public void collect(Received received, long timestamp) {
    throw new AssertionError("Outside any split");
  }

  @Override
  public void emitWatermark(Watermark watermark) {
    throw new AssertionError("Watermarks are the strategy's");
  }

  private final class SplitOutput implements SourceOutput<Received> {

    private final String splitId;

    SplitOutput(String splitId) {
      this.splitId = splitId;
    }

    @Override
    public void collect(Received received, long timestamp) {
      assertThat(open).contains(splitId);
      Message message = (Message) received;
      assertThat(timestamp).isEqualTo(message.millis());
      messages.add(message);
      splits.add(splitId);
    }

    @Override
    public void collect(Received received) {
      throw new AssertionError("Without a timestamp");
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new AssertionError("Watermarks are the strategy's");
    }

    @Override
    public void markIdle() {
      throw new AssertionError("Idleness is the strategy's");
    }

    @Override
    public void markActive() {
      throw new AssertionError("Idleness is the strategy's");
    }
  }
}
