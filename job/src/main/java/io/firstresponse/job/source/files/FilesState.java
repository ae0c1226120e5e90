package io.firstresponse.job.source.files;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The state of the enumerator in a checkpoint.
 *
 * @param found all files found so far, each with its length, or {@link #UNREADABLE}
 * @param pending the splits that are not assigned; assigned splits are in the state of the readers
 * @param finished the highest watermark of a completely read split; {@link Long#MIN_VALUE} if there
 *     is none
 */
record FilesState(Map<URI, Long> found, List<FilesSplit> pending, long finished) {

  static final long UNREADABLE = -1;

  static final FilesState EMPTY = new FilesState(Map.of(), List.of(), Long.MIN_VALUE);

  /** Copies the collections. */
  FilesState {
    found = Map.copyOf(found);
    pending = List.copyOf(pending);
  }
}
