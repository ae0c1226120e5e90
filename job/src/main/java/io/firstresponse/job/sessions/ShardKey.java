package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.ResponseMode;
import io.firstresponse.job.domain.Shards;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.util.MathUtils;

/**
 * The key of a message's shard: the smallest number that Flink puts into the key group of the
 * shard's own number. State in savepoints is found by it, so it never changes.
 */
public final class ShardKey implements KeySelector<Message, Integer> {

  private static final long serialVersionUID = 1;

  private final ResponseMode mode;
  private final Integer[] keys;

  /**
   * @param mode what sessions belong to
   * @param keyGroups the maximum parallelism
   */
  public ShardKey(ResponseMode mode, int keyGroups) {
    this.mode = mode;
    this.keys = new Integer[keyGroups];
    int missing = keyGroups;
    for (int key = 0; missing > 0; key++) {
      // As Flink finds the group of a key, whose hash code is the key.
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
