package io.firstresponse.job.source.datagen;

import java.util.List;

/**
 * The state of the enumerator in a checkpoint.
 *
 * @param unassigned the splits that are not assigned; assigned splits are in the state of the
 *     readers
 */
public record DatagenEnumeratorState(List<DatagenSplit> unassigned) {

  /** Copies the list. */
  public DatagenEnumeratorState {
    unassigned = List.copyOf(unassigned);
  }
}
