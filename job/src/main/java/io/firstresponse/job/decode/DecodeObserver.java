package io.firstresponse.job.decode;

import io.firstresponse.job.domain.Received;
import java.io.Serializable;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sees what decoders make of records: {@code scripts/inspect} shows it to people. The decoders of a
 * job have none.
 *
 * <p>It is called by the thread that decodes, before the record is emitted, in the order of the
 * records. It travels to the reader in the graph of the job.
 */
public interface DecodeObserver extends Serializable {

  /**
   * A record was read and is not a dead letter.
   *
   * @param received what it has become
   * @param record the text of the record; of a mapping, its input as JSON. It is valid during the
   *     call only
   * @param outputs what a mapping made of it; empty without a mapping, or if it made nothing
   */
  void decoded(Received received, Supplier<String> record, List<ProgramOutput> outputs);

  /**
   * A time without an offset occurs twice in its time zone, or not at all. The record may still
   * become a dead letter.
   *
   * @param twice whether it occurs twice; otherwise clocks skip it
   */
  void doubtfulLocalTime(boolean twice);
}
