package io.firstresponse.job.source.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.connectors.PermanentFailure;
import io.firstresponse.job.source.files.FileOptions.OnUnreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilesEnumeratorTest {

  private static final Optional<Duration> WATCHING = Optional.of(Duration.ofSeconds(1));
  private static final Optional<Duration> ONCE = Optional.empty();

  @TempDir private Path folder;

  /** Grows with the readers that register. */
  private int parallelism = 1;

  private Readers readers;
  private FilesEnumerator enumerator;

  @BeforeEach
  void begin() {
    begin(WATCHING, OnUnreadable.FAIL, null);
  }

  private void begin(Optional<Duration> watch, OnUnreadable onUnreadable, FilesState state) {
    readers = new Readers();
    enumerator =
        new FilesEnumerator(
            readers,
            new FileLister(folder.toUri()),
            watch,
            file -> FilesSplit.cut(file.uri(), file.length(), 100),
            onUnreadable,
            state);
    enumerator.start();
  }

  @Test
  void splitsGoOutInOrderAndOneAtATime() throws Exception {
    write("10.json", 150);
    write("9.json", 150);
    register(0, 1);
    ask(0, 1);
    assertThat(readers.assigned).isEmpty();
    readers.look();
    assertThat(readers.assigned).containsOnly(entry(0, "9.json@0"), entry(1, "9.json@75"));
    finish(1, "9.json@75", 7);
    assertThat(readers.assigned).containsEntry(1, "10.json@0");
  }

  @Test
  void aFileFoundOnceIsNotFoundAgainButNewOnesAre() throws Exception {
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    readers.look();
    finish(0, "1.json@0", 7);
    assertThat(readers.assigned).isEmpty();
    write("0.json", 10);
    readers.look();
    assertThat(readers.assigned).containsOnly(entry(0, "0.json@0"));
  }

  @Test
  void inputWithAnEndEndsAfterItsFiles() throws Exception {
    begin(ONCE, OnUnreadable.FAIL, null);
    write("1.json", 10);
    register(0, 1);
    ask(1, 0);
    assertThat(readers.ended).isEmpty();
    readers.look();
    assertThat(readers.ended).containsExactly(0);
    finish(1, "1.json@0", 7);
    assertThat(readers.ended).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void restoredInputWithAnEndReadsWhatWasAddedSince() throws Exception {
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    finish(0, "1.json@0", 7);
    FilesState state = serialized(enumerator.snapshotState(1));
    write("2.json", 10);
    begin(ONCE, OnUnreadable.FAIL, state);
    register(0);
    ask(0);
    readers.look();
    assertThat(readers.assigned).containsOnly(entry(0, "2.json@0"));
    finish(0, "2.json@0", 8);
    assertThat(readers.ended).containsExactly(0);
  }

  @Test
  void aWaitingReaderFollowsTheSlowestAtWork() throws Exception {
    readers.look();
    register(0, 1, 2);
    ask(0, 1, 2);
    write("1.json", 10);
    write("2.json", 10);
    readers.look();
    assertThat(readers.safe).isEmpty();
    progress(0, 100);
    assertThat(readers.safe).as("nothing is known of reader 1").isEmpty();
    progress(1, 50);
    assertThat(readers.safe).containsOnly(Map.entry(2, 50L));
    progress(1, 200);
    assertThat(readers.safe).containsOnly(Map.entry(2, 100L));
    finish(1, "2.json@0", 300);
    assertThat(readers.safe).containsOnly(Map.entry(2, 100L), Map.entry(1, 100L));
    finish(0, "1.json@0", 150);
    assertThat(readers.safe)
        .as("nobody is at work")
        .containsOnly(Map.entry(0, 300L), Map.entry(1, 300L), Map.entry(2, 300L));
  }

  @Test
  void aReaderThatWasNotHeardOfHoldsAll() throws Exception {
    parallelism = 2;
    write("1.json", 10);
    readers.look();
    register(0);
    ask(0);
    finish(0, "1.json@0", 300);
    assertThat(readers.safe).isEmpty();
    register(1);
    ask(1);
    assertThat(readers.safe).containsOnly(Map.entry(0, 300L), Map.entry(1, 300L));
  }

  @Test
  void afterARestoreTheLastWatermarkIsThereAgain() throws Exception {
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    finish(0, "1.json@0", 300);
    begin(WATCHING, OnUnreadable.FAIL, serialized(enumerator.snapshotState(1)));
    register(0);
    ask(0);
    assertThat(readers.safe).as("what came meanwhile is not known").isEmpty();
    readers.look();
    assertThat(readers.safe).containsOnly(Map.entry(0, 300L));
  }

  @Test
  void anEndThatOnlyTheReadersCheckpointKnowsCounts() throws Exception {
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    FilesSplit split = readers.splits.get(0);
    FilesState before = enumerator.snapshotState(1);
    begin(WATCHING, OnUnreadable.FAIL, before);
    readers.reported.put(0, List.of(serialized(split.at(null, 300).end())));
    register(0);
    ask(0);
    readers.look();
    assertThat(readers.assigned).isEmpty();
    assertThat(readers.safe).containsOnly(Map.entry(0, 300L));
    assertThat(readers.unread()).isZero();
  }

  @Test
  void restoredSplitsWaitForAllReadersAndKeepTheirOrder() throws Exception {
    write("1.json", 10);
    write("2.json", 10);
    write("3.json", 10);
    register(0, 1);
    ask(0, 1);
    readers.look();
    FilesSplit first = readers.splits.get(0).at(null, 5);
    FilesSplit second = readers.splits.get(1);
    begin(WATCHING, OnUnreadable.FAIL, serialized(enumerator.snapshotState(1)));
    parallelism = 2;
    readers.reported.put(1, List.of(second, first));
    readers.look();
    register(0);
    ask(0);
    assertThat(readers.assigned).isEmpty();
    assertThat(readers.unread()).isEqualTo(-1);
    register(1);
    ask(1);
    assertThat(readers.assigned).containsOnly(entry(0, "1.json@0"), entry(1, "2.json@0"));
    assertThat(readers.splits.get(0)).isEqualTo(first);
    assertThat(readers.unread()).isEqualTo(3);
  }

  @Test
  void aFailedReadersSplitsComeBackOnce() throws Exception {
    write("1.json", 10);
    write("2.json", 10);
    register(0, 1);
    ask(0, 1);
    readers.look();
    progress(0, 100);
    FilesSplit lost = readers.splits.get(0);
    readers.fail(0);
    enumerator.addSplitsBack(List.of(lost), 0);
    assertThat(readers.unread()).isEqualTo(-1);
    finish(1, "2.json@0", 300);
    assertThat(readers.assigned).as("the failed one may bring more").doesNotContainKey(1);
    assertThat(readers.safe).isEmpty();
    readers.reported.put(0, List.of(lost));
    register(0);
    ask(0);
    assertThat(readers.assigned).containsOnly(entry(1, "1.json@0"));
    assertThat(readers.unread()).isEqualTo(1);
    finish(1, "1.json@0", 200);
    assertThat(readers.unread()).isZero();
    assertThat(readers.safe).containsOnly(Map.entry(0, 300L), Map.entry(1, 300L));
  }

  @Test
  void countsWhatIsNotReadToItsEnd() throws Exception {
    assertThat(readers.unread()).as("nobody has looked").isEqualTo(-1);
    register(0);
    ask(0);
    readers.look();
    assertThat(readers.unread()).isZero();
    write("1.json", 150);
    write("2.json", 10);
    readers.look();
    assertThat(readers.unread()).isEqualTo(2);
    finish(0, "1.json@0", 1);
    assertThat(readers.unread()).isEqualTo(2);
    finish(0, "1.json@75", 1);
    assertThat(readers.unread()).isEqualTo(1);
    finish(0, "2.json@0", 1);
    assertThat(readers.unread()).isZero();
  }

  @Test
  void theFinishedSplitIsNoted() throws Exception {
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    finish(0, "1.json@0", 1);
    assertThat(readers.noted).containsExactly("1.json@0");
  }

  @Test
  void whatCannotBeReadEndsTheJob() throws Exception {
    write("1.json", 10);
    Files.createSymbolicLink(folder.resolve("2.json"), folder.resolve("nothing"));
    register(0);
    ask(0);
    assertThatThrownBy(readers::look)
        .hasRootCauseInstanceOf(PermanentFailure.class)
        .hasStackTraceContaining("2.json cannot be read")
        .hasStackTraceContaining("source.files.on-unreadable to dead-letter");
  }

  @Test
  void orIsADeadLetterOnce() throws Exception {
    begin(WATCHING, OnUnreadable.DEAD_LETTER, null);
    write("2.json", 10);
    Files.createSymbolicLink(folder.resolve("1.json"), folder.resolve("nothing"));
    register(0);
    ask(0);
    readers.look();
    readers.look();
    assertThat(readers.splits.get(0).unreadable()).contains("link to nothing");
    finish(0, readers.assigned.get(0), Long.MIN_VALUE);
    assertThat(readers.assigned).containsOnly(entry(0, "2.json@0"));
    finish(0, "2.json@0", 1);
    assertThat(readers.unread()).isZero();
    readers.look();
    assertThat(readers.assigned).isEmpty();
    // Mended, it is a file like others.
    write("nothing", 10);
    readers.look();
    assertThat(readers.assigned.get(0)).isIn("1.json@0", "nothing@0");
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatChangesAfterItWasFoundIsNamed(OnUnreadable onUnreadable) throws Exception {
    begin(WATCHING, onUnreadable, null);
    write("1.json", 10);
    register(0);
    ask(0);
    readers.look();
    finish(0, "1.json@0", 1);
    write("1.json", 20);
    if (onUnreadable == OnUnreadable.FAIL) {
      assertThatThrownBy(readers::look)
          .hasRootCauseInstanceOf(PermanentFailure.class)
          .hasStackTraceContaining("it had 10 bytes when it was found and has 20 now");
    } else {
      readers.look();
      readers.look();
      assertThat(readers.splits.get(1).unreadable()).contains("has 20 now");
      finish(0, readers.assigned.get(0), Long.MIN_VALUE);
      assertThat(readers.assigned).isEmpty();
    }
  }

  private void write(String name, int length) throws IOException {
    Files.write(folder.resolve(name), new byte[length]);
  }

  private void register(int... numbers) {
    for (int number : numbers) {
      readers.register(number);
      enumerator.addReader(number);
    }
  }

  private void ask(int... numbers) {
    for (int number : numbers) {
      enumerator.handleSplitRequest(number, null);
    }
  }

  private void progress(int reader, long watermark) throws Exception {
    send(reader, new FilesEvent.Progress(watermark));
  }

  private void finish(int reader, String split, long watermark) throws Exception {
    readers.assigned.remove(reader);
    readers.safe.remove(reader);
    send(reader, new FilesEvent.Finished(folder.toUri() + split, watermark));
    ask(reader);
  }

  /** As a message that travels. */
  private void send(int reader, SourceEvent event) throws Exception {
    enumerator.handleSourceEvent(reader, InstantiationUtil.clone(event));
  }

  private static Map.Entry<Integer, String> entry(int reader, String split) {
    return Map.entry(reader, split);
  }

  private static FilesState serialized(FilesState state) throws IOException {
    FilesStateSerializer serializer = new FilesStateSerializer();
    return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
  }

  private static FilesSplit serialized(FilesSplit split) throws IOException {
    FilesSplitSerializer serializer = new FilesSplitSerializer();
    return serializer.deserialize(serializer.getVersion(), serializer.serialize(split));
  }

  /** What the enumerator does to readers; names are those within the folder. */
  private final class Readers implements SplitEnumeratorContext<FilesSplit> {

    private final Map<Integer, String> assigned = new HashMap<>();
    private final List<FilesSplit> splits = new ArrayList<>();
    private final Map<Integer, ReaderInfo> registered = new HashMap<>();
    private final Map<Integer, List<FilesSplit>> reported = new HashMap<>();
    private final Map<Integer, Long> safe = new HashMap<>();
    private final List<String> noted = new ArrayList<>();
    private final Set<Integer> ended = new HashSet<>();
    private final Map<String, Gauge<?>> gauges = new HashMap<>();
    private Callable<?> listing;
    private BiConsumer<Object, Throwable> taker;

    void register(int reader) {
      registered.put(
          reader,
          ReaderInfo.createReaderInfo(reader, "here", reported.getOrDefault(reader, List.of())));
      parallelism = Math.max(parallelism, registered.size());
    }

    void fail(int reader) {
      registered.remove(reader);
      assigned.remove(reader);
      safe.remove(reader);
    }

    /** Lets the enumerator look into the folder. */
    void look() throws Exception {
      taker.accept(listing.call(), null);
    }

    int unread() {
      return (Integer) gauges.get(FilesEnumerator.FILES_UNREAD).getValue();
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      return registered;
    }

    @Override
    public void assignSplits(SplitsAssignment<FilesSplit> assignment) {
      assignment
          .assignment()
          .forEach(
              (reader, some) -> {
                assertThat(some).hasSize(1);
                assertThat(assigned).doesNotContainKey(reader);
                assigned.put(reader, name(some.get(0).splitId()));
                safe.remove(reader);
                splits.addAll(some);
              });
    }

    private String name(String splitId) {
      return splitId.substring(folder.toUri().toString().length());
    }

    @Override
    public void signalNoMoreSplits(int reader) {
      ended.add(reader);
    }

    @Override
    public int currentParallelism() {
      return parallelism;
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      return new Metrics(gauges);
    }

    @Override
    public void sendEventToSourceReader(int reader, SourceEvent event) {
      if (event instanceof FilesEvent.Safe some) {
        safe.put(reader, some.watermark());
      } else if (event instanceof FilesEvent.Noted some) {
        noted.add(name(some.splitId()));
      } else {
        throw new AssertionError(event);
      }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <V> void callAsync(Callable<V> callable, BiConsumer<V, Throwable> handler) {
      listing = callable;
      taker = (BiConsumer<Object, Throwable>) (BiConsumer<?, ?>) handler;
    }

    @Override
    public <V> void callAsync(
        Callable<V> callable, BiConsumer<V, Throwable> handler, long delay, long period) {
      callAsync(callable, handler);
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Metrics extends UnregisteredMetricsGroup
      implements SplitEnumeratorMetricGroup {

    private final Map<String, Gauge<?>> gauges;

    Metrics(Map<String, Gauge<?>> gauges) {
      this.gauges = gauges;
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
      gauges.put(name, gauge);
      return gauge;
    }

    @Override
    public <G extends Gauge<Long>> G setUnassignedSplitsGauge(G gauge) {
      return gauge;
    }
  }
}
