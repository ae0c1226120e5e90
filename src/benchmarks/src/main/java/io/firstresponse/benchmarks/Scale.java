package io.firstresponse.benchmarks;

import java.util.List;

/**
 * How much of everything. The quick run has to end within five minutes on two cores; the full one
 * is what is published.
 *
 * @param messages of the end-to-end runs
 * @param delayedMessages of the seed's delayed batch
 * @param triggerClients client counts to try with single-row inserts
 * @param triggerSeconds how long each of them inserts
 * @param warmUpMessages of the job run before those that count
 * @param operatorMessages of our operator alone, and of the peers that are quick enough
 * @param noopMessages of keyBy and nothing
 * @param peerMessages of the other peers; the buffer is full, and answers are found, from 1.2
 *     million on
 * @param batchMillions of messages of the largest batch
 * @param sinkRows new rows of the sink alone, and as many again with updates
 * @param stateMessages in the buffer when its bytes are counted
 */
record Scale(
    long messages,
    long delayedMessages,
    List<Integer> triggerClients,
    int triggerSeconds,
    long warmUpMessages,
    long operatorMessages,
    long noopMessages,
    long peerMessages,
    int batchMillions,
    int sinkRows,
    long stateMessages) {

  static final Scale QUICK =
      new Scale(
          2_000_000,
          300_000,
          List.of(16, 32),
          3,
          500_000,
          5_000_000,
          20_000_000,
          1_200_000,
          1,
          500_000,
          600_000);

  static final Scale FULL =
      new Scale(
          3_000_000,
          3_000_000,
          List.of(2, 4, 8, 16, 32),
          10,
          1_000_000,
          10_000_000,
          50_000_000,
          5_000_000,
          10,
          2_000_000,
          1_200_000);
}
