package io.firstresponse.job.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Session;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.testing.Traces;
import io.firstresponse.job.testing.WindowQuery;
import io.firstresponse.job.types.JobTypes;
import io.firstresponse.job.types.UnfitStateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The function under random delivery, watermarks, snapshots, restores and rescaling. */
class FirstResponseFunctionTest {

  private static final int MAX_PARALLELISM = 16;
  private static final long TICK_MILLIS = 100;

  @Test
  void rowsAreTheWindowQuerysAndNothingStaysBehind() throws Exception {
    for (long seed = 0; seed < 400; seed++) {
      Traces trace = Traces.of(seed);
      for (ResponseMode mode : ResponseMode.values()) {
        check(seed, mode, trace, new HashMapStateBackend());
      }
    }
  }

  @Test
  void rowsAreTheSameOnRocksDb() throws Exception {
    for (long seed = 1_000; seed < 1_006; seed++) {
      check(seed, ResponseMode.ANY_AGENT, Traces.of(seed), new EmbeddedRocksDBStateBackend());
    }
  }

  @Test
  void liveRowsAreTheSameOnRocksDb() throws Exception {
    for (long seed = 3_000; seed < 3_004; seed++) {
      for (ResponseMode mode : ResponseMode.values()) {
        checkLive(seed, mode, Traces.of(seed), new EmbeddedRocksDBStateBackend());
      }
    }
  }

  @Test
  void liveRowsAreTheWindowQuerysAtEveryTick() throws Exception {
    for (long seed = 2_000; seed < 2_200; seed++) {
      Traces trace = Traces.of(seed);
      for (ResponseMode mode : ResponseMode.values()) {
        checkLive(seed, mode, trace, new HashMapStateBackend());
      }
    }
  }

  @Test
  void finalResultsCanGoOnLiveButNotTheOtherWayRound() throws Exception {
    try (Cluster cluster = new Cluster(ResponseMode.ANY_AGENT, new HashMapStateBackend())) {
      cluster.deliver(new Message(1, 2, 5_000, false));
      cluster.deliver(new Message(7, 2, 9_000, true));
      cluster.watermark(6);
      assertThat(cluster.rows.values()).containsExactly(Session.open(2, 5_000, 1));
      cluster.liveInterval = Duration.ofMillis(TICK_MILLIS);
      cluster.restoreAt(2);
      cluster.watermark(7);
      cluster.tick();
      assertThat(cluster.rows.values())
          .as("messages that had arrived before are published too")
          .containsExactly(Session.open(2, 5_000, 1).answeredBy(7, 9_000));
      cluster.liveInterval = Duration.ZERO;
      assertThatThrownBy(() -> cluster.restoreAt(1))
          .hasStackTraceContaining("Go on with --results live");
    }
  }

  @Test
  void stateOfTheOtherResponseModeIsRefused() throws Exception {
    for (ResponseMode mode : ResponseMode.values()) {
      try (Cluster cluster = new Cluster(mode, new HashMapStateBackend())) {
        cluster.deliver(new Message(1, 2, 5_000, false));
        cluster.restoreAt(2);
        cluster.mode =
            mode == ResponseMode.ANY_AGENT ? ResponseMode.ADDRESSED_AGENT : ResponseMode.ANY_AGENT;
        assertThatThrownBy(() -> cluster.restoreAt(1))
            .isInstanceOf(UnfitStateException.class)
            .hasMessageContaining("Go on with --response-mode " + mode);
      }
    }
  }

  @Test
  void nothingFollowsTheEndOfTheInput() throws Exception {
    try (Cluster cluster = new Cluster(ResponseMode.ANY_AGENT, new HashMapStateBackend())) {
      cluster.deliver(new Message(1, 2, 5_000, false));
      cluster.watermark(Long.MAX_VALUE);
      cluster.watermark = Long.MIN_VALUE;
      // Twice, because the second checkpoint comes before a watermark.
      cluster.restoreAt(2);
      cluster.restoreAt(1);
      assertThatThrownBy(() -> cluster.deliver(new Message(7, 2, 9_000, true)))
          .isInstanceOf(UnfitStateException.class)
          .hasMessageContaining("when the input had ended");
      assertThat(cluster.late).isEmpty();
    }
  }

