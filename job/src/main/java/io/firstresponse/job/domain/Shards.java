package io.firstresponse.job.domain;

/**
 * Divides keys into shards, as many as Flink has key groups: thousands of customers whose waiting
 * messages and open sessions lie together, with one timer for all of them. Shard and key group have
 * the same number, so each task has as many shards as key groups, whatever the parallelism.
 *
 * <p>Where a customer's state lies in a savepoint depends on these numbers. They never change.
 */
public final class Shards {

  private Shards() {}

  /**
   * The shard of a key.
   *
   * @param a the agent; without meaning in any-agent mode
   * @param count how many shards there are
   */
  public static int of(ResponseMode mode, long b, long a, int count) {
    // The upper half of the bits; the tables within a shard use the lower ones.
    return (int) (((mix(mode, b, a) >>> 32) * count) >>> 32);
  }

  /** Ids as they come, one after the other, spread over all numbers. */
  static long mix(ResponseMode mode, long b, long a) {
    long mixed = mix(b);
    return mode == ResponseMode.ANY_AGENT ? mixed : mix(mixed + a);
  }

  /** The finalizer of SplitMix64, with its increment before it. */
  private static long mix(long id) {
    long z = id + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
