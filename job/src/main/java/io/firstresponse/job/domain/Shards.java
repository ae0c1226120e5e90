package io.firstresponse.job.domain;

/**
 * Assigns keys to shards. A shard holds the waiting messages and open sessions of thousands of
 * customers and has one timer for all of them. There are as many shards as key groups in Flink, and
 * shard {@code n} is in key group {@code n}, so that each task has as many shards as key groups.
 *
 * <p>The assignment decides where the state of a customer is in a savepoint. It must not change.
 */
public final class Shards {

  private Shards() {}

  /**
   * The shard of a key.
   *
   * @param mode who may answer
   * @param b the customer
   * @param a the agent; ignored in any-agent mode
   * @param count the number of shards
   * @return a number from 0 to {@code count - 1}
   */
  public static int of(ResponseMode mode, long b, long a, int count) {
    // The upper 32 bits, since the hash tables within a shard use the lower ones.
    return (int) (((mix(mode, b, a) >>> 32) * count) >>> 32);
  }

  /** A hash of the key, well distributed for consecutive ids too. */
  static long mix(ResponseMode mode, long b, long a) {
    long mixed = mix(b);
    return mode == ResponseMode.ANY_AGENT ? mixed : mix(mixed + a);
  }

  /** One step of the generator SplitMix64. */
  private static long mix(long id) {
    long z = id + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
