package io.firstresponse.job.sessions;

import io.firstresponse.job.domain.Shard;

/** Keeps the shards of a task. The implementation depends on the state backend. */
interface ShardStore {

  /** The shard of the current key. */
  Shard current(Integer key) throws Exception;

  /** Ends the use of the current shard, and removes it if it is empty. */
  void release(Integer key, Shard shard) throws Exception;

  /** Writes into the checkpoint what is not in keyed state already. */
  void snapshot() throws Exception;

  /** Closes files. */
  default void close() throws Exception {}
}
