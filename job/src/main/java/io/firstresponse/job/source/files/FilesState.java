package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint keeps of the enumerator.
 *
 * @param found all files that were found, with the length that each had; {@link #UNREADABLE} if it
 *     could not be read
 * @param pending the splits that no reader has; all others are in the readers' state
 * @param finished the highest watermark of a split that was read to its end; {@link Long#MIN_VALUE}
 *     if there is none
 */
record FilesState(Map<URI, Long> found, List<FilesSplit> pending, long finished) {

  static final long UNREADABLE = -1;

  static final FilesState EMPTY = new FilesState(Map.of(), List.of(), Long.MIN_VALUE);

  /** Keeps its own copies. */
  FilesState {
    found = Map.copyOf(found);
    pending = List.copyOf(pending);
  }
}