  private static void checkLive(long seed, ResponseMode mode, Traces trace, StateBackend backend)
      throws Exception {
    Random random = new Random(seed);
    try (Cluster cluster = new Cluster(mode, backend, Duration.ofMillis(TICK_MILLIS))) {
      List<Message> delivered = new ArrayList<>();
      long maxSeen = Long.MIN_VALUE;
      for (Message message : trace.messages()) {
        cluster.deliver(message);
        delivered.add(message);
        maxSeen = Math.max(maxSeen, message.millis());
        if (random.nextInt(3) == 0) {
          cluster.watermark(maxSeen - trace.disorderMillis() - 1);
        }
        if (random.nextInt(15) == 0) {
          cluster.restoreAt(1 + random.nextInt(3));
        }
        if (random.nextBoolean()) {
          // While it catches up, ticks are a second apart, and a row may wait for the next one.
          cluster.pass(1_000);
          cluster.pass(1_000);
        } else {
          continue;
        }
        assertThat(cluster.sortedRows())
            .as("seed %d, %s", seed, mode)
            .isEqualTo(WindowQuery.sessions(mode, delivered));
      }
      cluster.watermark(Long.MAX_VALUE);
      assertThat(cluster.late).isEmpty();
      List<Session> expected = WindowQuery.sessions(mode, delivered);
      assertThat(cluster.sortedRows()).as("seed %d, %s", seed, mode).isEqualTo(expected);
      assertThat(cluster.openSessions())
          .as("seed %d, %s: nothing but open sessions", seed, mode)
          .isEqualTo((int) expected.stream().filter(Session::isOpen).count());
    }
  }

  @Test
  void aMessageAtTheWatermarkIsLateAndOneAfterItIsNot() throws Exception {
    try (Cluster cluster = new Cluster(ResponseMode.ANY_AGENT, new HashMapStateBackend())) {
      cluster.watermark(10);
      Message late = new Message(1, 2, 10_999, false);
      cluster.deliver(late);
      cluster.deliver(new Message(1, 2, 11_000, false));
      cluster.watermark(11);
      assertThat(cluster.late).containsExactly(new LateMessage(late, 10));
      assertThat(cluster.rows.values()).containsExactly(Session.open(2, 11_000, 1));
    }
  }

  @Test
  void rowsThatAWatermarkMakesFinalComeBeforeIt() throws Exception {
    try (Cluster cluster = new Cluster(ResponseMode.ANY_AGENT, new HashMapStateBackend())) {
      FunctionHarness subtask = cluster.subtasks.get(0);
      for (long b = 0; b < 1_000; b++) {
        subtask.processElement(new StreamRecord<>(new Message(1, b, b * 1000, false)));
      }
      for (long through : new long[] {499, 1_000}) {
        subtask.processWatermark(through);
        List<Object> output = List.copyOf(subtask.getOutput());
        assertThat(output).hasSize(501);
        assertThat(output.get(500)).isEqualTo(new Watermark(through));
        subtask.getOutput().clear();
      }
    }
  }

  private static void check(long seed, ResponseMode mode, Traces trace, StateBackend backend)
      throws Exception {
    Random random = new Random(seed);
    try (Cluster cluster = new Cluster(mode, backend)) {
      long maxSeen = Long.MIN_VALUE;
      for (Message message : trace.messages()) {
        cluster.deliver(message);
        maxSeen = Math.max(maxSeen, message.millis());
        if (random.nextInt(3) == 0) {
          cluster.watermark(maxSeen - trace.disorderMillis() - 1);
        }
        if (random.nextInt(15) == 0) {
          cluster.restoreAt(1 + random.nextInt(3));
        }
      }
      cluster.watermark(Long.MAX_VALUE);

      List<Session> expected = WindowQuery.sessions(mode, trace.messages());
      assertThat(cluster.late).as("seed %d, %s", seed, mode).isEmpty();
      assertThat(cluster.sortedRows()).as("seed %d, %s", seed, mode).isEqualTo(expected);
      assertThat(cluster.timers()).as("seed %d, %s", seed, mode).isZero();
      assertThat(cluster.openSessions())
          .as("seed %d, %s: nothing but open sessions", seed, mode)
          .isEqualTo((int) expected.stream().filter(Session::isOpen).count());
    }
  }

  /** The function at some parallelism, which can change; and the table that it writes. */
  private static final class Cluster implements AutoCloseable {

    private ResponseMode mode;
    private final StateBackend backend;
    private Duration liveInterval;
    private long now;
    private List<FunctionHarness> subtasks = new ArrayList<>();
    private long watermark = Long.MIN_VALUE;
    private final Map<List<Long>, Session> rows = new HashMap<>();
    private final List<LateMessage> late = new ArrayList<>();

    Cluster(ResponseMode mode, StateBackend backend) throws Exception {
      this(mode, backend, Duration.ZERO);
    }

    Cluster(ResponseMode mode, StateBackend backend, Duration liveInterval) throws Exception {
      this.mode = mode;
      this.backend = backend;
      this.liveInterval = liveInterval;
      start(1, null, 1);
    }

