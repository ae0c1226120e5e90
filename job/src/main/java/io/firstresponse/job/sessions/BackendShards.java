package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shard;
import io.firstresponse.job.types.JobTypes;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * Chooses the store that fits the state backend: {@link HeapShards} if the backend keeps state as
 * objects on the heap, otherwise {@link StoredShards}. Each reads the checkpoints of the other.
 */
final class BackendShards implements ShardStore {

  private final FunctionInitializationContext start;
  private final UnwrittenMessages unwritten;
  private final ResponseMode mode;
  private final boolean live;
  private final long waitMillis;
  private final int collected;
  private final long checkpointed;
  private final ValueState<HeapShard> heapState;
  private ShardStore shards;

  /**
   * @param waitMillis how long messages usually wait
   * @param collected how many messages of a shard are written to the backend together
   * @param checkpointed the watermark of the checkpoint, in milliseconds
   */
  BackendShards(
      FunctionInitializationContext start,
      TaskInfo task,
      ResponseMode mode,
      boolean live,
      long waitMillis,
      int collected,
      long checkpointed)
      throws Exception {
    this.start = start;
    this.unwritten = new UnwrittenMessages(start.getOperatorStateStore(), mode, task);
    this.mode = mode;
    this.live = live;
    this.waitMillis = waitMillis;
    this.collected = collected;
    this.checkpointed = checkpointed;
    this.heapState =
        start
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("shard", JobTypes.HEAP_SHARD));
  }

  @Override
  public Shard current(Integer key) throws Exception {
    if (shards == null) {
      shards = choose();
    }
    return shards.current(key);
  }

  @Override
  public void release(Integer key, Shard shard) throws Exception {
    shards.release(key, shard);
  }

  @Override
  public void snapshot() throws Exception {
    if (shards == null) {
      unwritten.snapshot(Map.of());
    } else {
      shards.snapshot();
    }
  }

  private ShardStore choose() throws Exception {
    boolean onHeap = keepsObjects();
    StoredShards stored =
        onHeap && !start.isRestored()
            ? null
            : new StoredShards(
                start.getKeyedStateStore(),
                heapState,
                unwritten,
                mode,
                live,
                waitMillis,
                collected,
                checkpointed);
    return onHeap ? new HeapShards(heapState, stored, mode, live) : stored;
  }

  /** Whether a state returns the same object that it was given. */
  @SuppressWarnings("ReferenceEquality")
  private boolean keepsObjects() throws Exception {
    HeapShard before = heapState.value();
    HeapShard value = before == null ? new HeapShard(mode) : before;
    heapState.update(value);
    boolean same = heapState.value() == value;
    if (before == null) {
      heapState.clear();
    }
    return same;
  }
}
