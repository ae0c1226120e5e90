package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Shard;

/** Keeps shards in Flink's keyed state, each under its key. */
interface ShardStore {

  /** The shard of the current key. */
  Shard current(Integer key) throws Exception;

  /** Leaves the shard of the current key, and forgets it if nothing is in it. */
  void release(Integer key, Shard shard) throws Exception;

  /** Puts into the checkpoint that is being taken what is not in keyed state. */
  void snapshot() throws Exception;

  /** Lets go of what is not in memory. */
  default void close() throws Exception {}
}
