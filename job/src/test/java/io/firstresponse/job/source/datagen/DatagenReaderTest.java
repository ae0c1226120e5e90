package io.firstresponse.job.source.datagen;

import static org.assertj.core.api.Assertions.assertThat;

import io.firstresponse.job.domain.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatagenReaderTest {

  private static final long SECOND = 1_000_000_000L;

  private final ManualClock clock = new ManualClock();
  private final RecordingOutput output = new RecordingOutput();
  private final Counter messagesRead = new SimpleCounter();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 40})
  void anyNumberOfSplitsGivesTheStreamInOrder(int splits) {
    Workload workload = workload(5_000);
    DatagenReader reader = reader(workload, 0);
    reader.addSplits(LongStream.range(0, splits).mapToObj(s -> split(s, splits)).toList());
    reader.notifyNoMoreSplits();

    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.END_OF_INPUT);

    assertThat(output.messages).isEqualTo(messages(workload));
    for (int i = 0; i < 5_000; i++) {
      assertThat(output.splits.get(i)).isEqualTo(Integer.toString(i % splits));
    }
    assertThat(output.open).isEmpty();
    assertThat(output.released).hasSize(splits);
    assertThat(output.idle).isFalse();
    assertThat(messagesRead.getCount()).isEqualTo(5_000);
    assertThat(reader.snapshotState(1)).isEmpty();
  }

  @Test
  void readersShareTheStreamWithoutOverlap() {
    Workload workload = workload(5_000);
    for (int half = 0; half < 2; half++) {
      DatagenReader reader = reader(workload, 0);
      reader.addSplits(List.of(split(half, 4), split(half + 2, 4)));
      reader.notifyNoMoreSplits();
      assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.END_OF_INPUT);
    }
    assertThat(output.messages).containsExactlyInAnyOrderElementsOf(messages(workload));
  }

  @Test
  void aSplitBehindTheOthersCatchesUpFirst() {
    Workload workload = workload(300);
    DatagenReader reader = reader(workload, 0);
    reader.addSplits(List.of(split(200, 2), split(51, 2)));
    reader.notifyNoMoreSplits();

    pollUntilQuiet(reader);

    List<Message> expected = new ArrayList<>();
    for (int i = 51; i < 300; i++) {
      if (i >= 200 || i % 2 == 1) {
        expected.add(workload.message(i));
      }
    }
    assertThat(output.messages).isEqualTo(expected);
  }

  @Test
  void aRestoredReaderGoesOnWhereTheSnapshotWasTaken() throws Exception {
    Workload workload = workload(5_000);
    DatagenReader reader = reader(workload, 0);
    reader.addSplits(List.of(split(0, 3), split(1, 3), split(2, 3)));
    reader.notifyNoMoreSplits();
    reader.pollNext(output);
    reader.pollNext(output);
    int delivered = output.messages.size();
    assertThat(delivered).isPositive().isLessThan(5_000);
    List<DatagenSplit> snapshot = reader.snapshotState(1);
    reader.pollNext(output);
    // What the failed reader delivered after the snapshot does not count.
    output.messages.subList(delivered, output.messages.size()).clear();

    DatagenSplitSerializer serializer = new DatagenSplitSerializer();
    List<DatagenSplit> restored = new ArrayList<>();
    for (DatagenSplit split : snapshot) {
      restored.add(serializer.deserialize(serializer.getVersion(), serializer.serialize(split)));
    }
    // Restored at another parallelism: the splits are spread over two readers.
    for (List<DatagenSplit> share : List.of(restored.subList(0, 1), restored.subList(1, 3))) {
      DatagenReader second = reader(workload, 0);
      second.addSplits(share);
      second.notifyNoMoreSplits();
      output.open.clear();
      assertThat(pollUntilQuiet(second)).isEqualTo(InputStatus.END_OF_INPUT);
    }
    assertThat(output.messages).containsExactlyInAnyOrderElementsOf(messages(workload));
  }

  @Test
  void splitsBeyondTheEndAreReleasedWithoutAMessage() {
    DatagenReader reader = reader(workload(2), 0);
    reader.addSplits(List.of(split(0, 4), split(1, 4), split(2, 4), split(3, 4)));
    reader.notifyNoMoreSplits();

    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.END_OF_INPUT);

    assertThat(output.messages).hasSize(2);
    assertThat(output.released).containsExactlyInAnyOrder("0", "1", "2", "3");
  }

  @Test
  void aPollIsShort() {
    DatagenReader reader = reader(workload(100_000), 0);
    reader.addSplits(List.of(split(0, 1)));

    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);

    assertThat(output.messages).hasSize(DatagenReader.MESSAGES_PER_POLL);
  }

  @Test
  void aReaderWithoutSplitsWaitsForThem() {
    Workload workload = workload(10);
    DatagenReader reader = reader(workload, 0);

    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    CompletableFuture<Void> available = reader.isAvailable();
    assertThat(available).isNotDone();
    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(reader.isAvailable()).as("the one handed out").isSameAs(available);

    reader.addSplits(List.of(split(0, 1)));
    assertThat(available).isCompleted();
    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(output.messages).isEqualTo(messages(workload));

    reader.notifyNoMoreSplits();
    assertThat(reader.isAvailable()).isCompleted();
    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
    assertThat(output.idle).isFalse();
  }

  @Test
  void aReaderTooManyEndsWithABoundedStream() {
    DatagenReader reader = reader(workload(10), 0);
    reader.notifyNoMoreSplits();

    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
  }

  @Test
  void aReaderTooManyIsIdleInAnUnboundedStream() {
    DatagenReader reader = reader(workload(0), 0);
    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(output.idle).as("splits may still come").isFalse();

    reader.notifyNoMoreSplits();

    assertThat(reader.isAvailable()).isCompleted();
    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(output.idle).isTrue();
    assertThat(reader.isAvailable()).isNotDone();
  }

  @Test
  void pausedSplitsDeliverNothingUntilResumed() {
    Workload workload = workload(100);
    DatagenReader reader = reader(workload, 0);
    reader.addSplits(List.of(split(0, 2), split(1, 2)));
    reader.notifyNoMoreSplits();

    reader.pauseOrResumeSplits(List.of("0"), List.of());
    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(output.splits).hasSize(50).containsOnly("1");
    assertThat(reader.isAvailable()).isNotDone();
    assertThat(reader.snapshotState(1)).containsExactly(split(0, 2));

    reader.pauseOrResumeSplits(List.of("1"), List.of("0"));
    assertThat(reader.isAvailable()).isCompleted();
    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.END_OF_INPUT);
    assertThat(output.messages).containsExactlyInAnyOrderElementsOf(messages(workload));
  }

  @Test
  void resumingASplitThatRunsDoesNotDoubleIt() {
    Workload workload = workload(100);
    DatagenReader reader = reader(workload, 0);
    reader.addSplits(List.of(split(0, 1)));
    reader.notifyNoMoreSplits();

    reader.pauseOrResumeSplits(List.of(), List.of("0"));
    pollUntilQuiet(reader);

    assertThat(output.messages).isEqualTo(messages(workload));
  }

  @Test
  void theRateIsKeptByTheClock() {
    DatagenReader reader = reader(workload(0), 100);
    reader.addSplits(List.of(split(0, 1)));

    assertThat(pollUntilQuiet(reader)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    assertThat(output.messages).as("the first is due at once").hasSize(1);
    assertThat(reader.isAvailable()).isNotDone();

    clock.advance(SECOND / 100 - 1);
    assertThat(reader.isAvailable()).isNotDone();
    clock.advance(1);
    assertThat(reader.isAvailable()).isCompleted();
    pollUntilQuiet(reader);
    assertThat(output.messages).hasSize(2);

    // Held up for a second, it makes up for it.
    clock.advance(SECOND);
    pollUntilQuiet(reader);
    assertThat(output.messages).hasSize(102);
  }

  @Test
  void aPollBeforeTimeDeliversNothingAndKeepsTheAlarm() {
    DatagenReader reader = reader(workload(0), 100);
    reader.addSplits(List.of(split(0, 1)));
    pollUntilQuiet(reader);
    CompletableFuture<Void> available = reader.isAvailable();

    assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);

    assertThat(output.messages).hasSize(1);
    assertThat(reader.isAvailable()).isSameAs(available);
  }

  @Test
  void readersOfOneStreamShareItsRate() {
    DatagenReader one = reader(workload(0), 1_000);
    DatagenReader two = reader(workload(0), 1_000);
    RecordingOutput outputOfTwo = new RecordingOutput();
    one.addSplits(List.of(split(0, 4), split(2, 4), split(3, 4)));
    two.addSplits(List.of(split(1, 4)));
    pollUntilQuiet(one, output);
    pollUntilQuiet(two, outputOfTwo);

    clock.advance(10 * SECOND);
    pollUntilQuiet(one, output);
    pollUntilQuiet(two, outputOfTwo);

    assertThat(output.messages).hasSizeBetween(7_500, 7_502);
    assertThat(outputOfTwo.messages).hasSizeBetween(2_500, 2_502);
  }

  @Test
  void aRestoredReaderKeepsTheRateFromWhereItIs() {
    DatagenReader reader = reader(workload(0), 100);
    reader.addSplits(List.of(split(5_000_000_000L, 1)));

    pollUntilQuiet(reader);
    assertThat(output.messages).hasSize(1);
    clock.advance(SECOND);
    pollUntilQuiet(reader);
    assertThat(output.messages).hasSize(101);
  }

  @Test
  void highRatesWaitAMillisecondAtLeast() {
    DatagenReader reader = reader(workload(0), 1_000_000);
    reader.addSplits(List.of(split(0, 1)));
    pollUntilQuiet(reader);

    clock.advance(Pace.SHORTEST_WAIT_NANOS - 1);
    assertThat(reader.isAvailable()).isNotDone();
    clock.advance(1);
    assertThat(reader.isAvailable()).isCompleted();
    pollUntilQuiet(reader);
    assertThat(output.messages).hasSize(1_001);
  }

  @Test
  void closingAReaderClosesItsClock() {
    reader(workload(10), 0).close();

    assertThat(clock.closed).isTrue();
  }

  private DatagenReader reader(Workload workload, double rate) {
    return new DatagenReader(workload, new Pace(rate, clock), messagesRead);
  }

  private InputStatus pollUntilQuiet(DatagenReader reader) {
    return pollUntilQuiet(reader, output);
  }

  private static InputStatus pollUntilQuiet(DatagenReader reader, RecordingOutput output) {
    InputStatus status;
    do {
      status = reader.pollNext(output);
    } while (status == InputStatus.MORE_AVAILABLE);
    return status;
  }

  private static DatagenSplit split(long next, int splits) {
    return new DatagenSplit((int) (next % splits), splits, next);
  }

  private static Workload workload(long count) {
    return Workload.from(
        new Configuration().set(DatagenOptions.COUNT, count).set(DatagenOptions.DUPLICATES, 0.1));
  }

  private static List<Message> messages(Workload workload) {
    return LongStream.range(0, workload.end()).mapToObj(workload::message).toList();
  }
}
