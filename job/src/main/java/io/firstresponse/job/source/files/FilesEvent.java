package io.firstresponse.job.source.files;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * What readers and enumerator say to each other, besides asking for splits and handing them out.
 */
sealed interface FilesEvent extends SourceEvent {

  /**
   * From a reader: it has read a split to its end, and emitted all of it.
   *
   * @param watermark the split's last one
   */
  record Finished(String splitId, long watermark) implements FilesEvent {}

  /**
   * To a reader: the end of the split is known, and will be in the enumerator's next checkpoint.
   */
  record Noted(String splitId) implements FilesEvent {}

  /**
   * From a reader at work: how far it is.
   *
   * @param watermark that of its splits together
   */
  record Progress(long watermark) implements FilesEvent {}

  /** To a reader that waits for a split: the watermark that is safe for it to emit. */
  record Safe(long watermark) implements FilesEvent {}
}
