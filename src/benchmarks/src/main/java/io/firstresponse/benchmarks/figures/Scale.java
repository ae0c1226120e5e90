package io.firstresponse.benchmarks.figures;

import java.util.List;

/**
 * The sizes of the measurements. The quick run has to end within five minutes on two cores; the
 * figures of the full one are published.
 *
 * @param messages of the end-to-end runs
 * @param delayedMessages of the seed's delayed batch
 * @param triggerClients the numbers of clients to try with single-row inserts
 * @param triggerSeconds how long the clients insert with each of these numbers
 * @param warmUpMessages of the run of the job before those that are measured
 * @param operatorMessages of the job's operator alone, and of the fast peers
 * @param noopMessages of keyBy without an operator
 * @param peerMessages of the other peers; from 1.2 million on the buffer is full and answers are
 *     found
 * @param batchMillions of messages of the largest batch
 * @param sinkRows new rows of the sink alone, and as many again with updates
 * @param stateMessages in the buffer when its bytes are counted
 */
public record Scale(
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

  public static final Scale QUICK =
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

  public static final Scale FULL =
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
