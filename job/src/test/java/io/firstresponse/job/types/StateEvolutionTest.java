package io.firstresponse.job.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How state gets a field: a value as an earlier release wrote it is read by a later one, with what
 * is missing filled in, and the earlier release does not take what the later one wrote.
 */
class StateEvolutionTest {

  private static final long KEYS = 300;

  /**
   * An open session, and what a later release wants to know of it.
   *
   * @param channel where the customer wrote; 0 where an earlier release did not keep it
   */
  record Waiting(long openedAt, long asked, long channel) {}

  /** The two formats, as the serializers of two releases would be. */
  static final class WaitingSerializer extends ValueSerializer<Waiting> {

    private static final long serialVersionUID = 1;

    private final int format;

    WaitingSerializer(int format) {
      super((format == 1 ? 2 : 3) * Long.BYTES);
      this.format = format;
    }

    @Override
    public Waiting createInstance() {
      return new Waiting(0, 0, 0);
    }

    @Override
    public void serialize(Waiting value, DataOutputView target) throws IOException {
      target.writeLong(value.openedAt());
      target.writeLong(value.asked());
      if (format > 1) {
        target.writeLong(value.channel());
      }
    }

    @Override
    public Waiting deserialize(DataInputView source) throws IOException {
      return new Waiting(source.readLong(), source.readLong(), format > 1 ? source.readLong() : 0);
    }

    @Override
    public TypeSerializerSnapshot<Waiting> snapshotConfiguration() {
      return new Snapshot(format);
    }

    /** Format 1: without channel. Format 2: with it. */
    public static final class Snapshot extends VersionedSnapshot<Waiting> {
      public Snapshot() {
        this(2);
      }

      private Snapshot(int format) {
        super(format, WaitingSerializer::new);
      }
    }
  }

  /** Keeps each value under its key, and gives back what was there. */
  private static final class Keeper extends AbstractStreamOperator<Waiting>
      implements OneInputStreamOperator<Waiting, Waiting> {

    private static final long serialVersionUID = 1;

    private final int format;
    private transient ValueState<Waiting> state;

    Keeper(int format) {
      this.format = format;
    }

    @Override
    public void open() throws Exception {
      super.open();
      state =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("waiting", new WaitingSerializer(format)));
    }

    @Override
    public void processElement(StreamRecord<Waiting> element) throws Exception {
      Waiting was = state.value();
      if (was != null) {
        output.collect(new StreamRecord<>(was));
      }
      state.update(element.getValue());
    }
  }

  static Stream<StateBackend> backends() {
    return Stream.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFieldIsAdded(StateBackend backend) throws Exception {
    OperatorSubtaskState first;
    try (var release = release(1, backend, null)) {
      assertThat(replaced(release, 7)).isEmpty();
      first = release.snapshot(1, 1);
    }
    OperatorSubtaskState second;
    try (var release = release(2, backend, first)) {
      assertThat(replaced(release, 8)).isEqualTo(all(0));
      second = release.snapshot(2, 2);
    }
    try (var release = release(2, backend, second)) {
      assertThat(replaced(release, 9)).isEqualTo(all(8));
    }
    assertThatThrownBy(() -> release(1, backend, second))
        .hasRootCauseInstanceOf(StateMigrationException.class);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, Waiting, Waiting> release(
      int format, StateBackend backend, OperatorSubtaskState state) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<Long, Waiting, Waiting>(
            new Keeper(format), Waiting::openedAt, Types.LONG);
    harness.setStateBackend(backend);
    harness.setCheckpointStorage(new JobManagerCheckpointStorage());
    harness.setup(new WaitingSerializer(format));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  /** Puts a value under each key, and returns those that were there. */
  private static List<Waiting> replaced(
      KeyedOneInputStreamOperatorTestHarness<Long, Waiting, Waiting> release, long channel)
      throws Exception {
    for (Waiting waiting : all(channel)) {
      release.processElement(new StreamRecord<>(waiting));
    }
    return new ArrayList<>(release.extractOutputValues());
  }

  private static List<Waiting> all(long channel) {
    return LongStream.range(0, KEYS).mapToObj(b -> new Waiting(b, b + 1, channel)).toList();
  }
}
