package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.util.MathUtils;

/**
 * The key in Flink of a message's shard. Shard {@code n} must be in key group {@code n}, so its key
 * is the smallest number that Flink assigns to that key group. State in savepoints is found by the
 * key, so it must not change.
 */
public final class ShardKey implements KeySelector<Message, Integer> {

  private static final long serialVersionUID = 1;

  private final ResponseMode mode;
  private final Integer[] keys;

  /**
   * @param mode who may answer
   * @param keyGroups the number of key groups, which is the maximum parallelism
   */
  public ShardKey(ResponseMode mode, int keyGroups) {
    this.mode = mode;
    this.keys = new Integer[keyGroups];
    int missing = keyGroups;
    for (int key = 0; missing > 0; key++) {
      // Flink finds the group of a key in this way; the hash code of an Integer is its value.
      int group = MathUtils.murmurHash(key) % keyGroups;
      if (keys[group] == null) {
        keys[group] = key;
        missing--;
      }
    }
  }

  @Override
  public Integer getKey(Message message) {
    return keys[Shards.of(mode, message.b(), message.a(), keys.length)];
  }
}
