package io.firstresponse.job.source;

import io.firstresponse.job.domain.Received;
import java.io.Serializable;

/** Gets each record that a source emits, in the task of the source. */
public interface ReceivedListener extends Serializable {

  /** {@return whether to read on; if not, the input ends} */
  boolean wantsMore();

  /**
   * A record is being emitted.
   *
   * @param split the split that it was read from, which has a watermark of its own; empty if the
   *     source does not say
   * @param received the record
   */
  void received(String split, Received received);
}
