/**
 * The keyed operator: {@link io.firstresponse.job.sessions.FirstResponseFunction} adapts the rules
 * of {@code domain} to Flink. The other classes keep its state: on the heap, in a state backend
 * such as RocksDB, or, in a batch, without checkpoints.
 */
package io.firstresponse.job.sessions;
