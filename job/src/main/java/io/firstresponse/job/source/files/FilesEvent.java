package io.firstresponse.job.source.files;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * The events between readers and the enumerator, besides those of Flink for splits. {@link
 * FilesEnumerator} shows their sequence.
 */
sealed interface FilesEvent extends SourceEvent {

  /**
   * From a reader: it has read a split to its end and emitted all records.
   *
   * @param watermark the last watermark of the split
   */
  record Finished(String splitId, long watermark) implements FilesEvent {}

  /** To a reader: the enumerator's next checkpoint will contain the end of the split. */
  record Noted(String splitId) implements FilesEvent {}

  /**
   * From a reader with a split: its progress.
   *
   * @param watermark the watermark of the reader
   */
  record Progress(long watermark) implements FilesEvent {}

  /** To a reader that waits for a split: a watermark that it may emit. */
  record Safe(long watermark) implements FilesEvent {}
}
