package io.firstresponse.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LastWatermarksTest {

  private static final Duration BOUND = Duration.ofMillis(10);
  private static final Received POISON =
      new DeadLetter("t/0", 0, DeadLetter.Reason.BAD_JSON, "bad", new byte[0], 0);

  private final Recording main = new Recording("main");

  @Test
  void theLastWatermarkOfASplitComesBeforeItsEnd() throws Exception {
    read(
        output -> {
          SourceOutput<Received> a = output.createOutputForSplit("a");
          a.collect(at(1_000));
          a.collect(at(900), 900);
          a.collect(POISON, Long.MAX_VALUE);
          output.releaseOutputForSplit("a");
        });
    assertThat(main.events).containsExactly("a 989", "a released", "main 989");
  }

  @Test
  void theHighestOfAllThatEndedCountsWhenNoneIsLeft() throws Exception {
    read(
        output -> {
          output.createOutputForSplit("a").collect(at(1_000));
          output.createOutputForSplit("b").collect(at(500));
          output.releaseOutputForSplit("a");
          output.releaseOutputForSplit("b");
        });
    assertThat(main.events)
        .containsExactly("a 989", "a released", "b 489", "b released", "main 989");
  }

  @Test
  void aSplitWithoutMessagesHasNone() throws Exception {
    read(
        output -> {
          output.createOutputForSplit("a").collect(POISON);
          output.releaseOutputForSplit("a");
        });
    assertThat(main.events).containsExactly("a released");
  }

  @Test
  void aReaderWithoutASplitBecomesIdleAfterAWhile() throws Exception {
    try (SourceReader<Received, Split> reader =
        new SplitlessReader<>(new Reader(output -> {}), Duration.ofMillis(1))) {
      reader.start();
      reader.isAvailable().get(30, TimeUnit.SECONDS);
      reader.pollNext(main);
      assertThat(main.events).containsExactly("main idle");
      assertThat(reader.isAvailable()).isNotDone();
    }
  }

  @Test
  void aReaderWithASplitDoesNot() throws Exception {
    try (SourceReader<Received, Split> reader =
        new SplitlessReader<>(new Reader(output -> {}), Duration.ofMillis(1))) {
      reader.start();
      reader.isAvailable().get(30, TimeUnit.SECONDS);
      reader.addSplits(List.of(new Split()));
      reader.pollNext(main);
      assertThat(main.events).isEmpty();
      assertThat(reader.isAvailable()).isNotDone();
    }
  }

  private void read(Consumer<ReaderOutput<Received>> records) throws Exception {
    try (SourceReader<Received, Split> reader =
        new LastWatermarksReader<>(new Reader(records), new MessageTimes(BOUND))) {
      reader.pollNext(main);
    }
  }

  private static Message at(long millis) {
    return new Message(1, 2, millis * 1000, true);
  }

  private record Split() implements SourceSplit {
    @Override
    public String splitId() {
      return "split";
    }
  }

  /** Emits all there is at once. */
  private record Reader(Consumer<ReaderOutput<Received>> records)
      implements SourceReader<Received, Split> {

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Received> output) {
      records.accept(output);
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<Split> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return new CompletableFuture<>();
    }

    @Override
    public void addSplits(List<Split> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  /** Notes what the operator would see, but for records. */
  private static final class Recording implements ReaderOutput<Received> {

    private final String name;
    private final List<String> events;

    Recording(String name) {
      this(name, new ArrayList<>());
    }

    private Recording(String name, List<String> events) {
      this.name = name;
      this.events = events;
    }

    @Override
    public void collect(Received received) {}

    @Override
    public void collect(Received received, long timestamp) {}

    @Override
    public void emitWatermark(Watermark watermark) {
      events.add(name + " " + watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      events.add(name + " idle");
    }

    @Override
    public void markActive() {
      events.add(name + " active");
    }

    @Override
    public SourceOutput<Received> createOutputForSplit(String splitId) {
      return new Recording(splitId, events);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      events.add(splitId + " released");
    }
  }
}
