package io.firstresponse.job.source.datagen;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A part of the stream, like a partition of a topic: every {@code splits}-th message from number
 * {@code ordinal} on. The split contains the number of splits, so that a restored stream keeps its
 * splits if the option has changed.
 *
 * @param ordinal the number of this split, from 0
 * @param splits the number of splits
 * @param next the number of the next message to emit
 */
public record DatagenSplit(int ordinal, int splits, long next) implements SourceSplit {

  /** Refuses numbers that no split has. */
  public DatagenSplit {
    if (ordinal < 0 || ordinal >= splits || next < 0 || next % splits != ordinal) {
      throw new IllegalArgumentException(
          "No split " + ordinal + " of " + splits + " is ever at message " + next);
    }
  }

  /** A split at its first message. */
  static DatagenSplit atStart(int ordinal, int splits) {
    return new DatagenSplit(ordinal, splits, ordinal);
  }

  @Override
  public String splitId() {
    return Integer.toString(ordinal);
  }
}
