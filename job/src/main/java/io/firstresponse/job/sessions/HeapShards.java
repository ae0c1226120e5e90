package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shard;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.ValueState;

/**
 * Shards as objects in a state backend on the heap. They are changed in place: the state returns
 * the object itself, or a copy of it while a snapshot reads the object.
 */
final class HeapShards implements ShardStore {

  private final ValueState<HeapShard> state;
  @Nullable private final StoredShards stored;
  // Keys whose shard has been moved from the other backend's state to the heap.
  private final Set<Integer> moved = new HashSet<>();
  private final ResponseMode mode;
  private final boolean live;

  /**
   * @param stored the shards of a restored checkpoint, which may be of a backend that is not on the
   *     heap; null if nothing was restored
   */
  HeapShards(
      ValueState<HeapShard> state, @Nullable StoredShards stored, ResponseMode mode, boolean live) {
    this.state = state;
    this.stored = stored;
    this.mode = mode;
    this.live = live;
  }

  @Override
  public Shard current(Integer key) throws Exception {
    HeapShard shard = state.value();
    if (shard == null) {
      shard = stored != null && moved.add(key) ? stored.toHeap(key) : new HeapShard(mode);
      state.update(shard);
    }
    if (live) {
      shard.prepareForLive();
    }
    return shard;
  }

  @Override
  public void snapshot() throws Exception {
    if (stored != null) {
      stored.snapshot();
    }
  }

  @Override
  public void release(Integer key, Shard shard) {
    if (((HeapShard) shard).isEmpty()) {
      state.clear();
    }
  }
}
