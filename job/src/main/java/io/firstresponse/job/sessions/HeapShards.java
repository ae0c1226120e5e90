package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shard;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.ValueState;

/**
 * Shards as values on the heap, which are changed in place: Flink gives out the value itself, and a
 * copy while a snapshot still reads it.
 */
final class HeapShards implements ShardStore {

  private final ValueState<HeapShard> state;
  @Nullable private final StoredShards stored;
  // Keys whose shard is on the heap, if anywhere.
  private final Set<Integer> moved = new HashSet<>();
  private final ResponseMode mode;
  private final boolean live;

  /**
   * @param stored shards of a checkpoint that was taken where they are not on the heap; null
   *     without one
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
