package io.firstresponse.job.source.datagen;

import java.util.List;

/**
 * What a checkpoint keeps of the enumerator.
 *
 * @param unassigned the splits that no reader has; all others are in the readers' state
 */
public record DatagenEnumeratorState(List<DatagenSplit> unassigned) {

  /** Keeps its own copy. */
  public DatagenEnumeratorState {
    unassigned = List.copyOf(unassigned);
  }
}