    private void start(int parallelism, OperatorSubtaskState state, int oldParallelism)
        throws Exception {
      subtasks = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        FunctionHarness subtask =
            new FunctionHarness(mode, liveInterval, MAX_PARALLELISM, parallelism, i);
        subtask.setStateBackend(backend);
        subtask.setCheckpointStorage(new JobManagerCheckpointStorage(64 << 20));
        subtask.setUpTypes();
        if (state != null) {
          subtask.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, oldParallelism, parallelism, i));
        }
        subtask.setProcessingTime(now);
        subtask.open();
        // A restored task starts without a watermark; the source gives it the same again.
        if (watermark != Long.MIN_VALUE) {
          subtask.processWatermark(watermark);
        }
        subtasks.add(subtask);
      }
    }

    void deliver(Message message) throws Exception {
      subtasks
          .get(FunctionHarness.taskOf(mode, message, MAX_PARALLELISM, subtasks.size()))
          .processElement(new StreamRecord<>(message, message.millis()));
      drain();
    }

    void watermark(long to) throws Exception {
      watermark = Math.max(watermark, to);
      for (var subtask : subtasks) {
        subtask.processWatermark(watermark);
      }
      drain();
    }

    void tick() throws Exception {
      pass(TICK_MILLIS);
    }

    /** Lets processing time pass. */
    void pass(long millis) throws Exception {
      now += millis;
      for (var subtask : subtasks) {
        subtask.setProcessingTime(now);
      }
      drain();
    }

    void restoreAt(int parallelism) throws Exception {
      OperatorSubtaskState[] states = snapshot();
      drain();
      int oldParallelism = subtasks.size();
      close();
      start(parallelism, AbstractStreamOperatorTestHarness.repackageState(states), oldParallelism);
    }

    OperatorSubtaskState[] snapshot() throws Exception {
      OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
      for (int i = 0; i < states.length; i++) {
        subtasks.get(i).prepareSnapshotPreBarrier(1);
        states[i] = subtasks.get(i).snapshot(1, 1);
      }
      return states;
    }

    private void drain() {
      for (var subtask : subtasks) {
        Queue<Object> output = subtask.getOutput();
        for (Object record : output) {
          if (record instanceof StreamRecord<?> change) {
            take((SessionChange) change.getValue());
          }
        }
        output.clear();
        var lateOutput = subtask.getSideOutput(FirstResponseFunction.LATE);
        if (lateOutput != null) {
          lateOutput.forEach(record -> late.add(record.getValue()));
          lateOutput.clear();
        }
      }
    }

    private void take(SessionChange change) {
      Session row = change.session();
      List<Long> key =
          List.of(row.b(), row.openedAt(), mode == ResponseMode.ANY_AGENT ? 0 : row.asked());
      switch (change.kind()) {
        case NEW, CHANGED -> rows.put(key, row);
        case SAME -> assertThat(rows).containsEntry(key, row);
        case RETRACTED -> assertThat(rows.remove(key)).isNotNull();
        case REPLAY_START -> assertThat(liveInterval).isPositive();
      }
    }

    List<Session> sortedRows() {
      return rows.values().stream().sorted(WindowQuery.ROW_ORDER).toList();
    }

    int timers() {
      return subtasks.stream().mapToInt(subtask -> subtask.numEventTimeTimers()).sum();
    }

    /** Open sessions in state; no message may wait there. */
    int openSessions() throws Exception {
      int open = 0;
      for (FunctionHarness subtask : subtasks) {
        KeyedStateBackend<Integer> state = keyedState(subtask);
        if (!(backend instanceof HashMapStateBackend)) {
          open += loggedOpenSessions(state);
          continue;
        }
        for (Integer shard : state.getKeys("shard", VoidNamespace.INSTANCE).toList()) {
          state.setCurrentKey(shard);
          HeapShard kept =
              state
                  .getPartitionedState(
                      VoidNamespace.INSTANCE,
                      VoidNamespaceSerializer.INSTANCE,
                      new ValueStateDescriptor<>("shard", JobTypes.HEAP_SHARD))
                  .value();
          assertThat(kept.waiting().size()).isZero();
          assertThat(kept.openSessions().size()).isPositive();
          open += kept.openSessions().size();
        }
      }
      return open;
    }

    private static int loggedOpenSessions(KeyedStateBackend<Integer> state) throws Exception {
      int open = 0;
      for (Integer shard : state.getKeys("open-sessions", VoidNamespace.INSTANCE).toList()) {
        state.setCurrentKey(shard);
        for (var session :
            state
                .getPartitionedState(
                    VoidNamespace.INSTANCE,
                    VoidNamespaceSerializer.INSTANCE,
                    new MapStateDescriptor<>(
                        "open-sessions", JobTypes.CONVERSATION_KEY, JobTypes.OPEN_SESSION))
                .entries()) {
          assertThat(session).isNotNull();
          open++;
        }
      }
      for (int i = 0; i < 32; i++) {
        assertThat(state.getKeys("waiting-%02d".formatted(i), VoidNamespace.INSTANCE)).isEmpty();
      }
      assertThat(state.getKeys("waiting-end", VoidNamespace.INSTANCE)).isEmpty();
      return open;
    }

    private static KeyedStateBackend<Integer> keyedState(FunctionHarness subtask) {
      return ((AbstractStreamOperator<?>) subtask.getOperator()).getKeyedStateBackend();
    }

    @Override
    public void close() throws Exception {
      for (var subtask : subtasks) {
        subtask.close();
      }
    }
  }
}
